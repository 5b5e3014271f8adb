/** Where a link in a mail leads, and whether it says so. */
export type LinkTarget =
  | {
      kind: 'web'
      /** Normalised: host in lower case and Punycode, no hidden characters. */
      url: string
      host: string
      /** The address that the link's text claims, where that is another one (fault 65). */
      claims: string | null
    }
  | { kind: 'mail'; url: string; address: string; claims: string | null }
  /** A place in the same mail. */
  | { kind: 'anchor'; id: string }
  /** Anything that is neither http, https nor mailto: shown, never opened. */
  | { kind: 'blocked'; scheme: string; url: string }

/** Control characters, zero-width ones, and those that change the direction of writing. */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]/g

const MAX_SHOWN = 2_000

/** Hosts under which anyone may have a name, so that sharing them proves nothing. */
const SHARED = new Set(
  (
    'github.io gitlab.io blogspot.com herokuapp.com web.app firebaseapp.com netlify.app vercel.app pages.dev ' +
    'workers.dev azurewebsites.net windows.net cloudfront.net amazonaws.com wordpress.com weebly.com wixsite.com ' +
    'co.uk org.uk ac.uk gov.uk com.au net.au co.nz co.za com.br com.mx co.jp com.cn com.tr com.pl co.in co.il'
  ).split(' '),
)

/** Text as a person reads it: without what cannot be seen, spaces folded. */
export const visible = (text: string): string => text.replace(HIDDEN, '').replace(/\s+/g, ' ').trim()

/**
 * Reads a link. `href` and `text` are as the sender wrote them: hostile.
 * @returns null where there is nothing to open (an empty or missing target).
 */
export const readLink = (href: string, text: string): LinkTarget | null => {
  const raw = href.replace(HIDDEN, '').trim().slice(0, 8_000)
  if (raw === '') return null
  if (raw.startsWith('#')) return raw.length > 1 ? { kind: 'anchor', id: decode(raw.slice(1)) } : null
  const url = parse(raw)
  if (!url) return { kind: 'blocked', scheme: '', url: raw.slice(0, MAX_SHOWN) }
  if (url.protocol === 'mailto:') {
    const address = decode(url.pathname).replace(HIDDEN, '')
    const claimed = claimedAddress(text)
    const differs = claimed !== null && address !== '' && claimed.toLowerCase() !== address.toLowerCase()
    return { kind: 'mail', url: url.href, address, claims: differs ? claimed : null }
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'blocked', scheme: url.protocol.slice(0, -1), url: raw.slice(0, MAX_SHOWN) }
  }
  // "https://bank.example@evil.example/" is made to be misread (RFC 3986 section 7.6): what stands before
  // the @ is treated as a claim.
  const userinfo = url.username === '' ? null : decode(url.username)
  url.username = ''
  url.password = ''
  const claimed = claimedHost(text)
  const differs = claimed !== null && !sameSite(claimed, url.hostname)
  return { kind: 'web', url: url.href, host: url.hostname, claims: differs ? claimed : userinfo }
}

const parse = (raw: string): URL | null => {
  const candidate = raw.startsWith('//')
    ? `https:${raw}`
    : /^www\.[^/\s]+/i.test(raw)
      ? `https://${raw}`
      : raw
  try {
    return new URL(candidate)
  } catch {
    return null
  }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The host that a text names: a web address anywhere in it, or a text that is nothing but a domain. */
export const claimedHost = (text: string): string | null => {
  const shown = visible(text).slice(0, MAX_SHOWN)
  const address = /(?:https?:\/\/|www\.)[^\s<>"'()[\]]+/i.exec(shown)?.[0]
  if (address) {
    const host = parse(address)?.hostname
    if (host) return host
  }
  const bare = shown.replace(/^[<([“"']+|[>)\]”"'.,;:!?…]+$/g, '')
  // A domain, maybe with a path or as a mail address; at least one letter in the last label.
  const match =
    /^(?:[^\s@/]{1,64}@)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(?:xn--[a-z\d-]{2,}|\p{L}{2,24}))(?::\d+)?(?:[/?#]\S*)?$/u.exec(
      bare,
    )
  if (!match?.[1]) return null
  const ending = match[1].slice(match[1].lastIndexOf('.') + 1).toLowerCase()
  if (FILE_ENDINGS.has(ending) && !bare.includes('/')) return null
  return parse(`https://${match[1]}`)?.hostname ?? null
}

/** "report.pdf" is a file to its reader, although .zip and .mov have become domains too. */
const FILE_ENDINGS = new Set(
  'pdf doc docx xls xlsx ppt pptx txt csv png jpg jpeg gif zip html htm js ts md eml ics mp mov'.split(' '),
)

const claimedAddress = (text: string): string | null =>
  /^[<(]?([^\s@<>()]{1,64}@[^\s@<>()]+\.[^\s@<>()]{2,})[>)]?$/.exec(visible(text))?.[1] ?? null

/** Whether one host is the other or lies below it, `www.` aside, unless strangers share it. */
export const sameSite = (a: string, b: string): boolean => {
  const left = a
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
  const right = b
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
  if (left === right) return true
  const [short, long] = left.length < right.length ? [left, right] : [right, left]
  return short.includes('.') && !SHARED.has(short) && long.endsWith(`.${short}`)
}
