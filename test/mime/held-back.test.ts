import { describe, expect, test } from 'vitest'
import { heldBackBy } from '../../src/main/engine/mime/held-back.ts'

const file = (name: string, text = '', mimeType = 'text/plain', size?: number) => {
  const content = Buffer.from(text)
  return { name, mimeType, content, size: size ?? content.byteLength }
}

describe('a placeholder of a scanner (E2)', () => {
  test.each([
    ['Microsoft Defender', file('ATP Scan In Progress', '', 'message/rfc822')],
    ['Microsoft Defender', file('ATP Scan In Progress.eml', '', 'message/rfc822')],
    ['Microsoft Defender', file('Safe Attachments Scan In Progress', '', 'text/html')],
    [
      'Microsoft Defender',
      file(
        'note.htm',
        '<p>Safe&nbsp;Attachments</p><p>Safe Attachments: your files are being scanned.</p>',
        'text/html',
      ),
    ],
    ['Mimecast', file('Mimecast Attachment Protection Instructions.htm', '', 'text/html')],
    ['Proofpoint', file('message.txt', 'Proofpoint: invoice.pdf is still being analyzed.')],
    ['Barracuda', file('notice.txt', 'Barracuda ATP: this attachment is held until the scan has ended.')],
  ])('of %s', (scanner, attachment) => {
    expect(heldBackBy(attachment)).toBe(scanner)
  })

  test.each([
    ['a file that only talks about it', file('report.txt', 'How Proofpoint works, and what Mimecast costs.')],
    [
      'one that was removed for good',
      file('notice.txt', 'Barracuda: malware.exe was removed while it is being scanned.'),
    ],
    ['a real file with such a name', file('ATP Scan In Progress.eml', '', 'message/rfc822', 3_000_000)],
    ['a scan of paper', file('Scan in progress.pdf', '%PDF-1.7', 'application/pdf')],
    ['somebody who scans', file('mail.txt', 'Your passport is being checked.')],
    ['words in a picture', file('proofpoint.png', 'Proofpoint is being scanned', 'image/png')],
  ])('is not %s', (_, attachment) => {
    expect(heldBackBy(attachment)).toBeNull()
  })
})
