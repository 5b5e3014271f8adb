import { LOOP_FIELD } from '../../channels/hosted/head.ts'
import type { ArrivingMail } from '../../channels/hosted/receiver.ts'

/** Printable ASCII; what a client says of itself must not begin a field of its own. */
const plain = (text: string): string => text.replace(/[^\x21-\x7e]+/g, '').replace(/[()<>\\"]/g, '')

/** RFC 5322 section 3.3. */
const dateTime = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000')

/**
 * The message as it is kept: in front of it who brought it and for whom (RFC 5321 section 4.4), and the mark by which a
 * loop is noticed.
 * @param name  of this receiver
 * @param id    of the message in the spool
 */
export function withTrace(
  { raw, from, client }: Pick<ArrivingMail, 'raw' | 'from' | 'client'>,
  about: { forwardingAddress: string; name: string; id: string; at: number },
): Buffer {
  const protocol = client.encrypted ? 'ESMTPS' : 'ESMTP'
  const head = [
    `Return-Path: <${plain(from)}>`,
    `Delivered-To: ${plain(about.forwardingAddress)}`,
    `${LOOP_FIELD}: ${plain(about.forwardingAddress)}`,
    `Received: from ${plain(client.helo) || 'unknown'} ([${client.ip}])`,
    `\tby ${plain(about.name)} with ${protocol} id ${about.id}`,
    `\tfor <${plain(about.forwardingAddress)}>; ${dateTime(about.at)}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n`, 'latin1'), raw])
}
