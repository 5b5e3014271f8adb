import type * as FastXmlParser from 'fast-xml-parser'
import { ServerSettings } from '../../../../contract/channels.ts'
import { onDemand } from '../../lib/on-demand.ts'

const parser = onDemand<typeof FastXmlParser>('fast-xml-parser')

const SECURITY: Record<string, ServerSettings['security']> = { SSL: 'tls', STARTTLS: 'starttls' }
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i

/** The servers of a published settings file (draft-bucksch-autoconfig, "clientConfig 1.1"). */
export type PublishedServers = { imap: ServerSettings; smtp: ServerSettings }

type Node = Record<string, unknown>

const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const words = (value: unknown): string =>
  (typeof value === 'string'
    ? value
    : isNode(value) && typeof value['#text'] === 'string'
      ? value['#text']
      : ''
  ).trim()

/**
 * Reads a settings file for an address: the first IMAP and the first SMTP server that are encrypted and take a
 * password. Null when it has none or is not such a file. The file is foreign: no entities are expanded, and every
 * value is checked.
 */
export function readAutoconfig(xml: string, address: string): PublishedServers | null {
  // A document type has no place in such a file; with one come entities that grow without end.
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) return null
  const { XMLParser } = parser()
  let root: unknown
  try {
    root = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      parseTagValue: false,
      parseAttributeValue: false,
      processEntities: false,
    }).parse(xml)
  } catch {
    return null
  }
  const config = isNode(root) && isNode(root['clientConfig']) ? root['clientConfig'] : null
  const provider = config ? list(config['emailProvider']).find(isNode) : undefined
  if (!provider) return null
  const imap = list(provider['incomingServer']).map((one) => server(one, 'imap', address))
  const smtp = list(provider['outgoingServer']).map((one) => server(one, 'smtp', address))
  const best = (found: (ServerSettings | null)[]) =>
    found.find((one) => one?.security === 'tls') ?? found.find((one) => one !== null) ?? null
  const incoming = best(imap)
  const outgoing = best(smtp)
  return incoming && outgoing ? { imap: incoming, smtp: outgoing } : null
}

function server(node: unknown, type: 'imap' | 'smtp', address: string): ServerSettings | null {
  if (!isNode(node) || words(node['@type']).toLowerCase() !== type) return null
  const security = SECURITY[words(node['socketType']).toUpperCase()]
  const host = fill(words(node['hostname']), address)
  const port = Number(words(node['port']))
  const ways = list(node['authentication']).map((one) => words(one).toLowerCase())
  const password =
    ways.length === 0 || ways.some((way) => way.startsWith('password') || way === 'plain' || way === 'secure')
  const none = type === 'smtp' && ways.some((way) => way === 'none' || way === 'client-ip-address')
  if (!security || host === null || !HOST.test(host) || !(password || none)) return null
  const given = words(node['username'])
  const user = none && !password ? '' : fill(given === '' ? '%EMAILADDRESS%' : given, address)
  if (user === null || /\p{Cc}/u.test(user)) return null
  const parsed = ServerSettings.safeParse({ host, port, security, user })
  return parsed.success ? parsed.data : null
}

/** Fills in the placeholders; null when one is left that we do not know. */
function fill(text: string, address: string): string | null {
  const at = address.lastIndexOf('@')
  const filled = text
    .replaceAll('%EMAILADDRESS%', () => address)
    .replaceAll('%EMAILLOCALPART%', () => address.slice(0, at))
    .replaceAll('%EMAILDOMAIN%', () => address.slice(at + 1))
  return /%[A-Z]+%/.test(text.replace(/%EMAIL(?:ADDRESS|LOCALPART|DOMAIN)%/g, '')) ? null : filled
}
