import type { DraftContent } from '@contract/composing.ts'
import { addRecipients, parseRecipients } from './recipients.ts'

type Preset = Pick<DraftContent, 'to' | 'cc' | 'bcc' | 'subject' | 'html'>

const escape = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

const decode = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray "%": taken as it stands.
    return text
  }
}

/**
 * Reads a `mailto:` link (RFC 6068). Only to, cc, bcc, subject and body are taken; a link can never attach,
 * send, or bring HTML of its own (fault 66). Null for any other link.
 */
export function readMailto(link: string): Preset | null {
  const match = /^mailto:([^?#]*)(?:\?([^#]*))?/i.exec(link.trim())
  if (!match) return null
  const preset: Preset = {
    to: parseRecipients(decode(match[1] ?? '')),
    cc: [],
    bcc: [],
    subject: '',
    html: '',
  }
  for (const pair of (match[2] ?? '').split('&')) {
    const [rawKey = '', ...rest] = pair.split('=')
    // RFC 6068 section 5: "+" is a plus here, not a space.
    const value = decode(rest.join('='))
    const key = decode(rawKey).toLowerCase()
    if (key === 'to' || key === 'cc' || key === 'bcc') {
      preset[key] = addRecipients(preset[key], parseRecipients(value)).slice(0, 100)
    } else if (key === 'subject') {
      preset.subject = value.replace(/[\r\n\u0000]+/g, ' ').slice(0, 2000)
    } else if (key === 'body') {
      preset.html = value
        .slice(0, 100_000)
        .split(/\r?\n/)
        .map((line) => `<p>${line === '' ? '<br>' : escape(line)}</p>`)
        .join('')
    }
  }
  preset.to = preset.to.slice(0, 100)
  return preset
}
