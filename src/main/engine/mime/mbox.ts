const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time as the separator line has it: UTC, without a zone (RFC 4155, appendix A). */
function asctime(at: number): string {
  const date = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  const day = String(date.getUTCDate()).padStart(2)
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`
}

/**
 * One message of an mbox file (RFC 4155, appendix A): a separator line, the message with line feeds alone, an empty
 * line. A line of it that begins like a separator, quoted already or not, gets one ">" more, so that every reader finds
 * the same messages and none of them is changed for good.
 * @param from  who sent it; hostile
 * @param at  when it was received, in ms
 */
export function mailboxEntry(from: string, at: number, raw: Uint8Array): Buffer {
  // Nothing of it may end the line or make two fields of it.
  const sender = from.replace(/[^\x21-\x7e]/g, '') || 'MAILER-DAEMON'
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
    .toString('latin1')
    .replace(/\r\n/g, '\n')
    .replace(/^(>*From )/gm, '>$1')
  const end = text.endsWith('\n') ? '\n' : '\n\n'
  return Buffer.from(`From ${sender} ${asctime(at)}\n${text}${end}`, 'latin1')
}
