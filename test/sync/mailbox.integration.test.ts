import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTown, type Company, type Town } from '../support/company.ts'
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

const rows = async (company: Company, view: 'open' | 'sent' | 'closed') =>
  (await company.client.threads.list({ view })).rows

test('the newest messages come first, and the first fifty are on screen while the rest still comes', async () => {
  const user = town.nextUser()
  const mails = [...syntheticMailbox(400, 20, { to: town.dovecot.address(user) })]
  seedMaildir(town.dovecot, user, mails)
  const company = await town.company({ user, noWait: true })
  company.imap.throttle(2_000_000)
  const order = new Map(mails.map((one, index) => [one.messageId, index]))
  const first = await until('the first fifty', () => {
    const { messages } = company.local()
    return messages.length >= 50 && messages
  })
  expect(first.length).toBeLessThan(400)
  // The newest fifty are all here, and of the others only what is next.
  const here = first.map((one) => order.get(one.message_id)!).sort((x, y) => y - x)
  expect(here.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, index) => 399 - index))
  expect(here.at(-1)).toBeGreaterThanOrEqual(400 - 50 - 100)
  const channel = await until('the progress', async () => {
    const one = await company.channel()
    return one.health.progress !== null && one
  })
  expect(channel.health).toMatchObject({ state: 'syncing', progress: { total: 400 } })
  expect((await rows(company, 'open')).length).toBeGreaterThan(0)
  company.imap.throttle(null)
  await company.messages(400, 30_000)
})

test('a first sync that is ended goes on where it was, and nothing is fetched twice', async () => {
  const user = town.nextUser()
  seedMaildir(town.dovecot, user, syntheticMailbox(300, 21, { to: town.dovecot.address(user) }))
  const company = await town.company({ user, noWait: true })
  company.imap.throttle(3_000_000)
  await until('a part of it', () => company.local().messages.length >= 50)
  const { messages } = company.local()
  expect(messages.length).toBeLessThan(300)
  await company.restart()
  const recorded = company.imap.record()
  company.imap.throttle(null)
  await company.messages(300, 30_000)
  await company.live()
  expect(company.local().copies.every((one) => one.state === 'ingested')).toBe(true)
  expect(company.local().count('SELECT max(attempts) AS n FROM remote_messages')).toBe(0)
  const fetched = recorded
    .text('to_server')
    .match(/UID FETCH (\S+) \([^\r\n]*BODY\.PEEK\[\]/g)!
    .join('\n')
  // The newest one was here before; its number is in no request for a body any more.
  expect(fetched).not.toMatch(/[ ,:]300[ ,]/)
})

test('E1: Junk is counted and can be read, and never imported', async () => {
  const user = town.nextUser()
  await town.dovecot.appendTo(user, 'Junk', mail(town.dovecot.address(user), 'Win a prize'))
  await town.dovecot.appendTo(user, 'INBOX', mail(town.dovecot.address(user), 'A real question'))
  const company = await town.company({ user })
  await company.messages(1)
  const channel = await company.live()
  expect(channel.junkCount).toBe(1)
  expect(company.local().messages.map((one) => one.subject)).toEqual(['A real question'])
  const junk = await company.client.channels.junk({ id: company.channelId as never })
  expect(junk).toMatchObject([{ subject: 'Win a prize', from: { address: 'carla@kunde.test' } }])
  const body = await company.client.channels.junkBody({ id: company.channelId as never, uid: junk[0]!.uid })
  expect(body.text).toContain('About Win a prize.')
  expect(company.local().count("SELECT count(*) AS n FROM contacts WHERE address = 'carla@kunde.test'")).toBe(
    1,
  )
  // Moved to INBOX by somebody, it is mail like any other.
  const other = await town.dovecot.client(user)
  await other.mailboxOpen('Junk')
  await other.messageMove('1:*', 'INBOX')
  await other.logout()
  await company.messages(2)
})

test('C6: what another client sent from the address is in Sent, in its thread, once', async () => {
  const company = await town.company()
  town.dovecot.deliver(company.user, mail(company.address, 'A question', { messageId: 'q1@kunde.test' }))
  await company.messages(1)
  const answer = buildMail({
    from: `Support <${company.address}>`,
    to: 'Carla Customer <carla@kunde.test>',
    subject: 'Re: A question',
    text: 'From my phone.',
    messageId: 'a1@phone.test',
    inReplyTo: 'q1@kunde.test',
    references: ['q1@kunde.test'],
  })
  await town.dovecot.appendTo(company.user, 'Sent', answer, ['\\Seen'])
  await company.live()
  await company.messages(2)
  const sent = await rows(company, 'sent')
  expect(sent).toMatchObject([{ subject: 'Re: A question', delivery: { state: 'other_client' } }])
  const [thread] = await rows(company, 'open')
  expect(thread).toMatchObject({ messageCount: 2, sender: { address: 'carla@kunde.test' } })
  // A blind copy to ourselves lies in INBOX too: still one message, still ours.
  town.dovecot.deliver(company.user, answer)
  await until('the second copy', () => company.local().copies.length === 3)
  await company.live()
  expect(company.local().messages).toHaveLength(2)
  expect(company.local().messages.filter((one) => one.direction === 'out')).toHaveLength(1)
})

test('D2, D7: a sender gets a contact; new mail reopens a closed conversation, history and notes of absence do not', async () => {
  const company = await town.company()
  const { client } = company
  town.dovecot.deliver(company.user, mail(company.address, 'My order', { messageId: 'o1@kunde.test' }))
  await company.messages(1)
  const [row] = await rows(company, 'open')
  const id = row!.threadId!
  const contacts = await client.contacts.search({ query: 'carla' })
  expect(contacts).toMatchObject([{ address: 'carla@kunde.test', name: 'Carla Customer' }])
  await client.threads.close({ ids: [id] })

  const answer = { inReplyTo: 'o1@kunde.test', references: ['o1@kunde.test'] }
  const away = mail(company.address, 'Automatic reply: My order', {
    ...answer,
    headers: ['Auto-Submitted: auto-replied'],
  })
  town.dovecot.deliver(company.user, away)
  await company.messages(2)
  expect((await client.threads.get({ id })).status).toBe('closed')

  town.dovecot.deliver(company.user, mail(company.address, 'Re: My order', answer))
  await company.messages(3)
  await until('the conversation to be open', async () => (await client.threads.get({ id })).status === 'open')
})

test('D7: the first answer ever to come into an empty INBOX reopens what was closed on sending', async () => {
  const company = await town.company()
  const { client } = company
  const [sender] = await client.drafts.senders({})
  const draft = await client.drafts.open({
    mode: 'new',
    channelId: sender!.channelId,
    preset: {
      to: [{ name: '', address: 'carla@kunde.test' }],
      subject: 'An offer',
      html: '<p>Ten for nine.</p>',
    },
  })
  await client.drafts.send({ id: draft.id, version: draft.version, undoSeconds: 0 })
  const [sent] = await company.messages(1)
  await until('the conversation', async () => (await rows(company, 'open')).length === 1)
  const [row] = await rows(company, 'open')
  await client.threads.close({ ids: [row!.threadId!] })
  const answer = { inReplyTo: sent!.message_id, references: [sent!.message_id] }
  town.dovecot.deliver(company.user, mail(company.address, 'Re: An offer', answer))
  await company.messages(2)
  await until('the conversation to be open', async () => (await rows(company, 'open')).length === 1)
})

test('mail that came while a pass was cut off still counts as new', async () => {
  const company = await town.company()
  const { client } = company
  town.dovecot.deliver(company.user, mail(company.address, 'Closed', { messageId: 'c1@kunde.test' }))
  await company.messages(1)
  const [row] = await rows(company, 'open')
  await client.threads.close({ ids: [row!.threadId!] })
  company.imap.refuse()
  company.imap.cut()
  await until('the cut', async () => (await company.channel()).health.state !== 'live')
  // The answer is the oldest of many: it comes in the last chunk, and the first try ends before that.
  const answer = { inReplyTo: 'c1@kunde.test', references: ['c1@kunde.test'] }
  town.dovecot.deliver(company.user, mail(company.address, 'Re: Closed', answer))
  for (let i = 0; i < 150; i += 1) town.dovecot.deliver(company.user, mail(company.address, `Noise ${i}`))
  company.imap.cutAfter('to_client', 60_000)
  company.imap.accept()
  await company.messages(152, 30_000)
  await until('the conversation to be open', async () => {
    return (await client.threads.get({ id: row!.threadId! })).status === 'open'
  })
})

test('two channels at once, each on its own; one that fails leaves the other alone', async () => {
  const company = await town.company()
  const { client } = company
  const second = town.nextUser()
  const [inbox] = (await client.workspace.get({})).inboxes
  const server = { host: '127.0.0.1', port: town.dovecot.port, security: 'none' as const, user: second }
  const { id } = await client.channels.connect({
    address: town.dovecot.address(second),
    inboxId: inbox!.id,
    teamSeesEverything: true,
    fromName: 'Sales',
    imap: server,
    smtp: { host: '127.0.0.1', port: town.sink.port, security: 'none' },
    password: 'secret',
  })
  const health = async (channelId: string) =>
    (await client.channels.list({})).find((one) => one.id === channelId)!.health
  await until('the second to be live', async () => (await health(id)).state === 'live')
  // The same message to both addresses is one in each.
  const both = mail(`${company.address}, ${town.dovecot.address(second)}`, 'To both', {
    messageId: 'b@kunde.test',
  })
  town.dovecot.deliver(company.user, both)
  town.dovecot.deliver(second, both)
  await company.messages(2)
  expect(await rows(company, 'open')).toHaveLength(2)
  company.imap.refuse()
  company.imap.cut()
  await until('the first to fail', async () => (await health(company.channelId)).state !== 'live')
  town.dovecot.deliver(second, mail(town.dovecot.address(second), 'Only Sales'))
  await company.messages(3)
  expect((await health(id)).state).toBe('live')
  company.imap.accept()
  await company.live()
})

test('a wrong password is said and not tried in a storm; the right one works at once', async () => {
  const user = town.nextUser()
  const company = await town.company({ user, password: 'wrong', noWait: true, timeouts: { retry: 10_000 } })
  const to = town.dovecot.address(user)
  // The server keeps the second that it took a mail in: one an hour before the connection, one surely after it.
  town.dovecot.deliver(user, mail(to, 'History'), { at: Date.now() - 3_600_000 })
  town.dovecot.deliver(user, mail(to, 'Waiting behind the password'), { at: Date.now() + 2000 })
  const { health } = await until('the refusal', async () => {
    const channel = await company.channel()
    return channel.health.state === 'failing' && channel
  })
  expect(health.problem).toMatchObject({ code: 'login_refused' })
  expect(health.retryAt! - Date.now()).toBeGreaterThan(60_000)
  await company.client.channels.update({ id: company.channelId as never, password: 'also wrong' })
  await until('the second refusal', () => company.imap.total === 2)
  await until('its news', async () => (await company.channel()).health.state === 'failing')
  await company.client.channels.update({ id: company.channelId as never, password: 'secret' })
  await company.messages(2)
  await until('the channel to be live', async () => (await company.channel()).health.state === 'live')
  expect(company.imap.total).toBe(3)
  // What came between the wizard's end and the first look is new mail like any other (H7).
  const subjects = (await rows(company, 'open')).map(async ({ threadId, subject }) => {
    const ticket = await company.client.tickets.ofThread({ threadId: threadId! })
    return ticket === null ? null : subject
  })
  expect((await Promise.all(subjects)).filter(Boolean)).toEqual(['Waiting behind the password'])
})

test('a new password is tried at once, also while the old connection still stands', async () => {
  const company = await town.company({ timeouts: { retry: 10_000 } })
  await company.client.channels.update({ id: company.channelId as never, password: 'mistyped' })
  const { health } = await until('the refusal', async () => {
    const channel = await company.channel()
    return channel.health.problem !== null && channel
  })
  expect(health.problem).toMatchObject({ code: 'login_refused' })
  await company.client.channels.update({ id: company.channelId as never, password: 'secret' })
  await company.live()
})

test('what people read while a login is refused asks the server nothing', async () => {
  const company = await town.company({ timeouts: { retry: 100 } })
  town.dovecot.deliver(company.user, mail(company.address, 'Read me'))
  await company.messages(1)
  const [row] = await rows(company, 'open')
  town.dovecot.setPassword(company.user, 'changed')
  await until('the refusal', async () => {
    const { health } = await company.channel()
    // The server reads its passwords at most once a second.
    if (health.state === 'live') company.imap.cut()
    return health.problem?.code === 'login_refused'
  })
  const logins = company.imap.total
  for (const read of [true, false, true, false, true])
    await company.client.threads.markRead({ ids: [row!.threadId!], read })
  // With 100 ms to begin with, the wait after a refused login is 1.5 to 3 s, and longer after each further one.
  expect(company.imap.total).toBe(logins)
  town.dovecot.setPassword(company.user, 'secret')
  // It may be refused once or twice more, until the server has read the password.
  await company.live(60_000)
  await until('the flag to be told', () => company.local().flagChanges === 0)
})

test('a channel that is disconnected stops, keeps its mail, and goes on where it was when it comes back', async () => {
  const company = await town.company()
  const { client } = company
  town.dovecot.deliver(company.user, mail(company.address, 'Before'))
  await company.messages(1)
  const before = await company.channel()
  await client.channels.disconnect({ id: company.channelId as never })
  await until('the connection to end', () => company.imap.open === 0)
  expect(await client.channels.list({})).toEqual([])
  town.dovecot.deliver(company.user, mail(company.address, 'Meanwhile'))
  expect(await rows(company, 'open')).toHaveLength(1)
  const [inbox] = (await client.workspace.get({})).inboxes
  const again = await client.channels.connect({
    address: company.address,
    inboxId: inbox!.id,
    teamSeesEverything: true,
    fromName: 'Acme Support',
    imap: before.imap!,
    smtp: before.smtp!,
    password: 'secret',
  })
  expect(again.id).toBe(company.channelId)
  await company.messages(2)
})

test('a new UIDVALIDITY in the middle of the first sync mixes no numbers', async () => {
  const user = town.nextUser()
  const mails = [...syntheticMailbox(200, 33, { to: town.dovecot.address(user) })]
  seedMaildir(town.dovecot, user, mails)
  const company = await town.company({ user, noWait: true })
  company.imap.throttle(2_000_000)
  await until('a part of it', () => company.local().messages.length >= 50)
  company.imap.refuse()
  company.imap.cut()
  company.imap.throttle(null)
  await until('the cut', async () => (await company.channel()).health.state !== 'syncing')
  expect(company.local().messages.length).toBeLessThan(200)
  town.dovecot.changeUidValidity(user)
  company.imap.accept()
  await company.messages(200, 30_000)
  await company.live()
  const here = company.local()
  expect(new Set(here.messages.map((one) => one.message_id))).toEqual(
    new Set(mails.map((one) => one.messageId)),
  )
  const seen = new Map(mails.map((one) => [one.messageId, Number(one.seen)]))
  for (const one of here.messages)
    expect([one.message_id, one.seen]).toEqual([one.message_id, seen.get(one.message_id)])
})

test('flags that changed while the first sync was interrupted are taken over', async () => {
  const user = town.nextUser()
  seedMaildir(town.dovecot, user, syntheticMailbox(200, 34, { to: town.dovecot.address(user) }))
  const company = await town.company({ user, noWait: true })
  company.imap.throttle(2_000_000)
  await until('a part of it', () => company.local().messages.length >= 50)
  company.imap.refuse()
  company.imap.cut()
  company.imap.throttle(null)
  const other = await town.dovecot.client(user)
  await other.mailboxOpen('INBOX')
  await other.messageFlagsAdd('1:*', ['\\Seen'])
  await other.logout()
  company.imap.accept()
  await company.messages(200, 30_000)
  await company.live()
  expect(company.local().messages.every((one) => one.seen === 1)).toBe(true)
})
