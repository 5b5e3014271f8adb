import type { ArrivingMail, TurnedAway } from '../../channels/hosted/receiver.ts'

/** What became of a message at the door, for whoever waits for it (the round trip). */
export type Outcome = {
  /** Without angle brackets; null where the head names none. */
  messageId: string | null
  channelIds: string[]
  state: 'stored' | 'quarantined' | 'refused'
  reason: string
  at: number
}

/** The Message-ID in the head of raw bytes, without reading the rest. */
export function messageIdIn(start: Buffer): string | null {
  const end = start.indexOf('\r\n\r\n')
  const head = start.subarray(0, end === -1 ? Math.min(start.length, 64 * 1024) : end).toString('latin1')
  return /(?:^|\r\n)message-id:\s*<([^<>\r\n]{1,998})>/i.exec(head)?.[1] ?? null
}

export const outcomeOf = (
  mail: Pick<ArrivingMail, 'to'> & (Pick<ArrivingMail, 'raw'> | Pick<TurnedAway, 'start'>),
  state: Outcome['state'],
  reason: string,
  at: number,
): Outcome => ({
  messageId: messageIdIn('raw' in mail ? mail.raw : mail.start),
  channelIds: mail.to.map(({ channelId }) => channelId),
  state,
  reason,
  at,
})
