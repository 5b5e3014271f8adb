import type { MailReportView } from '@contract/messages.ts'
import { i18n, t } from '@/i18n.ts'
import { shortTime } from '@/ui/time.ts'

export type ReportTone = 'neutral' | 'ok' | 'warn' | 'danger'

/** What matters most is said first: of a message that bounced for one and was read by another, that it bounced. */
const RANK: readonly MailReportView['kind'][] = [
  'bounced',
  'spam',
  'delayed',
  'away',
  'deleted',
  'auto_reply',
  'read',
  'delivered',
]
const TONES: Record<MailReportView['kind'], ReportTone> = {
  bounced: 'danger',
  spam: 'warn',
  delayed: 'warn',
  away: 'neutral',
  deleted: 'neutral',
  auto_reply: 'neutral',
  read: 'ok',
  delivered: 'ok',
}

/** A day ("2025-12-05") as people write it, the same in every time zone. */
const dayText = (day: string): string =>
  new Intl.DateTimeFormat(i18n.global.locale.value, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(Date.parse(`${day}T00:00:00Z`))

/** What automatic mail says about a message, in a few words: "Bounced: mailbox full". */
export function reportWords(report: MailReportView): { text: string; tone: ReportTone } {
  const { kind } = report
  const tone = TONES[kind]
  if ((kind === 'bounced' || kind === 'delayed') && report.reason && report.reason !== 'unknown')
    return { text: t(`reports.${kind}Because`, { reason: t(`reports.reason.${report.reason}`) }), tone }
  if (kind === 'away' && report.until)
    return { text: t('reports.awayUntil', { day: dayText(report.until) }), tone }
  if (kind === 'read') return { text: t('reports.read', { time: shortTime(report.at) }), tone }
  return { text: t(`reports.${kind}`), tone }
}

/** What is said later about the same recipient takes the place of a delay: it came, or it did not. */
const isOver = (report: MailReportView, all: readonly MailReportView[]): boolean =>
  report.kind === 'delayed' &&
  all.some((other) => other.at >= report.at && other.kind !== 'delayed' && other.address === report.address)

/** The reports that still say something, the most important first. */
export const reportsThatCount = (reports: readonly MailReportView[]): MailReportView[] =>
  reports
    .filter((report) => !isOver(report, reports))
    .sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind) || b.at - a.at)

/** The one thing to say where there is room for one. */
export function mainReport(
  reports: readonly MailReportView[],
): { text: string; tone: ReportTone; more: number } | null {
  const [first, ...others] = reportsThatCount(reports)
  if (!first) return null
  return { ...reportWords(first), more: others.filter((other) => other.kind === first.kind).length }
}
