import type * as Fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Store } from '../../src/main/engine/store/store.ts'
import { startTown, type Company, type Town } from '../support/company.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'

/** The disk as the blobs see it. */
const disk = vi.hoisted(() => ({ full: false, refused: 0 }))
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>()
  const refuse = (): void => {
    if (!disk.full) return
    disk.refused += 1
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  return {
    ...fs,
    default: fs,
    writeSync: (...args: Parameters<typeof fs.writeSync>) => {
      refuse()
      return fs.writeSync(...args)
    },
    fdatasyncSync: (fd: number) => {
      refuse()
      fs.fdatasyncSync(fd)
    },
  }
})

let town: Town
const opened = vi.spyOn(Store.prototype, 'onChange')
beforeAll(async () => {
  town = await startTown()
})
beforeEach(() => {
  opened.mockClear()
  disk.full = false
})
afterAll(async () => {
  disk.full = false
  await town?.stop()
})

const mail = (company: Company, subject: string): Buffer =>
  buildMail({
    from: 'Carla Customer <carla@kunde.test>',
    to: company.address,
    subject,
    text: `${subject}. ${'x'.repeat(20_000)}`,
  })

const subjects = (company: Company): string[] => company.local().messages.map((one) => one.subject)

/** The store of the engine that was started last: nothing outside of it can set a limit on its connection. */
const storeOf = (): Store => opened.mock.contexts.at(-1) as Store

async function expectBanner(company: Company): Promise<void> {
  await until(
    'the problem on the channel',
    async () => (await company.channel()).health.problem?.code === 'storage',
  )
  const { health } = await company.channel()
  expect(['waiting', 'failing', 'connecting', 'syncing']).toContain(health.state)
  expect((await company.client.workspace.get({})).storageProblem?.message).toMatch(/Free some space/)
}

test('fault 35: no room for the bytes: rolled back, said, reading works, and it goes on by itself', async () => {
  const company = await town.company()
  town.dovecot.deliver(company.user, mail(company, 'Before'))
  await company.messages(1)
  disk.full = true
  town.dovecot.deliver(company.user, mail(company, 'While it is full'))
  await expectBanner(company)
  const refused = disk.refused
  await until('some more tries', () => disk.refused > refused + 2)
  // Looking at the server between the tries writes nothing, so it does not look as if the disk took writes again.
  expect((await company.client.workspace.get({})).storageProblem).not.toBeNull()
  expect(subjects(company)).toEqual(['Before'])
  expect((await company.client.threads.list({ view: 'open' })).rows).toHaveLength(1)
  disk.full = false
  await company.messages(2)
  await until('the channel to be live', async () => (await company.channel()).health.state === 'live')
  expect((await company.client.workspace.get({})).storageProblem).toBeNull()
})

test('fault 35: no room in the database: the same', async () => {
  const company = await town.company()
  const store = storeOf()
  const limit = (pages: number): void =>
    store.write(({ db }) => void db.get(`PRAGMA max_page_count = ${pages}`))
  town.dovecot.deliver(company.user, mail(company, 'Before'))
  await company.messages(1)
  // No page more than it has; deleting nothing, it cannot take another message.
  limit(1)
  for (let i = 0; i < 40; i += 1) town.dovecot.deliver(company.user, mail(company, `While it is full ${i}`))
  await expectBanner(company)
  expect(company.local().messages.length).toBeLessThan(41)
  expect((await company.client.threads.list({ view: 'open' })).rows.length).toBeGreaterThan(0)
  limit(1_000_000)
  await company.messages(41)
  await until('the channel to be live', async () => (await company.channel()).health.state === 'live')
  expect(new Set(subjects(company)).size).toBe(41)
  expect(company.local().count('SELECT max(attempts) AS n FROM remote_messages')).toBe(0)
})

test('a full disk while a message is on the wire: it is sent once, and known as sent when there is room', async () => {
  const company = await town.company()
  const store = storeOf()
  const { client } = company
  const [sender] = await client.drafts.senders({})
  const draft = await client.drafts.open({
    mode: 'new',
    channelId: sender!.channelId,
    preset: { to: [{ name: '', address: 'carla@kunde.test' }], subject: 'Once only', html: '<p>Once.</p>' },
  })
  // The disk is full from the moment that the server has the message.
  const write = store.write.bind(store)
  const full = vi.spyOn(store, 'write').mockImplementation((work, options) => {
    if (town.sink.received.some((one) => one.raw.includes('Once only'))) {
      return write((context) => {
        work(context)
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      }, options)
    }
    return write(work, options)
  })
  await client.drafts.send({ id: draft.id, version: draft.version, undoSeconds: 0 })
  await town.sink.waitFor((one) => one.raw.includes('Once only'))
  await until('the banner', async () => (await client.workspace.get({})).storageProblem !== null)
  full.mockRestore()
  await until('the sent message', async () => (await client.threads.list({ view: 'sent' })).rows.length === 1)
  const [row] = (await client.threads.list({ view: 'sent' })).rows
  expect(row?.delivery?.state).toBe('sent')
  expect(town.sink.received.filter((one) => one.raw.includes('Once only'))).toHaveLength(1)
})
