import type { Mailbox } from '@contract/common.ts'
import { announcedAttachment } from './attachment-words.ts'
import { isValidMailbox } from './recipients.ts'

/** Something to look at before a mail leaves. A `stop` must be put right, a `confirm` may be overruled. */
export type SendConcern =
  | { level: 'stop'; kind: 'no_recipient' }
  | { level: 'stop'; kind: 'invalid_recipient'; addresses: string[] }
  | { level: 'stop'; kind: 'uploading'; count: number }
  | { level: 'stop'; kind: 'upload_failed'; names: string[] }
  | { level: 'confirm'; kind: 'empty_subject' }
  | { level: 'confirm'; kind: 'empty_body' }
  | { level: 'confirm'; kind: 'missing_attachment'; words: string }

export type Outgoing = {
  to: readonly Mailbox[]
  cc: readonly Mailbox[]
  bcc: readonly Mailbox[]
  subject: string
  /** What the writer wrote, as plain text, without the quotation. */
  text: string
  /** True when the body shows an image. */
  hasImage: boolean
  /** True when a quotation of the answered or forwarded message goes with it. */
  hasQuote: boolean
  attachmentCount: number
  uploads: readonly { name: string; state: 'running' | 'failed' }[]
}

/** All concerns about a mail, those that stop it first (C9). */
export function sendConcerns(mail: Outgoing): SendConcern[] {
  const concerns: SendConcern[] = []
  const recipients = [...mail.to, ...mail.cc, ...mail.bcc]
  const invalid = recipients.filter((mailbox) => !isValidMailbox(mailbox)).map(({ address }) => address)
  if (recipients.length === 0) concerns.push({ level: 'stop', kind: 'no_recipient' })
  if (invalid.length > 0) concerns.push({ level: 'stop', kind: 'invalid_recipient', addresses: invalid })
  const running = mail.uploads.filter(({ state }) => state === 'running')
  const failed = mail.uploads.filter(({ state }) => state === 'failed')
  if (running.length > 0) concerns.push({ level: 'stop', kind: 'uploading', count: running.length })
  if (failed.length > 0) {
    concerns.push({ level: 'stop', kind: 'upload_failed', names: failed.map(({ name }) => name) })
  }
  if (mail.subject.trim() === '') concerns.push({ level: 'confirm', kind: 'empty_subject' })
  if (mail.text.trim() === '' && !mail.hasImage && !mail.hasQuote && mail.attachmentCount === 0) {
    concerns.push({ level: 'confirm', kind: 'empty_body' })
  }
  const words = mail.attachmentCount === 0 ? announcedAttachment(`${mail.subject}\n${mail.text}`) : null
  // An answer's subject is the other side's ("Re: file attached"): only what was written here counts.
  const own = mail.attachmentCount === 0 ? announcedAttachment(mail.text) : null
  const announced = mail.hasQuote || /^(?:re|aw|r|odp|rv)\s*:/i.test(mail.subject) ? own : words
  if (announced !== null) concerns.push({ level: 'confirm', kind: 'missing_attachment', words: announced })
  return concerns
}
