import type { ThreadRowView } from '@contract/threads.ts'
import { t } from '@/i18n.ts'
import { fullTime } from '@/ui/time.ts'
import { mainReport, type ReportTone } from '@/shell/report-words.ts'

export const senderName = (row: ThreadRowView): string =>
  row.sender.name || row.sender.address || t('list.noSender')

/** What the row's first line says: the sender, or whom it goes to where that matters more. */
export function headline(row: ThreadRowView): string {
  if (row.recipients.length === 0) {
    return row.draftId || row.outboxId ? t('list.noRecipient') : senderName(row)
  }
  const [first, ...others] = row.recipients.map(({ name, address }) => name || address)
  return others.length === 0
    ? t('list.to', { name: first ?? '' })
    : t('list.toMore', { name: first ?? '', more: others.length })
}

export const subjectOf = (row: ThreadRowView): string => row.subject || t('list.noSubject')

/** How far an outgoing mail has come; null where there is nothing to tell (it was simply sent). */
export function deliveryWord(row: ThreadRowView): { text: string; tone: ReportTone } | null {
  const state = row.delivery?.state
  if (!state) return null
  if (state === 'sent' || state === 'other_client') {
    // It left; what came back about it by mail is the later news.
    const report = mainReport(row.delivery?.reports ?? [])
    if (!report) return null
    const text = report.more > 0 ? t('reports.andMore', { text: report.text, n: report.more }) : report.text
    return { text, tone: report.tone }
  }
  const tone =
    state === 'failed' || state === 'partly_sent' ? 'danger' : state === 'unknown' ? 'warn' : 'neutral'
  return { text: t(`list.delivery.${state}`), tone }
}

/** Whether it is put away until a time or an answer. */
export const isSnoozed = (row: ThreadRowView): boolean => row.snoozedUntil !== null || row.snoozedUntilReply

/** Until when, in words; null for what is not snoozed. */
export function snoozeWord(row: ThreadRowView): string | null {
  if (row.status === 'open' && row.snoozedUntilReply) return t('list.snooze.untilReply')
  if (row.status !== 'open' || row.snoozedUntil === null) return null
  return t('list.snooze.untilTime', { time: fullTime(row.snoozedUntil) })
}

/** What the signs of a row say, for those who do not see them; it follows the sender and the subject. */
export function spokenSigns(
  row: ThreadRowView,
  assignee: string | null,
  team: string | null = null,
  tags: readonly string[] = [],
): string {
  const signs = [
    row.recipients.length > 0 && headline(row),
    row.unread && t('list.spoken.unread'),
    row.priority !== 'medium' &&
      t('organising.priority.is', { priority: t(`organising.priority.name.${row.priority}`) }),
    tags.length > 0 && t('list.spoken.tags', { tags: tags.join(', ') }, tags.length),
    row.messageCount > 1 && t('list.spoken.messages', { n: row.messageCount }),
    row.hasAttachment && t('list.spoken.attachment'),
    assignee && t('list.spoken.assigned', { name: assignee }),
    team && t('list.spoken.team', { name: team }),
    snoozeWord(row),
  ].filter(Boolean)
  return signs.length > 0 ? `, ${signs.join(', ')}` : ''
}

/** `text` in pieces, those that begin like one of `terms` marked. */
export function markTerms(text: string, terms: readonly string[]): { text: string; marked: boolean }[] {
  const words = terms
    .filter((term) => term.length > 0)
    .map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (words.length === 0) return [{ text, marked: false }]
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${words.join('|')})[\\p{L}\\p{N}]*`, 'giu')
  const pieces: { text: string; marked: boolean }[] = []
  let from = 0
  for (const found of text.matchAll(pattern)) {
    if (found.index > from) pieces.push({ text: text.slice(from, found.index), marked: false })
    pieces.push({ text: found[0], marked: true })
    from = found.index + found[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), marked: false })
  return pieces
}
