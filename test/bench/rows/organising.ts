import { countViews } from '../../../src/main/engine/read/counts.ts'
import { runUndo } from '../../../src/main/engine/store/undo.ts'
import { accessOf } from '../../../src/main/engine/team/access.ts'
import { createTag } from '../../../src/main/engine/team/tag-actions.ts'
import { closeThreads } from '../../../src/main/engine/team/thread-actions.ts'
import { saveThreadView } from '../../../src/main/engine/team/thread-view-actions.ts'
import { makeWorkspace, type MailInit, type Workspace } from '../../support/workspace.ts'
import { median, type Figure } from '../figures.ts'
import type { Bench } from '../lab.ts'

const CONVERSATIONS = 10_000
/** As many go in one call. */
const PART = 1000
const TAGS = 20
const VIEWS = 10

/** Everything in calls of at most `PART`. @returns what each of them answered, and how long each took in ms */
function inParts<T>(ids: readonly string[], run: (part: string[]) => T): { answers: T[]; times: number[] } {
  const answers: T[] = []
  const times: number[] = []
  for (let from = 0; from < ids.length; from += PART) {
    const before = performance.now()
    answers.push(run(ids.slice(from, from + PART)))
    times.push(performance.now() - before)
  }
  return { answers, times }
}

const sum = (times: readonly number[]): number => times.reduce((all, ms) => all + ms, 0)

async function fill(ws: Workspace): Promise<{ userId: string; ids: string[] }> {
  const userId = ws.user('Ada', 'super_admin')
  const channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  const ids: string[] = []
  for (let from = 0; from < CONVERSATIONS; from += PART) {
    const mails = Array.from({ length: PART }, (_, n): MailInit => ({
      from: `p${from + n}@c${n % 100}.test`,
      subject: `Question ${from + n}`,
      seen: n % 2 === 0,
    }))
    ids.push(...ws.mails(channel, mails).map(({ threadId }) => threadId))
  }
  return { userId, ids }
}

/** The floor: the same rows, each by one statement in one transaction, and nothing that could take it back. In ms. */
function floor(ws: Workspace, ids: readonly string[]): number {
  const before = performance.now()
  for (const status of ['closed', 'open'])
    ws.store.write(
      ({ db }) => {
        for (const id of ids) db.run('UPDATE threads SET status = ? WHERE id = ?', [status, id])
      },
      { durable: true },
    )
  return (performance.now() - before) / 2
}

/** 10,000 conversations with their tickets: closed at once, and all of it taken back; and what the navigation counts. */
export const organising: Bench = {
  name: 'organising',
  async run(lab) {
    lab.say(`making ${CONVERSATIONS.toLocaleString('en-GB')} conversations`)
    const ws = makeWorkspace()
    try {
      const { userId, ids } = await fill(ws)
      const access = accessOf(ws.store.read, userId)!
      const bare = floor(ws, ids)
      const close = inParts(ids, (part) => closeThreads(ws.store, access, part, 'close'))
      const back = inParts(close.answers.filter((id) => id !== null).toReversed(), (undos) => {
        for (const id of undos) runUndo(ws.store, { id: userId, seesToOthers: true }, id, () => {})
      })
      const open = ws.store.read.get<{ n: number }>(
        `SELECT count(*) AS n FROM threads t JOIN tickets k ON k.thread_id = t.id
         WHERE t.status = 'open' AND k.status <> 'closed'`,
      )!
      if (open.n !== CONVERSATIONS) throw new Error(`Only ${open.n} conversations are open again.`)

      const settings = { status: 'open' as const, match: 'all' as const }
      const count = (): number => {
        const before = performance.now()
        Array.from(countViews(ws.store.read, access, ws.clock.at))
        return performance.now() - before
      }
      const timesOf = (): number => median(Array.from({ length: Math.max(lab.runs, 10) + 2 }, count).slice(2))
      const plain = timesOf()
      for (let n = 0; n < TAGS; n += 1)
        createTag(ws.store, access, { name: `Tag ${n}`, on: ids.slice(n * 400, n * 400 + 1000) })
      for (let n = 0; n < VIEWS; n += 1)
        saveThreadView(ws.store, access, {
          name: `View ${n}`,
          shared: true,
          settings: { ...settings, conditions: [{ on: 'words', words: `question ${n}`, not: false }] },
        })
      const figures: Figure[] = [
        {
          name: `Closing ${CONVERSATIONS.toLocaleString('en-GB')} conversations with their tickets`,
          ours: sum(close.times),
          unit: 'ms',
          peer: { name: 'their rows by bare statements', value: bare },
          goal: null,
          note: `the longest of its ${close.times.length} calls ${Math.round(Math.max(...close.times))} ms`,
        },
        {
          name: `Taking that back`,
          ours: sum(back.times),
          unit: 'ms',
          peer: { name: 'their rows by bare statements', value: bare },
          goal: null,
        },
        {
          name: `Counting every view, with ${TAGS} tags and ${VIEWS} views by words`,
          ours: timesOf(),
          unit: 'ms',
          peer: { name: 'the named views alone', value: plain },
          goal: null,
        },
      ]
      return figures
    } finally {
      ws.stop()
    }
  },
}
