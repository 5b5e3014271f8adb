import type { ListSettings } from '../../../src/contract/records.ts'
import { beginDoing, UNGUARDED } from '../../../src/main/engine/crm/records/doing.ts'
import { updateRecords } from '../../../src/main/engine/crm/records/update.ts'
import { listRecords } from '../../../src/main/engine/read/records/list.ts'
import { companyOfDomain, seeContact } from '../../../src/main/engine/store/tables/contacts.ts'
import { takeBack } from '../../../src/main/engine/store/undo.ts'
import { accessOf } from '../../../src/main/engine/team/access.ts'
import { seeded } from '../../support/random.ts'
import { makeWorkspace, START, type Workspace } from '../../support/workspace.ts'
import { median, quantile, type Figure } from '../figures.ts'
import type { Bench } from '../lab.ts'

const CONTACTS = 100_000
const COMPANIES = 10_000
const PAGE = 100
/** Contacts that are made in one transaction. */
const BATCH = 1000
const BULK = 10_000

const FIRST = ['Ada', 'Bruno', 'Carla', 'Dora', 'Emil', 'Greta', 'Hugo', 'Ida', 'Jon', 'Lena']
const LAST = ['Rossi', 'Weber', 'Novak', 'Silva', 'Okafor', 'Lindqvist', 'Moreau']

/** A workspace with 100,000 contacts of 10,000 companies, as mail makes them. @returns the user, and every contact's id */
export function fill(ws: Workspace): { userId: string; ids: string[] } {
  const random = seeded(17)
  const userId = ws.user('Ada', 'super_admin')
  const ids: string[] = []
  for (let i = 0; i < CONTACTS; i += BATCH) {
    ws.store.write(({ db }) => {
      for (let n = i; n < Math.min(i + BATCH, CONTACTS); n += 1) {
        const domain = `c${n % COMPANIES}.test`
        const { id } = seeContact(db, {
          address: `p${n}@${domain}`,
          name: `${random.pick(FIRST)} ${random.pick(LAST)}${n % 997}`,
          at: START - random.int(0, 1_000_000_000),
          messages: 1,
          companyOf: () => companyOfDomain(db, domain, `Company ${n % COMPANIES}`, START),
        })
        ids.push(id)
      }
    })
  }
  return { userId, ids }
}

const settings = (key: string, filters: ListSettings['filters'] = [], descending = false): ListSettings => ({
  columns: ['email', 'company', 'lifecycle_stage', 'owner_id', 'phone', 'last_seen_at'],
  filters,
  sort: { key, descending },
})

/** Pages through a list from its beginning. @returns what each page took in ms */
function ride(ws: Workspace, userId: string, list: ListSettings, query: string, most: number): number[] {
  const access = accessOf(ws.store.read, userId)!
  const pages: number[] = []
  let cursor: string | undefined
  do {
    const before = performance.now()
    const page = listRecords(ws.store.read, access, {
      type: 'contact',
      settings: list,
      query,
      cursor,
      limit: PAGE,
    })
    pages.push(performance.now() - before)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && pages.length < most)
  return pages
}

/** The floor: as many rows as a page has, each by its primary key. In ms. */
function floor(ws: Workspace, ids: readonly string[], runs: number): number[] {
  const random = seeded(3)
  return Array.from({ length: runs }, () => {
    const some = Array.from({ length: PAGE }, () => random.pick(ids))
    const before = performance.now()
    for (const id of some) ws.store.read.get('SELECT * FROM contacts WHERE id = ?', [id])
    return performance.now() - before
  })
}

/** What changing 10,000 contacts at once takes, and taking it back. In ms. */
function bulk(ws: Workspace, userId: string, ids: readonly string[]): { change: number; back: number } {
  const begin = performance.now()
  const undo = ws.store.write((write) => {
    const doing = beginDoing(write, ws.store, userId, UNGUARDED)
    updateRecords(doing, 'contact', ids.slice(0, BULK), { lifecycle_stage: 'customer', owner_id: userId })
    return doing.undo.id()!
  })
  const changed = performance.now()
  ws.store.write((write) => takeBack(write, ws.store, userId, undo))
  return { change: changed - begin, back: performance.now() - changed }
}

/** A list of 100,000 contacts: opened, scrolled to its end, filtered, searched; and many of them changed at once. */
export const records: Bench = {
  name: 'records',
  async run(lab) {
    lab.say(`making ${CONTACTS.toLocaleString('en-GB')} contacts`)
    const ws = makeWorkspace()
    try {
      const { userId, ids } = fill(ws)
      const bare = floor(ws, ids, 200)
      const peer = { name: `${PAGE} rows by primary key`, value: median(bare) }
      const runs = Math.max(lab.runs, 10)
      const first = (list: ListSettings, query = '') =>
        Array.from({ length: runs + 2 }, () => ride(ws, userId, list, query, 1)[0]!).slice(2)
      const figure = (name: string, times: number[], note = ''): Figure => ({
        name: `List of ${CONTACTS.toLocaleString('en-GB')} contacts, ${name}`,
        ours: median(times),
        unit: 'ms',
        peer,
        goal: null,
        note: `p95 ${quantile(times, 0.95).toFixed(1)} ms${note}`,
      })
      const whole = ride(ws, userId, settings('name'), '', Number.POSITIVE_INFINITY)
      const { change, back } = bulk(ws, userId, ids)
      return [
        figure('first page by name', first(settings('name'))),
        figure('first page by last contact', first(settings('last_seen_at', [], true))),
        figure('every page to its end', whole, `, ${whole.length} pages`),
        figure('first page by a column without an index', first(settings('job_title'))),
        figure(
          'filtered on a text',
          first(settings('name', [{ key: 'company', test: 'contains', value: 'y 77' }])),
        ),
        figure('found by a letter', first(settings('name'), 'r')),
        figure('found by two words', first(settings('name'), 'rossi 77')),
        {
          name: `Changing ${BULK.toLocaleString('en-GB')} contacts at once`,
          ours: change,
          unit: 'ms',
          peer: null,
          goal: null,
          note: `taking it back: ${Math.round(back)} ms`,
        },
      ]
    } finally {
      ws.stop()
    }
  },
}
