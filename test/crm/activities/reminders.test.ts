import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Reminders } from '../../../src/main/engine/crm/activities/reminders.ts'
import { addTask, dismissReminder, updateTask } from '../../../src/main/engine/crm/activities/tasks.ts'
import { Store } from '../../../src/main/engine/store/store.ts'
import { createUser, createWorkspaceRow } from '../../../src/main/engine/team/workspace-actions.ts'

const START = Date.UTC(2025, 9, 1, 9)
const MINUTE = 60_000
const log = pino({ level: 'silent' })
const clock = { now: () => Date.now() }

let dir: string
let store: Store
let reminders: Reminders
let ada: string
/** Tasks that were rung for, in that order. */
let rung: string[]

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  dir = mkdtempSync(join(tmpdir(), 'anteroom-reminders-'))
  open()
  store.write((write) => createWorkspaceRow(write, store, { name: 'Acme', isSample: false }))
  ada = store.write((write) =>
    createUser(write, store, null, { name: 'Ada', email: 'ada@acme.test', role: 'member' }),
  )
})
afterEach(() => {
  close()
  vi.useRealTimers()
  rmSync(dir, { recursive: true, force: true })
})

function open(): void {
  store = new Store({ dataDir: dir, log, clock })
  reminders = new Reminders({ store, clock, log })
  rung = []
  store.onChange((event) => {
    // A commit raises the revision, ringing does not.
    if (event.rev !== lastRev) lastRev = event.rev
    else
      rung.push(...event.changes.flatMap(({ entity, ids }) => (entity === 'activities' ? (ids ?? []) : [])))
  })
  lastRev = store.rev
  reminders.start()
}
let lastRev = 0
function close(): void {
  reminders.stop()
  store.close()
}

const task = (remindAt: number | null) =>
  addTask(store, ada, { record: null, title: 'Call back', text: '', assigneeId: ada, dueAt: null, remindAt })

test('each is rung for once, when it is due, in their order', () => {
  const later = task(START + 10 * MINUTE)
  const sooner = task(START + 5 * MINUTE)
  task(null)
  vi.advanceTimersByTime(5 * MINUTE - 1)
  expect(rung).toEqual([])
  vi.advanceTimersByTime(20)
  expect(rung).toEqual([sooner])
  vi.advanceTimersByTime(20 * MINUTE)
  expect(rung).toEqual([sooner, later])
})

test('what was done, seen or put off rings as it is now', () => {
  const [done, seen, putOff] = [1, 2, 3].map((n) => task(START + n * MINUTE)) as [string, string, string]
  updateTask(store, ada, done, { done: true })
  dismissReminder(store, ada, seen)
  updateTask(store, ada, putOff, { remindAt: START + 60 * MINUTE })
  vi.advanceTimersByTime(30 * MINUTE)
  expect(rung).toEqual([])
  vi.advanceTimersByTime(31 * MINUTE)
  expect(rung).toEqual([putOff])
})

test('a restart loses nothing: what is still to come rings then', () => {
  const id = task(START + 30 * MINUTE)
  close()
  vi.advanceTimersByTime(20 * MINUTE)
  open()
  vi.advanceTimersByTime(11 * MINUTE)
  expect(rung).toEqual([id])
})

test('a machine that slept over it is told when it wakes', () => {
  const id = task(START + 30 * MINUTE)
  vi.setSystemTime(START + 60 * MINUTE)
  reminders.wake()
  expect(rung).toEqual([id])
  vi.advanceTimersByTime(60 * MINUTE)
  expect(rung).toEqual([id])
})

test('with nothing to come nothing runs, and far away is looked at now and then only', () => {
  expect(vi.getTimerCount()).toBe(0)
  task(START + 365 * 24 * 60 * MINUTE)
  expect(vi.getTimerCount()).toBe(1)
  const looks = vi.spyOn(store.read, 'get')
  vi.advanceTimersByTime(60 * MINUTE)
  expect(looks.mock.calls.length).toBeLessThanOrEqual(5)
})
