import type { ParsedMessage } from '../mime/types.ts'

export type FoundConfirmation = { provider: string; code: string | null; link: string | null }

type Mail = Pick<ParsedMessage, 'from' | 'subject' | 'text' | 'html' | 'automatic'>

type Provider = {
  name: string
  /** Domains that its own mail comes from. */
  from: RegExp
  /** Hosts that a link of it leads to. */
  links: RegExp
}

const PROVIDERS: readonly Provider[] = [
  {
    name: 'Gmail',
    from: /(?:^|\.)(?:google\.com|gmail\.com|googlemail\.com)$/,
    links: /(?:^|\.)google\.com$/,
  },
  {
    name: 'Microsoft',
    from: /(?:^|\.)(?:microsoft\.com|outlook\.com|live\.com|office\.com|office365\.com|onmicrosoft\.com)$/,
    links: /(?:^|\.)(?:microsoft\.com|outlook\.com|live\.com|office\.com|office365\.com)$/,
  },
  {
    name: 'Zoho',
    from: /(?:^|\.)(?:zoho\.(?:com|eu|in|com\.au|jp)|zohomail\.com|zohocorp\.com)$/,
    links: /(?:^|\.)(?:zoho\.(?:com|eu|in|com\.au|jp)|zohomail\.com)$/,
  },
  {
    name: 'iCloud',
    from: /(?:^|\.)(?:apple\.com|icloud\.com|me\.com)$/,
    links: /(?:^|\.)(?:apple\.com|icloud\.com)$/,
  },
]

/** To forward, in English, Italian, Spanish and Polish. */
const FORWARD =
  /\b(?:(?:auto)?forward(?:ing|ed|s)?|inoltr(?:o|are|ato|ata|i|erà)|reenv(?:[ií]o|iar|iado|iados|[ií]os)|reexpedir|desv[ií]o|przekazywani[ea]\w*|przekazywan\w*|przekierowani[ea]\w*|przekaza[nć]\w*)(?![\p{L}\p{N}])/iu
/** To confirm or verify, in the same. */
const CONFIRM =
  /(?<![\p{L}\p{N}])(?:confirm\w*|verif(?:y|ication|ied)|conferm\w*|verific\w*|confirm(?:ar|aci[oó]n|e|a)|potwierd[zź]\p{L}*|weryfik\p{L}*)(?![\p{L}\p{N}])/iu
/** A code (it has a digit) behind "confirmation code:", "codice di conferma", "código de verificación", "kod potwierdzający". */
const CODE =
  /(?<![\p{L}\p{N}])(?:code|codice|c[oó]digo|kod|passcode|pin)(?!\p{L})[^\n]{0,60}?\n?\s*(?<![\p{L}\p{N}-])((?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{2,18}[A-Za-z0-9])(?![\p{L}\p{N}])/giu

const LINK = /\bhttps:\/\/[^\s<>"'\\^`{|}]+/gi
/** A mail of this kind is short; what lies behind is not read. */
const READ = 50_000

/**
 * Recognises the mail with which a provider asks to confirm a forwarding (H10), in English, Italian, Spanish and Polish:
 * of the providers that are known, and in general by what such a mail says. Its code, its link, or null for other mail.
 * @param addresses  the public and the forwarding address of the channel that it came to
 */
export function forwardingConfirmation(mail: Mail, addresses: readonly string[]): FoundConfirmation | null {
  const from = mail.from.address.toLowerCase()
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const known = PROVIDERS.find((provider) => provider.from.test(domain))
  const text = mail.text.slice(0, READ)
  const all = `${mail.subject}\n${text}`
  if (!FORWARD.test(all) || !CONFIRM.test(all)) return null

  const noReply =
    /(?:^|[._-])(?:no-?reply|do-?not-?reply|noresponder|nie-?odpowiadaj|postmaster|forwarding)/.test(from)
  const named = addresses.some((address) => all.toLowerCase().includes(address.toLowerCase()))
  // Words alone are what any customer writes; such a mail is sent by a machine, and speaks of the address or in its subject.
  const subject = FORWARD.test(mail.subject) && CONFIRM.test(mail.subject)
  const sentByMachine = noReply || (mail.automatic !== null && mail.automatic !== 'bounce')
  if (known ? !(noReply || subject || named) : !(sentByMachine && (named || subject))) return null

  const code = codeIn(mail.subject, text)
  const link = linkIn(text, mail.html, known ?? null)
  if (code === null && link === null) return null
  return { provider: known?.name ?? (link === null ? domain : new URL(link).hostname), code, link }
}

function codeIn(subject: string, text: string): string | null {
  const inSubject = /\(#\s?(\d{4,12})\)/.exec(subject)
  if (inSubject) return inSubject[1]!
  for (const [, code] of `${subject}\n${text}`.matchAll(CODE)) {
    // A word is no code; what people are asked to type has digits.
    if (code !== undefined && /\d/.test(code) && !/^\d{1,3}$/.test(code)) return code
  }
  return null
}

/** Links that undo or explain instead of confirming. */
const OTHER_LINKS =
  /unsub|cancel|annull|anul|revoke|\/uf-|support\.|\/help|answer\.py|privacy|terms|logo|\.(?:png|gif|jpe?g|css)(?:$|\?)/i

function linkIn(text: string, html: string | null, provider: Provider | null): string | null {
  const found = [
    ...text.matchAll(LINK),
    ...(html ?? '').slice(0, READ).replaceAll('&amp;', '&').matchAll(LINK),
  ]
    .map(([link]) => link.replace(/[).,;\]]+$/, ''))
    .filter((link) => URL.canParse(link) && !OTHER_LINKS.test(link))
  if (provider) return found.find((link) => provider.links.test(new URL(link).hostname)) ?? null
  const telling = found.find((link) =>
    /confirm|verif|forward|conferm|inoltr|reenv|potwierd|weryfik|token|\/vf-/i.test(link),
  )
  return telling ?? found[0] ?? null
}
