/** What is known of a message before its sender is checked. */
export type CheckRequest = {
  raw: Uint8Array
  ip: string
  helo: string
  /** MAIL FROM, empty for a bounce. */
  from: string
  /** How the receiver names itself. */
  name: string
}

/** The keywords of RFC 8601 section 2.7. */
export type CheckResult =
  'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'policy' | 'temperror' | 'permerror'

/** What was found out about who sent a message. */
export type CheckFindings = {
  spf: { result: CheckResult; domain: string; detail: string }
  /** One for each signature. */
  dkim: { result: CheckResult; domain: string; aligned: boolean; detail: string }[]
  /** `policy` is what the domain asks for mail that fails, at this message's level. */
  dmarc: { result: CheckResult; domain: string; policy: 'none' | 'quarantine' | 'reject'; detail: string }
  /** Domains in From. More than one leaves DMARC nothing to check (RFC 7489 section 6.6.1). */
  authorDomains: string[]
  /** `sealers` are the domains of the chain, the latest last; `says` is what the latest saw of DMARC, SPF and DKIM. */
  arc: { result: CheckResult; sealers: string[]; says: { dmarc: string; spf: string; dkim: string[] } }
}

export type CheckMessage = { id: number; request: CheckRequest }
export type CheckReply = { id: number; findings: CheckFindings } | { id: number; failure: string }
export type CheckWorkerData = { dnsServers: string[] }
