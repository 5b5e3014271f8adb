import type { CheckFindings } from './check-types.ts'

export type MailCheck = { name: string; result: string; detail: string }

/** What becomes of a message, with the reason in words, and the findings a line each (E5). */
export type Verdict = { action: 'accept' | 'quarantine' | 'refuse'; reason: string; checks: MailCheck[] }

/**
 * Domains whose word is taken for what they saw when the mail came to them (RFC 8617 section 7.2): the large providers,
 * whose forwarding breaks SPF and sometimes DKIM. Anybody can seal, so a chain alone proves nothing.
 */
const TRUSTED_SEALERS: readonly string[] = [
  'google.com',
  'microsoft.com',
  'outlook.com',
  'fastmail.com',
  'messagingengine.com',
  'yahoo.com',
  'yahoodns.net',
  'zoho.com',
  'zoho.eu',
  'icloud.com',
  'apple.com',
  'proton.me',
  'protonmail.ch',
  'mailbox.org',
  'gmx.net',
]

const isWithin = (domain: string, parent: string): boolean =>
  parent !== '' && (domain === parent || domain.endsWith(`.${parent}`))

/**
 * Decides by DMARC, which is the sender's own wish: what fails is refused or put aside as its domain asks
 * (RFC 7489 section 6.6). What nothing is published about is taken: forwarding breaks SPF for honest mail.
 * @param ownDomains  domains of the addresses that it came for: their servers forward to us, and their seals count
 */
export function verdictOf(findings: CheckFindings, ownDomains: readonly string[]): Verdict {
  const checks = linesOf(findings)
  const { dmarc, arc } = findings
  const from = dmarc.domain || 'the sender’s domain'
  if (findings.authorDomains.length > 1) {
    return {
      action: 'quarantine',
      reason: `It names several senders (${findings.authorDomains.slice(0, 5).join(', ')}), so that nobody can be checked.`,
      checks,
    }
  }
  if (dmarc.result !== 'fail') {
    const reason =
      dmarc.result === 'pass'
        ? `DMARC passed for ${from}.`
        : dmarc.result === 'temperror'
          ? `Whether ${from} sent this could not be checked: the DNS did not answer.`
          : `${from} publishes no DMARC policy.`
    return { action: 'accept', reason, checks }
  }
  if (dmarc.policy === 'none')
    return {
      action: 'accept',
      reason: `DMARC failed, and ${from} asks for nothing to be done about it.`,
      checks,
    }
  const sealer = arc.sealers.at(-1) ?? ''
  const isTrusted = [...TRUSTED_SEALERS, ...ownDomains].some((domain) => isWithin(sealer, domain))
  const sawItPass = arc.says.dmarc === 'pass' || (arc.says.dmarc === '' && arc.says.dkim.includes('pass'))
  if (arc.result === 'pass' && isTrusted && sawItPass) {
    return {
      action: 'accept',
      reason: `DMARC fails after forwarding, but ${sealer} saw it pass when the mail came there (ARC).`,
      checks,
    }
  }
  const why = `DMARC failed: neither SPF nor DKIM proves that ${from} sent this, and ${from} asks to ${dmarc.policy} such mail.`
  return { action: dmarc.policy === 'reject' ? 'refuse' : 'quarantine', reason: why, checks }
}

function linesOf({ spf, dkim, dmarc, arc }: CheckFindings): MailCheck[] {
  const about = (domain: string, detail: string): string => [domain, detail].filter(Boolean).join(': ')
  return [
    { name: 'SPF', result: spf.result, detail: about(spf.domain, spf.detail) },
    ...(dkim.length === 0
      ? [{ name: 'DKIM', result: 'none', detail: 'not signed' }]
      : dkim
          .slice(0, 10)
          .map((one) => ({ name: 'DKIM', result: one.result, detail: about(one.domain, one.detail) }))),
    {
      name: 'DMARC',
      result: dmarc.result,
      detail: about(dmarc.domain, dmarc.result === 'none' ? 'no policy' : `policy ${dmarc.policy}`),
    },
    { name: 'ARC', result: arc.result, detail: arc.sealers.filter(Boolean).join(', ') },
  ]
}
