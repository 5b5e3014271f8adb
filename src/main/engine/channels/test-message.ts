/**
 * A message that only a test of ours sends, and takes away again. Marked as automatic, so that no absence notice answers
 * it (RFC 3834 section 5).
 * @param message.id  its Message-ID, without the angle brackets
 * @param message.lines  what whoever finds it is to know
 */
export function testMessage(message: {
  from: string
  to: string
  id: string
  subject: string
  lines: readonly string[]
}): Buffer {
  return Buffer.from(
    [
      `From: <${message.from}>`,
      `To: <${message.to}>`,
      `Subject: ${message.subject}`,
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${message.id}>`,
      'Auto-Submitted: auto-generated',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      ...message.lines,
      '',
    ].join('\r\n'),
  )
}
