import { afterAll, beforeAll, expect, test } from 'vitest'
import { collect, startTown, type Company, type Town } from '../support/company.ts'
import { buildMail, seedMaildir, syntheticMailbox } from '../support/mail.ts'
import { until } from '../support/ports.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town?.stop()
})

const mail = (to: string, subject: string, more: Partial<Parameters<typeof buildMail>[0]> = {}): Buffer =>
  buildMail({ from: 'Carla Customer <carla@kunde.test>', to, subject, text: `About ${subject}.`, ...more })

/** A mailbox with some history before anybody looks. */
function seeded(count: number, seed: number): { user: string; ids: string[] } {
  const user = town.nextUser()
  const mails = [...syntheticMailbox(count, seed, { to: town.dovecot.address(user) })]
  seedMaildir(town.dovecot, user, mails)
  return { user, ids: mails.map((one) => one.messageId) }
}

const ids = (company: Company): string[] =>
  company
    .local()
    .messages.map((one) => one.message_id)
    .sort()

/** Everything on the server is here, once, with its flags. */
async function expectAgreement(company: Company, folder = 'INBOX'): Promise<void> {
  const client = await town.dovecot.client(company.user)
  try {
    await client.mailboxOpen(folder, { readOnly: true })
    const remote: [number, number, number][] = []
    for await (const one of client.fetch('1:*', { uid: true, flags: true })) {
      remote.push([one.uid, Number(one.flags?.has('\\Seen')), Number(one.flags?.has('\\Answered'))])
    }
    const here = company
      .local()
      .copies.filter((one) => one.path === folder && one.vanished_at === null)
      .map((one) => [one.uid, one.seen, one.answered])
    expect(here).toEqual(remote.sort(([a], [b]) => a - b))
  } finally {
    await client.logout()
  }
}

test('fault 1: a connection that is cut inside a literal costs nothing and shows no half message', async () => {
  const { user, ids: wanted } = seeded(60, 1)
  const company = await town.company({ user, noWait: true })
  for (const bytes of [9_000, 40_000, 90_001, 150_007]) {
    company.imap.cutAfter('to_client', bytes)
    const before = company.imap.total
    await company.imap.connected(before + 1)
  }
  await company.messages(60)
  await company.live()
  expect(ids(company)).toEqual([...wanted].sort())
  expect(company.local().messages.every((one) => one.parsed === 1)).toBe(true)
  await expectAgreement(company)
})

test('fault 1: a line that never lasts long enough for a batch still brings the mailbox home', async () => {
  const { user, ids: wanted } = seeded(150, 11)
  const company = await town.company({ user, noWait: true })
  // About a dozen messages between two cuts.
  company.imap.chaos({ seed: 4, meanBytes: 100_000, kinds: ['cut'] })
  await company.messages(150, 30_000)
  expect(company.imap.faults).toBeGreaterThan(5)
  company.imap.chaos(null)
  await company.live()
  expect(ids(company)).toEqual([...wanted].sort())
  await expectAgreement(company)
})

test('fault 2: a connection that died without a word is noticed, shown and replaced', async () => {
  const company = await town.company({ timeouts: { poll: 60_000 } })
  company.imap.stall()
  const broken = await until('the dead line to be noticed', async () => {
    const { health } = await company.channel()
    return (health.state === 'waiting' || health.state === 'failing') && health
  })
  expect(broken.problem?.code).toBe('timeout')
  expect(broken.retryAt).not.toBeNull()
  town.dovecot.deliver(company.user, mail(company.address, 'While nobody listened'))
  company.imap.cut()
  company.imap.resume()
  await company.messages(1)
  await until('the channel to be live', async () => (await company.channel()).health.state === 'live')
})

test('faults 7 and 42: BYE or a cut while idling; what was missed is fetched', async () => {
  const company = await town.company()
  company.imap.cut('reset')
  town.dovecot.deliver(company.user, mail(company.address, 'After the cut'))
  await company.messages(1)
  await town.dovecot.halt()
  await until(
    'the end of the server to be noticed',
    async () => (await company.channel()).health.state !== 'live',
  )
  town.dovecot.deliver(company.user, mail(company.address, 'While it was away'))
  await town.dovecot.restart()
  // The server has new ports only when it is started anew; the proxy leads to the old one.
  await company.messages(2)
  await until('the channel to be live', async () => (await company.channel()).health.state === 'live')
  expect((await company.channel()).health.problem).toBeNull()
})

test('fault 3: new UIDVALIDITY: comments, assignment, status and waiting flags stay, nothing comes twice', async () => {
  const { user } = seeded(30, 3)
  const company = await town.company({ user })
  const { client } = company
  await company.messages(30)
  const [row] = (await client.threads.list({ view: 'open', filter: { unread: true } })).rows
  const [me] = (await client.workspace.get({})).users
  const id = row!.threadId!
  await client.threads.comment({ id, text: 'Ask the depot.', mentionIds: [] })
  await client.threads.assign({ ids: [id], assigneeId: me!.id })
  await client.threads.close({ ids: [id] })
  // Read here while the server is away, so that the flag waits; then the folder is numbered anew.
  company.imap.refuse()
  company.imap.cut()
  await until('the cut to be noticed', async () => (await company.channel()).health.state !== 'live')
  await client.threads.markRead({ ids: [id], read: true })
  expect(company.local().flagChanges).toBeGreaterThan(0)
  // Some go, so that every number means another message afterwards.
  const other = await town.dovecot.client(user)
  await other.mailboxOpen('INBOX')
  await other.messageDelete('1:3', { uid: true })
  await other.logout()
  town.dovecot.changeUidValidity(user)
  company.imap.accept()
  await company.live()

  expect(company.local().messages).toHaveLength(30)
  expect(company.local().flagChanges).toBe(0)
  await expectAgreement(company)
  const thread = await client.threads.get({ id })
  expect(thread).toMatchObject({ status: 'closed', assigneeId: me!.id })
  expect(thread.items.filter((item) => item.type === 'comment')).toHaveLength(1)
  expect(thread.items.every((item) => item.type !== 'message' || item.message.seen)).toBe(true)
  // And the numbering is trusted again: a new mail comes alone.
  town.dovecot.deliver(user, mail(company.address, 'Afterwards'))
  await company.messages(31)
})

test('fault 3: flags that changed on the server while it was numbered anew are taken over', async () => {
  const company = await town.company()
  town.dovecot.deliver(company.user, mail(company.address, 'Read elsewhere'))
  await company.messages(1)
  company.imap.refuse()
  company.imap.cut()
  const other = await town.dovecot.client(company.user)
  await other.mailboxOpen('INBOX')
  await other.messageFlagsAdd('1:*', ['\\Seen'])
  await other.logout()
  town.dovecot.changeUidValidity(company.user)
  company.imap.accept()
  await company.live()
  expect(company.local().messages).toMatchObject([{ seen: 1 }])
})

test('fault 9: messages that are expunged while others are fetched move nothing', async () => {
  const { user, ids: wanted } = seeded(120, 9)
  const company = await town.company({ user, noWait: true })
  company.imap.throttle(2_000_000)
  await until('the first messages', () => company.local().messages.length > 0)
  const other = await town.dovecot.client(user)
  await other.mailboxOpen('INBOX')
  await other.messageDelete('1:10', { uid: true })
  await other.logout()
  company.imap.throttle(null)
  await company.live(30_000)
  const here = ids(company)
  expect(new Set(here).size).toBe(here.length)
  expect(here).toEqual(expect.arrayContaining([...wanted.slice(10)].sort()))
  for (const id of here) expect(wanted).toContain(id)
  await expectAgreement(company)
})

test('fault 15: each side changes another flag of one message; both survive, on both sides', async () => {
  const company = await town.company()
  town.dovecot.deliver(company.user, mail(company.address, 'Two of us'))
  await company.messages(1)
  const [row] = (await company.client.threads.list({ view: 'open' })).rows
  company.imap.refuse()
  company.imap.cut()
  await until('the cut to be noticed', async () => (await company.channel()).health.state !== 'live')
  await company.client.threads.markRead({ ids: [row!.threadId!], read: true })
  const other = await town.dovecot.client(company.user)
  await other.mailboxOpen('INBOX')
  await other.messageFlagsAdd('1:*', ['\\Answered', '\\Flagged'])
  company.imap.accept()
  await company.live()
  await other.noop()
  const [flags] = await collect(other.fetch('1:*', { flags: true }))
  await other.logout()
  expect([...flags!.flags!].sort()).toEqual(expect.arrayContaining(['\\Answered', '\\Flagged', '\\Seen']))
  expect(company.local().messages).toMatchObject([{ seen: 1, answered: 1 }])
})

test('a message that vanished from the server stays here, also when it comes back', async () => {
  const company = await town.company()
  for (const subject of ['One', 'Two', 'Three'])
    town.dovecot.deliver(company.user, mail(company.address, subject))
  await company.messages(3)
  const other = await town.dovecot.client(company.user)
  await other.mailboxOpen('INBOX')
  await other.messageDelete('2', { uid: true })
  await other.logout()
  await until('the gap to be seen', () => company.local().copies.some((one) => one.vanished_at !== null))
  expect(company.local().messages).toHaveLength(3)
  expect((await company.client.threads.list({ view: 'open' })).rows).toHaveLength(3)
})

test('flags go both ways while idling', async () => {
  const company = await town.company()
  town.dovecot.deliver(company.user, mail(company.address, 'Both ways'))
  await company.messages(1)
  const [row] = (await company.client.threads.list({ view: 'open' })).rows
  await company.client.threads.markRead({ ids: [row!.threadId!], read: true })
  const other = await town.dovecot.client(company.user)
  await other.mailboxOpen('INBOX')
  await until('the flag on the server', async () => {
    await other.noop()
    const [one] = await collect(other.fetch('1:*', { flags: true }))
    return one?.flags?.has('\\Seen')
  })
  await other.messageFlagsRemove('1:*', ['\\Seen'])
  await until('the flag here', () => company.local().messages[0]?.seen === 0)
  await other.logout()
  expect((await company.client.threads.list({ view: 'open' })).rows[0]?.unread).toBe(true)
})
