import { randomUUID } from 'node:crypto'
import { timelineOf } from '../../../src/main/engine/read/timeline/timeline.ts'
import { appendOp } from '../../../src/main/engine/store/ops.ts'
import { contactIdOf } from '../../../src/main/engine/store/tables/contacts.ts'
import { accessOf } from '../../../src/main/engine/team/access.ts'
import { makeWorkspace, type MailInit, type Workspace } from '../../support/workspace.ts'
import { seeded } from '../../support/random.ts'
import { median, quantile, type Figure } from '../figures.ts'
import type { Bench } from '../lab.ts'

const PAGE = 30
const ENTRIES = 10_000
const PEOPLE = 2000
/** Mail that is taken in at once, as sync does. */
const BATCH = 500

type RecordReference = { type: 'contact' | 'company'; id: string }

/** A workspace in which one contact has 10,000 entries, and one company 2,000 contacts with five mails each. */
async function fill(
  ws: Workspace,
): Promise<{ userId: string; busy: RecordReference; company: RecordReference }> {
  const random = seeded(11)
  const userId = ws.user('Ada', 'super_admin')
  const channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  const inbound = (from: string, i: number): MailInit => ({
    from,
    minute: i,
    ...(i % 4 === 0 ? { messageId: `${from}-${i}@x.test` } : { inReplyTo: `${from}-${i - (i % 4)}@x.test` }),
  })
  const take = (inits: MailInit[]): void => {
    for (let i = 0; i < inits.length; i += BATCH) ws.mails(channel, inits.slice(i, i + BATCH))
  }
  // Half of the entries are mail, in conversations of four messages, each with its ticket.
  const mails = ENTRIES * 0.5
  take(Array.from({ length: mails }, (_, i) => inbound('carla@customer.test', i)))
  take(
    Array.from({ length: PEOPLE * 5 }, (_, i) => ({
      from: `p${i % PEOPLE}@large.test`,
      minute: random.int(0, 50_000),
    })),
  )
  const busy = contactIdOf('carla@customer.test')
  const { read } = ws.store
  const threads = read.all<{ id: string }>('SELECT id FROM threads WHERE contact_id = ?', [busy])
  const begin = ws.clock.at - mails * 60_000
  const moment = () => begin + random.int(0, mails * 60_000)
  const on = { record_type: 'contact', record_id: busy, author_id: userId }
  // The others: tickets are there already.
  const rest = ENTRIES - mails - threads.length
  for (let i = 0; i < rest; i += BATCH) {
    ws.store.write((write) => {
      for (let n = i; n < Math.min(i + BATCH, rest); n++) {
        const id = randomUUID()
        const at = moment()
        const make = (
          entity: 'note' | 'call' | 'task' | 'comment',
          values: Record<string, string | number>,
        ) => appendOp(write, ws.store.hlc, userId, { entity, id, kind: 'create', values: { ...values, at } })
        const thread = random.pick(threads).id
        if (n % 5 === 0) make('note', { ...on, text: `Note ${n}` })
        else if (n % 5 === 1) make('comment', { thread_id: thread, author_id: userId, text: `Comment ${n}` })
        else if (n % 5 === 2)
          make('call', { ...on, direction: 'in', number: '', outcome: 'busy', duration: 0, text: '' })
        else if (n % 5 === 3) make('task', { ...on, assignee_id: userId, title: `Task ${n}`, text: '' })
        else {
          const values = { assignee_id: n % 2 ? userId : null }
          appendOp({ ...write, now: at }, ws.store.hlc, userId, {
            entity: 'thread',
            id: thread,
            kind: 'set',
            values,
          })
        }
      }
    })
  }
  const company = read.get<{ id: string }>('SELECT company_id AS id FROM contacts WHERE id = ?', [
    contactIdOf('p0@large.test'),
  ])!.id
  return { userId, busy: { type: 'contact', id: busy }, company: { type: 'company', id: company } }
}

/** Pages through a timeline. @returns how many entries there were, and what each page took in ms */
function ride(
  ws: Workspace,
  userId: string,
  record: RecordReference,
  most: number,
): { entries: number; pages: number[] } {
  const access = accessOf(ws.store.read, userId)!
  const pages: number[] = []
  let entries = 0
  let cursor: string | undefined
  do {
    const before = performance.now()
    const page = timelineOf(ws.store.read, access, record, { filters: [], cursor, limit: PAGE })
    pages.push(performance.now() - before)
    entries += page.entries.length
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && pages.length < most)
  return { entries, pages }
}

/** The floor: as many rows as a page has, each by its primary key. In ms. */
function floor(ws: Workspace, runs: number): number[] {
  const rowids = ws.store.read
    .all<{ rowid: number }>('SELECT rowid FROM messages ORDER BY random() LIMIT ?', [PAGE * runs])
    .map(({ rowid }) => rowid)
  return Array.from({ length: runs }, (_, run) => {
    const before = performance.now()
    for (const rowid of rowids.slice(run * PAGE, (run + 1) * PAGE))
      ws.store.read.get('SELECT * FROM messages WHERE rowid = ?', [rowid])
    return performance.now() - before
  })
}

/** A long timeline, opened and read to its end, and that of a company with many people. */
export const timeline: Bench = {
  name: 'timeline',
  async run(lab) {
    lab.say(`writing a timeline of ${ENTRIES.toLocaleString('en-GB')} entries`)
    const ws = makeWorkspace()
    try {
      const { userId, busy, company } = await fill(ws)
      const runs = Math.max(lab.runs, 10)
      const first = (record: RecordReference) =>
        Array.from({ length: runs + 2 }, () => ride(ws, userId, record, 1).pages[0]!).slice(2)
      const whole = ride(ws, userId, busy, Number.POSITIVE_INFINITY)
      const bare = floor(ws, 200)
      const peer = { name: `${PAGE} rows by primary key`, value: median(bare) }
      const opened = first(busy)
      const ofCompany = first(company)
      const count = whole.entries.toLocaleString('en-GB')
      const some = ride(ws, userId, company, 100).pages
      const figure = (name: string, times: number[], note: string): Figure => ({
        name,
        ours: median(times),
        unit: 'ms',
        peer,
        goal: null,
        note,
      })
      const worst = (times: number[]) => `p95 ${quantile(times, 0.95).toFixed(1)} ms`
      return [
        figure(`Timeline of ${count} entries, first page`, opened, worst(opened)),
        figure(
          `Timeline of ${count} entries, every page to its end`,
          whole.pages,
          `${whole.pages.length} pages, ${worst(whole.pages)}`,
        ),
        figure(
          `Timeline of a company with ${PEOPLE.toLocaleString('en-GB')} contacts, first page`,
          ofCompany,
          `${worst(ofCompany)}; its first ${some.length} pages: ${median(some).toFixed(1)} ms, ${worst(some)}`,
        ),
      ]
    } finally {
      ws.stop()
    }
  },
}
