import type { Mailbox } from '@contract/common.ts'
import { isValidMailbox } from './recipients.ts'

/** What has to be put right before a mail can leave. What only looks wrong is in checks/. */
export type SendConcern =
  | { level: 'stop'; kind: 'no_recipient' }
  | { level: 'stop'; kind: 'invalid_recipient'; addresses: string[] }
  | { level: 'stop'; kind: 'uploading'; count: number }
  | { level: 'stop'; kind: 'upload_failed'; names: string[] }

export type Outgoing = {
  to: readonly Mailbox[]
  cc: readonly Mailbox[]
  bcc: readonly Mailbox[]
  uploads: readonly { name: string; state: 'running' | 'failed' }[]
}

/** All that stops a mail. */
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
  return concerns
}
