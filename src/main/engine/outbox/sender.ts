import { createHash } from 'node:crypto'
import type { SenderPreview, SenderSettings } from '../../../contract/hosted.ts'
import { deliveryKey, domainOf } from '../lib/delivery-key.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { ReadableDb } from '../store/statements.ts'
import { connectedChannels, type ChannelRow } from '../store/tables/channels.ts'
import { domainByName } from '../store/tables/domains.ts'
import { isHosted, type HostedRow } from '../store/tables/hosted.ts'
import { plainText, type OutgoingFile } from './build-message.ts'
import { cleanMailHtml } from './clean-html.ts'

/** Who writes, as the tokens of a signature name them. */
export type Author = { name: string }

/** What recipients see of who sends: the same in the preview and in the mail. */
export type Sender = {
  fromName: string
  fromAddress: string
  /** Clean HTML; pictures in it are referred to by `cid:` and lie in `files`. Empty for none. */
  signatureHtml: string
  files: OutgoingFile[]
}

/** `default`: no other address is wished for. `pending`: the wished one's domain is not proved, so the default is used. */
export type FromState = 'default' | 'verified' | 'pending'

const TOKENS: Record<string, (author: Author) => string> = {
  'sender.full_name': ({ name }) => name,
  'sender.first_name': ({ name }) => name.trim().split(/\s+/)[0] ?? '',
}
const TOKEN = /\{\{\s*([^{}]{1,100}?)\s*\}\}/g

const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/** The From name: "Ada Agent from Acme", or "Acme" alone (H2). */
export function fromNameOf(
  sender: Pick<SenderSettings, 'fromNameKind' | 'companyName'>,
  author: Author | null,
): string {
  const name = author?.name.trim() ?? ''
  return sender.fromNameKind === 'company' || name === ''
    ? sender.companyName
    : `${name} from ${sender.companyName}`
}

/**
 * Whether a wished From address may be used (H3): its domain was proved, or it is the address of a connected channel,
 * whose mailbox somebody logged in to.
 */
export function fromStateOf(db: ReadableDb, wished: string | null, address: string): FromState {
  if (wished === null || deliveryKey(wished) === deliveryKey(address)) return 'default'
  const domain = domainByName(db, domainOf(wished))
  if (domain && domain.connected_at !== null) return 'verified'
  const key = deliveryKey(wished)
  const isOwn = connectedChannels(db).some((row) => !isHosted(row) && deliveryKey(row.address) === key)
  return isOwn ? 'verified' : 'pending'
}

/** Bytes of a picture that may lie in a signature: PNG, JPEG, GIF or WebP. */
const PICTURE = /(\bsrc\s*=\s*)(["'])\s*data:image\/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+?)\s*\2/gi

/**
 * Renders a signature for an author: tokens filled in, everything that could run or track taken out (fault 68), pictures
 * as parts of the message.
 */
function renderSignature(
  html: string | null,
  author: Author | null,
): Pick<Sender, 'signatureHtml' | 'files'> {
  if (html === null || html.trim() === '') return { signatureHtml: '', files: [] }
  return cleanParts(
    html.replace(TOKEN, (token, name: string) => {
      const value = TOKENS[name.toLowerCase()]
      return value ? escape(value(author ?? { name: '' })) : token
    }),
  )
}

/** A signature as it is stored: its tokens and pictures stay, what could run or load by itself goes (fault 68). */
export function cleanSignature(html: string): string {
  const { signatureHtml, files } = cleanParts(html)
  return withPictures(signatureHtml, files)
}

function cleanParts(html: string): Pick<Sender, 'signatureHtml' | 'files'> {
  const files = new Map<string, OutgoingFile>()
  const withParts = html.replace(
    PICTURE,
    (_, attribute: string, quote: string, kind: string, base64: string) => {
      const content = Buffer.from(base64, 'base64')
      const hash = createHash('sha256').update(content).digest('hex').slice(0, 24)
      const type = kind.toLowerCase().replace('jpg', 'jpeg')
      const contentId = `signature-${hash}@anteroom.invalid`
      files.set(contentId, {
        name: `signature.${type === 'jpeg' ? 'jpg' : type}`,
        mimeType: `image/${type}`,
        contentId,
        inline: true,
        content,
      })
      return `${attribute}${quote}cid:${contentId}${quote}`
    },
  )
  const signatureHtml = cleanMailHtml(withParts, { remoteImages: true }).trim()
  return {
    signatureHtml,
    files: [...files.values()].filter(({ contentId }) => signatureHtml.includes(contentId)),
  }
}

/** THE rendering of a hosted address's sender, for the preview and for the mail itself (H5). */
export function renderSender(
  db: ReadableDb,
  sender: SenderSettings,
  address: string,
  author: Author | null,
): Sender {
  const usable = fromStateOf(db, sender.fromAddress, address) === 'verified'
  return {
    fromName: fromNameOf(sender, author),
    fromAddress: usable ? sender.fromAddress! : address,
    ...renderSignature(sender.signatureHtml, author),
  }
}

export const senderSettingsOf = (row: HostedRow): SenderSettings => ({
  fromNameKind: row.from_name_kind,
  companyName: row.company_name,
  fromAddress: row.custom_from,
  signatureHtml: row.signature_html,
})

/** What recipients of a channel's mail see, for any kind of channel. */
export function senderOf(db: ReadableDb, channel: ChannelRow, author: Author | null): Sender {
  if (isHosted(channel)) return renderSender(db, senderSettingsOf(channel), channel.address, author)
  return {
    fromName: channel.from_name,
    fromAddress: channel.address,
    // A personal address has its owner's signature (B9).
    ...renderSignature(channel.purpose === 'personal' ? channel.signature_html : null, author),
  }
}

/** The rendering for the screen: pictures inside the HTML instead of beside it. */
export const previewOf = ({ fromName, fromAddress, signatureHtml, files }: Sender): SenderPreview => ({
  fromName,
  fromAddress,
  signatureHtml: withPictures(signatureHtml, files),
})

const withPictures = (html: string, files: readonly OutgoingFile[]): string =>
  files.reduce(
    (text, { contentId, mimeType, content }) =>
      text.replaceAll(
        `cid:${contentId}`,
        `data:${mimeType};base64,${Buffer.from(content).toString('base64')}`,
      ),
    html,
  )

const words = (html: string): string => plainText(html).replace(/\s+/g, ' ').trim()

/** The signature, unless the text ends with it already: never twice in one message (C10). */
export function signatureFor(
  html: string,
  { signatureHtml, files }: Sender,
): Pick<Sender, 'signatureHtml' | 'files'> {
  const signature = words(signatureHtml)
  const isThere = signature !== '' && words(html).endsWith(signature)
  return isThere ? { signatureHtml: '', files: [] } : { signatureHtml, files }
}

/** @throws DomainError BAD_INPUT for a token that nothing fills in */
export function checkTokens(signatureHtml: string | null): void {
  for (const [token, name] of (signatureHtml ?? '').matchAll(TOKEN)) {
    if (TOKENS[name!.toLowerCase()]) continue
    throw new DomainError(
      'BAD_INPUT',
      `The signature has the token ${token}, which nothing fills in. There are {{sender.full_name}} and {{sender.first_name}}.`,
      { field: 'signatureHtml' },
    )
  }
}
