import { describe, expect, it } from 'vitest'
import type { ThreadRowView } from '@contract/threads.ts'
import { deliveryWord, headline, markTerms, spokenSigns } from '@/features/views/row-words.ts'

const row = (about: Partial<ThreadRowView> = {}): ThreadRowView => ({
  key: 'k',
  threadId: null,
  draftId: null,
  outboxId: null,
  inboxId: null,
  sender: { name: 'Ada Smith', address: 'ada@x.test' },
  recipients: [],
  subject: 'Hello',
  snippet: '',
  at: 0,
  unread: false,
  hasAttachment: false,
  assigneeId: null,
  teamId: null,
  status: 'open',
  messageCount: 1,
  snoozedUntil: null,
  snoozedUntilReply: false,
  tagIds: [],
  priority: 'medium',
  following: false,
  delivery: null,
  ...about,
})

describe('the words of a row', () => {
  it('says whom it goes to where there are recipients', () => {
    const to = (...names: string[]) => names.map((name) => ({ name, address: `${name}@x.test` }))
    expect(headline(row())).toBe('Ada Smith')
    expect(headline(row({ recipients: to('Bo') }))).toBe('To: Bo')
    expect(headline(row({ recipients: to('Bo', 'Cy', 'Di') }))).toBe('To: Bo +2')
    expect(headline(row({ draftId: 'd' as never }))).toBe('No recipient yet')
    expect(headline(row({ sender: { name: '', address: 'a@x.test' } }))).toBe('a@x.test')
  })

  it('speaks the signs', () => {
    expect(spokenSigns(row(), null)).toBe('')
    expect(spokenSigns(row({ priority: 'urgent' }), null, null, ['Refund', 'VIP'])).toBe(
      ', Priority: Urgent, tags Refund, VIP',
    )
    expect(spokenSigns(row({ unread: true, messageCount: 3, hasAttachment: true }), 'Ben')).toBe(
      ', unread, 3 messages, has attachment, assigned to Ben',
    )
  })

  it('tells of a delivery only what is worth telling', () => {
    const delivery = (state: 'sent' | 'failed' | 'unknown') => ({
      state,
      serverText: null,
      failedRecipients: [],
      reports: [],
    })
    expect(deliveryWord(row({ delivery: delivery('sent') }))).toBeNull()
    expect(deliveryWord(row({ delivery: delivery('failed') }))).toEqual({ text: 'Failed', tone: 'danger' })
    expect(deliveryWord(row({ delivery: delivery('unknown') }))?.tone).toBe('warn')
  })

  it('marks words that begin like a term, and takes the term as text', () => {
    const marked = (text: string, ...terms: string[]) =>
      markTerms(text, terms).flatMap((piece) => (piece.marked ? [piece.text] : []))
    expect(marked('Two parcels, one Parcel', 'parcel')).toEqual(['parcels', 'Parcel'])
    expect(marked('unparcelled', 'parcel')).toEqual([])
    expect(marked('is it a (b)?', '(b', '.*')).toEqual(['(b'])
    expect(markTerms('any', [])).toEqual([{ text: 'any', marked: false }])
    expect(
      markTerms('a parcel!', ['parcel'])
        .map(({ text }) => text)
        .join(''),
    ).toBe('a parcel!')
  })
})
