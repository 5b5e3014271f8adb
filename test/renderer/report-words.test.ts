import { describe, expect, test } from 'vitest'
import type { MailReportView } from '../../src/contract/messages.ts'
import { mainReport, reportsThatCount, reportWords } from '../../src/renderer/shell/report-words.ts'

const report = (init: Partial<MailReportView>): MailReportView => ({
  kind: 'bounced',
  address: 'gone@kunde.test',
  reason: null,
  text: '',
  at: 1,
  until: null,
  messageId: '00000000-0000-4000-8000-000000000001' as MailReportView['messageId'],
  ...init,
})

describe('what came back, in words', () => {
  test.each([
    [{ kind: 'bounced', reason: 'mailbox_full' }, 'Bounced: mailbox full', 'danger'],
    [{ kind: 'bounced', reason: 'unknown' }, 'Bounced', 'danger'],
    [{ kind: 'delayed', reason: 'unreachable' }, 'Delayed: server not reachable', 'warn'],
    [{ kind: 'away', until: '2025-12-05' }, 'Out of office until Dec 5', 'neutral'],
    [{ kind: 'away' }, 'Out of office', 'neutral'],
    [{ kind: 'spam' }, 'Reported as spam', 'warn'],
    [{ kind: 'deleted' }, 'Deleted unread', 'neutral'],
  ] as const)('%j', (init, text, tone) => {
    expect(reportWords(report(init))).toEqual({ text, tone })
  })

  test('what matters most comes first, and how many more there are of it', () => {
    expect(mainReport([])).toBeNull()
    const all = [
      report({ kind: 'read', address: 'a@x.test' }),
      report({ address: 'b@x.test', reason: 'policy' }),
      report({ address: 'c@x.test', reason: 'no_such_address', at: 2 }),
    ]
    expect(mainReport(all)).toEqual({ text: 'Bounced: no such address', tone: 'danger', more: 1 })
  })

  test('a delay is over when something else was said of the same recipient', () => {
    const delay = report({ kind: 'delayed', at: 1 })
    expect(reportsThatCount([delay, report({ kind: 'delivered', at: 2 })]).map(({ kind }) => kind)).toEqual([
      'delivered',
    ])
    expect(
      reportsThatCount([delay, report({ kind: 'delivered', at: 2, address: 'other@x.test' })]),
    ).toHaveLength(2)
  })
})
