import { lastOf } from './fields.ts'
import type { Fields, Parameterised } from './fields.ts'
import type { AutomaticKind } from './types.ts'

/** What vacation programs write before the subject they answer, lower case. */
const awaySubject =
  /^(?:auto(?:matic)?[\s-]?(?:reply|response|antwort)|automatische antwort|out of (?:the )?office|abwesenheits?(?:notiz|benachrichtigung|assistent)?|réponse automatique|respuesta automática|risposta automatica|fuori sede|automatisch antwoord|resposta automática|autosvar|automatiskt svar|automaattinen vastaus|odpowiedź automatyczna|автоматический ответ|автоответ|自动回复|自動返信)\s*[:：\-(]?/i

/**
 * What is automatic about a message, from its headers alone (RFC 3834, RFC 3464, RFC 8098, RFC 5965, RFC 2919,
 * RFC 2369). `status` is the text of its message/delivery-status part, where it has one.
 */
export function automaticKind(
  fields: Fields,
  type: Parameterised,
  subject: string,
  status: string | null,
): AutomaticKind | null {
  const value = (name: string) => (lastOf(fields, name) ?? '').trim().toLowerCase()
  const report = type.value === 'multipart/report' ? (type.params.get('report-type') ?? '').toLowerCase() : ''
  if (report === 'feedback-report') return 'abuse_report'
  if (report === 'disposition-notification') return 'receipt'
  if (report === 'delivery-status' || status !== null) {
    // RFC 3464 section 2.3.3: what only reports success is a receipt.
    const actions = [...(status ?? '').matchAll(/^action:\s*([a-z]+)/gim)].map((match) =>
      match[1]!.toLowerCase(),
    )
    const good =
      actions.length > 0 && actions.every((action) => ['delivered', 'relayed', 'expanded'].includes(action))
    return good ? 'receipt' : 'bounce'
  }
  const from = value('from')
  const daemon = /(?:^|[<\s"])(?:mailer-daemon|mail-daemon|postmaster)(?:@|[>\s"]|$)/.test(from)
  const emptyPath = /^<\s*>$/.test(value('return-path'))
  if (fields.has('x-failed-recipients')) return 'bounce'
  if (
    daemon &&
    (emptyPath || /undeliver|failure|returned|failed|delivery|unzustellbar|non remis/i.test(subject))
  )
    return 'bounce'

  const submitted = value('auto-submitted').replace(/[\s;(].*$/s, '')
  const precedence = value('precedence')
  if (
    submitted === 'auto-replied' ||
    precedence === 'auto_reply' ||
    fields.has('x-autoreply') ||
    fields.has('x-autorespond')
  )
    return 'auto_reply'
  if (awaySubject.test(subject) && (submitted !== '' || emptyPath || fields.has('x-auto-response-suppress')))
    return 'auto_reply'
  if (fields.has('list-id') || fields.has('list-post') || precedence === 'list') return 'list'
  // A one-click way out (RFC 8058) is what newsletters have, and only they.
  if (fields.has('list-unsubscribe')) return 'list'
  if ((submitted !== '' && submitted !== 'no') || precedence === 'bulk' || precedence === 'junk')
    return 'other'
  return emptyPath && daemon ? 'other' : null
}
