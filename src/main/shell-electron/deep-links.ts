import { ViewKey } from '../../contract/threads.ts'
import { SCHEME } from './origin.ts'

/**
 * Links from outside (fault 66). They may prefill a new mail's To, Cc, Bcc, subject and body, and open
 * views; they never attach, send or delete, whatever they ask for.
 */

const LIST_FIELDS = ['to', 'cc', 'bcc'] as const
const MAX_RECIPIENTS = 200
const MAX_ADDRESS = 1000
const MAX_SUBJECT = 1000
const MAX_BODY = 50_000

type Prefill = { to: string[]; cc: string[]; bcc: string[]; subject: string; body: string }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** What `anteroom://<name>/<id>` opens: the routes of the renderer that show something and do nothing. */
const VIEWS: Record<string, (id: string) => string | null> = {
  view: (id) => (ViewKey.safeParse(id).success ? `/${id}` : null),
  thread: (id) => (UUID.test(id) ? `/open/${id}` : null),
  message: (id) => (UUID.test(id) ? `/message/${id}` : null),
}

/**
 * Reads a link that the system handed over.
 *
 * @param link a `mailto:` or `anteroom:` link; hostile
 * @returns the renderer's route to open, or null for everything that is not allowed
 */
export function routeOfLink(link: string): string | null {
  if (link.length > 500_000) return null
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link)?.[1]?.toLowerCase()
  if (scheme === 'mailto') return composeRoute(readMailto(link.slice('mailto:'.length)))
  if (scheme !== SCHEME) return null
  const parsed = URL.parse(link)
  if (parsed === null) return null
  const { host, pathname, search } = parsed
  if (host === 'compose') return pathname.length > 1 ? null : composeRoute(readMailto(search))
  if (host === 'search') {
    const query = parsed.searchParams.get('q') ?? ''
    return query === '' ? null : `/search?q=${encodeURIComponent(oneLine(query.slice(0, 1000)))}`
  }
  const id = /^\/([\w-]{1,200})\/?$/.exec(pathname)?.[1]
  return id !== undefined && Object.hasOwn(VIEWS, host) ? (VIEWS[host]?.(id) ?? null) : null
}

/** Finds the first link in a command line: the program's arguments, where systems without `open-url` put it. */
export function linkInArguments(argv: string[]): string | null {
  return argv.find((arg) => new RegExp(`^(mailto|${SCHEME}):`, 'i').test(arg)) ?? null
}

/**
 * Reads what follows `mailto:` (RFC 6068): recipients, then fields. Only the safe fields are kept (its
 * section 4 asks for that), and no value can begin another header (fault 27).
 */
function readMailto(rest: string): Prefill {
  const [addresses = '', query = ''] = splitOnce(rest, '?')
  const prefill: Prefill = { to: addressList(addresses), cc: [], bcc: [], subject: '', body: '' }
  for (const field of splitOnce(query, '#')[0]?.split(/&(?:amp;)?/) ?? []) {
    const [rawName = '', rawValue = ''] = splitOnce(field, '=')
    const name = decode(rawName).toLowerCase()
    const list = LIST_FIELDS.find((each) => each === name)
    if (list !== undefined) prefill[list].push(...addressList(rawValue))
    else if (name === 'subject') prefill.subject = oneLine(decode(rawValue).slice(0, MAX_SUBJECT))
    else if (name === 'body') {
      prefill.body = clean(decode(rawValue).slice(0, MAX_BODY).replaceAll(/\r\n?/g, '\n'))
    }
  }
  for (const list of LIST_FIELDS) prefill[list] = prefill[list].slice(0, MAX_RECIPIENTS)
  return prefill
}

/** The composer's route, with the link written anew from what was understood of it. */
function composeRoute({ to, cc, bcc, subject, body }: Prefill): string {
  const fields: string[] = []
  if (cc.length > 0) fields.push(`cc=${cc.map(encodeURIComponent).join(',')}`)
  if (bcc.length > 0) fields.push(`bcc=${bcc.map(encodeURIComponent).join(',')}`)
  if (subject !== '') fields.push(`subject=${encodeURIComponent(subject)}`)
  if (body !== '') fields.push(`body=${encodeURIComponent(body.replaceAll('\n', '\r\n'))}`)
  const link = `mailto:${to.map(encodeURIComponent).join(',')}${fields.length > 0 ? '?' : ''}${fields.join('&')}`
  return `/compose?mailto=${encodeURIComponent(link)}`
}

/** Splits before decoding: a comma that is part of an address comes encoded (RFC 6068 section 2). */
function addressList(raw: string): string[] {
  return raw
    .split(',')
    .map((each) => oneLine(decode(each)).trim())
    .filter((each) => each !== '' && each.length <= MAX_ADDRESS)
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

/** Percent-decodes; in `mailto:` a plus is a plus. What is not UTF-8 is taken as written. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function oneLine(text: string): string {
  return clean(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' '))
}

/** Takes away control characters (line feed and tab excepted) and lone surrogates, which cannot be encoded. */
function clean(text: string): string {
  return text.replaceAll(/[\0-\x08\x0b-\x1f\x7f]|\p{Surrogate}/gu, '')
}
