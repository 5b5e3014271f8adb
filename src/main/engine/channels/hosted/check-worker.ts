import { parentPort, workerData } from 'node:worker_threads'
import { authenticate, type AuthenticateResult } from 'mailauth'
import { newResolver } from '../../lib/dns.ts'
import type {
  CheckFindings,
  CheckMessage,
  CheckReply,
  CheckRequest,
  CheckResult,
  CheckWorkerData,
} from './check-types.ts'

/**
 * The thread in which the senders of received mail are checked: what the signatures of a stranger cost is paid here, and
 * can be cut short.
 */

const { dnsServers } = workerData as CheckWorkerData
const dns = newResolver(dnsServers)

/** One question is asked once for a message. */
function askOnce(): (name: string, type: string) => Promise<string[][] | string[]> {
  const asked = new Map<string, Promise<string[][] | string[]>>()
  return (name, type) => {
    const key = `${type} ${name.toLowerCase()}`
    let answer = asked.get(key)
    if (!answer) asked.set(key, (answer = dns.resolve(name, type) as Promise<string[][] | string[]>))
    return answer
  }
}

const RESULTS: readonly string[] = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'policy',
  'temperror',
  'permerror',
] satisfies CheckResult[]
const resultOf = (text: string | undefined): CheckResult =>
  RESULTS.includes(text ?? '') ? (text as CheckResult) : text === 'temperr' ? 'temperror' : 'none'
const policyOf = (text: string | undefined): CheckFindings['dmarc']['policy'] =>
  text === 'quarantine' || text === 'reject' ? text : 'none'

async function check(request: CheckRequest): Promise<CheckFindings> {
  const found = await authenticate(Buffer.from(request.raw), {
    ip: request.ip,
    helo: request.helo,
    sender: request.from,
    mta: request.name,
    resolver: askOnce(),
    disableBimi: true,
    // RFC 8301 section 3.1.
    rejectRsaSha1: true,
  })
  const { spf, dmarc } = found
  return {
    spf: {
      result: resultOf(spf ? spf.status.result : undefined),
      domain: spf ? spf.domain : '',
      detail: spf ? (spf.status.comment ?? '') : '',
    },
    dkim: found.dkim.results
      .filter((one) => one.signingDomain !== undefined)
      .map((one) => ({
        result: resultOf(one.status.result),
        domain: one.signingDomain ?? '',
        aligned: Boolean(one.status.aligned),
        detail: one.status.comment ?? '',
      })),
    dmarc: {
      result: resultOf(dmarc ? dmarc.status.result : undefined),
      domain: dmarc ? (dmarc.status.header?.from ?? dmarc.domain) : (authorDomains(found)[0] ?? ''),
      policy: policyOf(dmarc ? dmarc.policy : undefined),
      detail: dmarc ? (dmarc.status.comment ?? dmarc.error ?? '') : '',
    },
    authorDomains: authorDomains(found),
    arc: arcFindings(found),
  }
}

const authorDomains = ({ dkim }: AuthenticateResult): string[] => [
  ...new Set(dkim.headerFrom.map((from) => from.slice(from.lastIndexOf('@') + 1).toLowerCase())),
]

type ArcSays = { result?: string } | { result?: string }[] | undefined

function arcFindings({ arc }: AuthenticateResult): CheckFindings['arc'] {
  const said = (arc ? arc.authenticationResults : undefined) as Record<string, ArcSays> | undefined
  const all = (name: string): string[] =>
    [said?.[name] ?? []].flat().map((one) => String(one.result ?? '').toLowerCase())
  // `false` where there is no chain.
  const chain = ((arc ? arc.chain : null) || []) as unknown as {
    'arc-seal'?: { parsed?: { d?: { value?: unknown } } }
  }[]
  return {
    result: resultOf(arc ? arc.status.result : undefined),
    sealers: chain.map((link) => String(link['arc-seal']?.parsed?.d?.value ?? '').toLowerCase()),
    says: { dmarc: all('dmarc')[0] ?? '', spf: all('spf')[0] ?? '', dkim: all('dkim') },
  }
}

parentPort?.on('message', ({ id, request }: CheckMessage) => {
  const answer = (reply: CheckReply): void => parentPort?.postMessage(reply)
  check(request).then(
    (findings) => answer({ id, findings }),
    (error: unknown) => answer({ id, failure: error instanceof Error ? error.message : String(error) }),
  )
})
