import type { BounceReason } from '../../../contract/messages.ts'

/** What servers write in many words, each list bounded so that no text costs more than a few passes. */
const words: readonly [BounceReason, RegExp][] = [
  [
    'mailbox_full',
    /(?:mailbox|quota|inbox|storage|account).{0,40}(?:full|exceed|over ?quota|over (?:its|the) )|over ?quota|quota exceeded|insufficient (?:system )?storage|not enough (?:storage )?space|postfach.{0,20}(?:voll|überfüllt)|boîte.{0,40}(?:pleine|saturée)|casella.{0,20}piena|buzón.{0,20}lleno|skrzynka.{0,30}(?:pełna|przepełniona)|caixa.{0,20}cheia/i,
  ],
  [
    'too_large',
    /(?:message|mail|size).{0,40}(?:too (?:large|big)|exceeds?.{0,20}(?:size|limit|maximum))|size limit|zu gro(?:ß|ss)|trop volumineux/i,
  ],
  [
    'no_such_address',
    /(?:user|recipient|mailbox|addressee|destination) unknown|unknown (?:user|recipient|mailbox|address|local[ -]part)|no such (?:user|mailbox|recipient|address|person|account)|(?:user|mailbox|recipient|address|account|person)\b.{0,60}(?:(?:was|is|be|been)? ?not (?:be )?found|n[o']t found|(?:does ?n[o']t|does not|do not|did not) exist|not exist|couldn't be found|is invalid|is unknown|not listed|not our customer)|invalid (?:recipient|mailbox|user|address)|recipient address rejected: (?:user|undeliverable|unknown|access denied|address not)|not listed in .{0,40}(?:address book|directory)|no mailbox here|no such person|unrout(?:e)?able address|mailbox (?:unavailable|not available)|bad destination mailbox|(?:adresse|empfänger|benutzer|postfach|konto).{0,40}(?:existiert nicht|unbekannt|nicht gefunden|ungültig)|n['’]existe pas|destinataire inconnu|adresse inconnue|utilisateur inconnu|no existe|desconocid[oa]|non esiste|inesistente|sconosciut[oa]|nie istnieje|nieznan[yae]|não existe|bestaat niet|onbekende? (?:gebruiker|ontvanger)|не существует|не найден/i,
  ],
  [
    'mailbox_disabled',
    /(?:mailbox|account|user|inbox|address)\b.{0,40}(?:disabled|inactive|suspended|deactivated|closed|retired)|no longer (?:active|valid|available|in use|with us|accepts?|monitored)|deaktiviert|désactivée?/i,
  ],
  [
    'no_such_domain',
    /(?:host|domain)\b.{0,60}(?:not found|does not exist|doesn't exist|couldn't be found|not exist|unknown)|no such domain|unknown (?:host|domain)|name or service not known|nxdomain|unrouteable mail domain|couldn't find any host|does(?:n't| not) accept mail|null ?mx/i,
  ],
  [
    'policy',
    /spam|block(?:ed|ing| ?list)|black ?list|policy|policies|denied|dmarc|\bspf\b|dkim|reputation|not (?:authori[sz]ed|allowed|permitted)|prohibited|unsolicited|content (?:rejected|filter)|virus|malware|listed (?:at|in|by|on)|rejected (?:by|due)|refused by|banned/i,
  ],
  [
    'unreachable',
    /timed? ?out|connection (?:refused|reset|timed|lost)|unreachable|(?:could not|couldn't|cannot|unable to) (?:connect|contact)|expired|retry time|retry timeout|too (?:long|many hops)|loops? |temporar|greylist|try again|queue too long|nicht erreichbar/i,
  ],
]

/**
 * Why a message did not arrive, from the enhanced status code (RFC 3463) where that tells, else from what the server
 * wrote.
 * @param status  as "5.1.1", or null
 * @param text    what the server said; only its beginning is looked at
 */
export function reasonOf(status: string | null, text: string): BounceReason {
  const [, subject = '', detail = ''] = /^\d\.(\d+)\.(\d+)$/.exec(status ?? '') ?? []
  switch (subject) {
    case '1':
      if (['1', '3', '4', '6'].includes(detail)) return 'no_such_address'
      if (detail === '2') return 'no_such_domain'
      // RFC 7505 gave it to domains without mail, Microsoft uses it for addresses. Dead either way.
      if (detail === '10') return /null ?mx|accept mail/i.test(text) ? 'no_such_domain' : 'no_such_address'
      // 5.1.7 and 5.1.8 are about the sender's address.
      if (detail === '7' || detail === '8') return 'policy'
      break
    case '2':
      if (detail === '1') return 'mailbox_disabled'
      if (detail === '2') return 'mailbox_full'
      if (detail === '3') return 'too_large'
      break
    case '3':
      if (detail === '4') return 'too_large'
      break
    case '4':
      if (detail === '4') return 'no_such_domain'
      // 5.4.1 is also what Microsoft's edge answers for an address that is not in the directory.
      if (detail !== '1' && detail !== '0') return 'unreachable'
      break
    case '7':
      return 'policy'
  }
  const said = text.slice(0, 1_000)
  const found = words.find(([, pattern]) => pattern.test(said))
  return found ? found[0] : 'unknown'
}

/**
 * Whether an address is to be taken for dead: refused for good (RFC 3463 class 5), and because of the address itself.
 * A full mailbox, a large message, a policy or a server that is away say nothing about the address.
 */
export function isHard(status: string | null, reason: BounceReason): boolean {
  if (status?.startsWith('4')) return false
  if (reason === 'no_such_address' || reason === 'no_such_domain' || reason === 'mailbox_disabled')
    return true
  return reason === 'unknown' && status !== null && /^5\.[01]\./.test(status)
}
