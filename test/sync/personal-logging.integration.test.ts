import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelId, ContactId, UserId } from '../../src/contract/ids.ts'
import type { ChangeEvent } from '../../src/contract/events.ts'
import type { LoggingDecisionView } from '../../src/contract/logging.ts'
import { startTown, type Company, type Town } from '../support/company.ts'
import type { TestClient } from '../support/engine.ts'
import { buildMail, type MailInit } from '../support/mail.ts'
import { until } from '../support/ports.ts'

let town: Town
beforeAll(async () => {
  town = await startTown({ users: 40 })
})
afterAll(async () => {
  await town?.stop()
})

/** A team address and Ada's personal one, with Mario, a contact that the team has. */
type Place = {
  company: Company
  ada: TestClient
  ben: TestClient
  user: string
  address: string
  id: ChannelId
  mario: ContactId
  connect(): Promise<void>
  decisions(): Promise<LoggingDecisionView[]>
  decided(subject: string): Promise<LoggingDecisionView>
  logged(subject: string): Promise<LoggingDecisionView>
  /** A mail from Ada, written with another mail client. */
  sent(init: Partial<MailInit> & { messageId: string }): Promise<void>
  received(init: Partial<MailInit> & { subject: string }): void
  looked(): Promise<void>
}

const MARIO = 'Mario Rossi <mario@rossi.test>'

async function place(): Promise<Place> {
  const company = await town.company()
  const user = town.nextUser()
  const address = town.dovecot.address(user)
  const { client: ada } = company
  const users = (await ada.workspace.get({})).users
  const ben = company.app.connect().client
  await ben.users.signIn({ id: users.find(({ name }) => name === 'Ben Bell')!.id as UserId })
  town.dovecot.deliver(
    company.user,
    buildMail({ from: MARIO, to: company.address, subject: 'An order', text: 'x', date: Date.now() }),
  )
  await company.messages(1)
  const [found] = await ada.contacts.search({ query: 'mario', limit: 5 })
  const server = { host: '127.0.0.1', port: town.dovecot.port, security: 'none' as const, user }
  const it: Place = {
    company,
    ada,
    ben,
    user,
    address,
    id: '' as ChannelId,
    mario: found!.id,
    async connect() {
      const { id } = await ada.channels.connect({
        address,
        purpose: 'personal',
        fromName: 'Ada Agent',
        imap: server,
        smtp: { host: '127.0.0.1', port: town.sink.port, security: 'none' },
        password: 'secret',
      })
      it.id = id
      await it.looked()
    },
    decisions: async () => (await ada.logging.decisions({ channelId: it.id, only: 'all' })).rows,
    decided: (subject) =>
      until(`a verdict about "${subject}"`, async () =>
        (await it.decisions()).find((row) => row.subject === subject),
      ),
    logged: (subject) =>
      until(`"${subject}" to be logged`, async () =>
        (await it.decisions()).find((row) => row.subject === subject && row.messageId !== null),
      ),
    async sent(init) {
      const raw = buildMail({
        from: address,
        to: MARIO,
        subject: 'Offer',
        text: 'x',
        date: Date.now(),
        ...init,
      })
      await town.dovecot.appendTo(it.user, 'Sent', raw)
    },
    received(init) {
      const text = `The text of ${init.subject}`
      town.dovecot.deliver(
        it.user,
        buildMail({ from: MARIO, to: it.address, text, date: Date.now(), ...init }),
      )
    },
    async looked() {
      const of = async () => (await ada.channels.list({})).find((one) => one.id === it.id)!
      const before = (await of()).health.lastCheckedAt ?? 0
      await ada.channels.retry({ id: it.id })
      await until('the mailbox to be looked at', async () => {
        const { health } = await of()
        return health.state === 'live' && (health.lastCheckedAt ?? 0) > before
      })
    },
  }
  await it.connect()
  return it
}

/** Whether a text lies anywhere in the data folder that is not encrypted or compressed; the database is neither. */
const isInDatabase = (dataDir: string, text: string): boolean =>
  readdirSync(dataDir)
    .filter((name) => name.startsWith('anteroom.db'))
    .some((name) => readFileSync(join(dataDir, name)).includes(text))

const views = ['unassigned', 'mine', 'open', 'closed', 'sent'] as const

describe('personal mail', () => {
  let it: Place
  beforeEach(async () => {
    it = await place()
  })

  test('a reply of a contact is logged: on the record for everybody, in no view and no search (G1, G8)', async () => {
    await it.sent({ messageId: 'offer@acme.test' })
    it.received({ subject: 'Re: Offer', inReplyTo: 'offer@acme.test', text: 'We take the blue one' })
    const row = await it.logged('Re: Offer')
    expect(row.verdict).toMatchObject({ logged: true, pending: false, byHand: false })
    expect(row.verdict.reason).toMatch(/^Logged because the contact Mario Rossi answered/)
    expect(row.contactIds).toEqual([it.mario])
    for (const client of [it.ada, it.ben]) {
      const thread = await client.threads.get({ id: row.threadId! })
      expect(thread).toMatchObject({ inboxId: null, status: 'logged', contactId: it.mario })
      expect((await client.messages.body({ id: row.messageId! })).text).toContain('We take the blue one')
      for (const view of views)
        expect((await client.threads.list({ view })).rows.map(({ threadId }) => threadId)).not.toContain(
          row.threadId,
        )
      const search = await client.search.threads({ query: 'blue', limit: 10 })
      expect(JSON.stringify(search)).not.toContain(row.threadId!)
    }
    // It is its owner's to answer; nobody assigns or closes it.
    expect((await it.ada.threads.get({ id: row.threadId! })).refusal).toBeNull()
    expect((await it.ben.threads.get({ id: row.threadId! })).refusal).toContain('personal mail')
    for (const client of [it.ada, it.ben])
      await expect(client.threads.close({ ids: [row.threadId!] })).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
      })
  })

  test('mail that fulfils no rule is known by its head alone, to its owner alone (G2)', async () => {
    const stream = await it.ben.events.stream({})
    const told = stream.next()
    it.received({ subject: 'A private word', from: 'Anna <anna@rossi.test>', text: 'Sesquipedalian secret' })
    const row = await it.decided('A private word')
    expect(row).toMatchObject({ messageId: null, threadId: null, contactIds: [] })
    expect(row.verdict).toMatchObject({ logged: false, pending: false })
    expect(isInDatabase(it.company.dataDir, 'A private word')).toBe(true)
    expect(isInDatabase(it.company.dataDir, 'Sesquipedalian')).toBe(false)
    expect(await it.ada.contacts.search({ query: 'anna', limit: 5 })).toEqual([])
    await expect(it.ben.logging.decisions({ channelId: it.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // Nor does anything that Ben hears of tell of it: the next is what comes after it.
    await it.ada.inboxes.add({ name: 'Later' })
    const changesOf = (told: IteratorResult<unknown>) => (told.value as ChangeEvent).changes
    const heard = changesOf(await told)
    while (!heard.some(({ entity }) => entity === 'inboxes')) heard.push(...changesOf(await stream.next()))
    await stream.return?.()
    for (const { entity, ids } of heard) {
      expect(['logging', 'messages', 'threads', 'contacts']).not.toContain(entity)
      expect(ids ?? []).not.toContain(it.id)
    }
    await expect(it.ben.logging.logNow({ id: row.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(it.ben.logging.diagnostics({ id: row.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(JSON.stringify(await it.ben.search.threads({ query: 'private', limit: 10 }))).not.toContain(
      'private word',
    )
  })

  test('its owner goes on with logged mail, from the personal address; nobody else does (G7)', async () => {
    await it.sent({ messageId: 'offer@acme.test' })
    it.received({ subject: 'Re: Offer', inReplyTo: 'offer@acme.test', messageId: 'yes@rossi.test' })
    const row = await it.logged('Re: Offer')
    const source = { mode: 'reply' as const, sourceMessageId: row.messageId! }
    await expect(it.ben.drafts.open(source)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    const draft = await it.ada.drafts.open(source)
    expect(draft).toMatchObject({ channelId: it.id, to: [{ address: 'mario@rossi.test' }] })
    const content = {
      channelId: it.id,
      to: draft.to,
      cc: [],
      bcc: [],
      subject: draft.subject,
      html: '<p>Good</p>',
    }
    const team = it.company.channelId as ChannelId
    const { version } = await it.ada.drafts.save({
      id: draft.id,
      version: draft.version,
      content: { ...content, channelId: team },
    })
    await expect(it.ada.drafts.send({ id: draft.id, version })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'channelId' },
      message: expect.stringContaining('is personal mail'),
    })
    const again = await it.ada.drafts.save({ id: draft.id, version, content })
    await it.ada.drafts.send({ id: draft.id, version: again.version, undoSeconds: 0 })
    const answered = await until('the answer in the conversation', async () => {
      const thread = await it.ben.threads.get({ id: row.threadId! })
      return thread.messageCount === 2 && thread
    })
    expect(answered).toMatchObject({ inboxId: null, status: 'logged' })
    const [mail] = (await town.sink.waitFor(1)).slice(-1)
    expect(mail!.raw.toString('latin1')).toContain('In-Reply-To: <yes@rossi.test>')
  })

  test('an alias joins its contact, and the reply is logged (G5)', async () => {
    await it.sent({ messageId: 'offer@acme.test' })
    it.received({ subject: 'From home', from: 'Mario <mario@home.test>', inReplyTo: 'offer@acme.test' })
    const row = await it.decided('From home')
    expect(row.verdict).toMatchObject({ logged: false, step: 'add_as_alias' })
    expect(row.verdict.reason).toContain("mario@home.test is no contact's address")
    await it.ada.logging.addAsAlias({ id: row.id, contactId: it.mario })
    expect((await it.logged('From home')).contactIds).toEqual([it.mario])
    it.received({ subject: 'From home again', from: 'Mario <mario@home.test>', inReplyTo: 'offer@acme.test' })
    expect((await it.logged('From home again')).verdict.byHand).toBe(false)
  })

  test('mail in other folders is not logged until they are opted in (G6)', async () => {
    await it.sent({ messageId: 'offer@acme.test' })
    const reply = (subject: string) =>
      buildMail({
        from: MARIO,
        to: it.address,
        subject,
        inReplyTo: 'offer@acme.test',
        text: 'x',
        date: Date.now(),
      })
    await town.dovecot.appendTo(it.user, 'INBOX/Clients', reply('In a folder'))
    await it.looked()
    expect((await it.ada.logging.settings({ channelId: it.id })).available).toContain('INBOX/Clients')
    const folders = async () => (await it.ada.channels.list({})).find((one) => one.id === it.id)!.folders
    expect(await folders()).toContainEqual(expect.objectContaining({ path: 'INBOX/Clients', serverCount: 1 }))
    expect((await it.decided('In a folder')).verdict).toMatchObject({
      logged: false,
      step: 'open_folder',
      reason: expect.stringContaining('it lies in the folder INBOX/Clients'),
    })
    await it.ada.logging.setSettings({ channelId: it.id, folder: { path: 'INBOX/Clients', on: true } })
    await it.logged('In a folder')
  })

  test('what came while it was disconnected was not connected when it arrived (G1)', async () => {
    await it.sent({ messageId: 'offer@acme.test' })
    await it.looked()
    await it.ada.channels.disconnect({ id: it.id })
    // INTERNALDATE knows whole seconds only: the mail comes in a second of its own.
    const nextSecond = async () => {
      // The times of files lag behind the clock by some milliseconds.
      const next = (Math.floor(Date.now() / 1000) + 1) * 1000 + 50
      await until('the next second', () => Date.now() >= next)
    }
    await nextSecond()
    it.received({ subject: 'Meanwhile', inReplyTo: 'offer@acme.test' })
    await nextSecond()
    await it.connect()
    const row = await it.decided('Meanwhile')
    expect(row.verdict).toMatchObject({ logged: false, step: 'log_now' })
    expect(row.verdict.reason).toContain('was not connected when it arrived')
    it.received({ subject: 'After', inReplyTo: 'offer@acme.test' })
    await it.logged('After')
  })

  test('what lay there before the connection is known, and judged by nobody', async () => {
    await it.ada.channels.disconnect({ id: it.id })
    const other = town.nextUser()
    const address = town.dovecot.address(other)
    const old = Date.now() - 3 * 24 * 3600_000
    const raw = (init: Partial<MailInit>) =>
      buildMail({ from: address, to: MARIO, subject: 'Old offer', text: 'x', date: old, ...init })
    await town.dovecot.appendTo(other, 'Sent', raw({ messageId: 'old@acme.test' }), [], old)
    await town.dovecot.appendTo(
      other,
      'INBOX',
      raw({ from: MARIO, to: address, subject: 'Old answer', inReplyTo: 'old@acme.test' }),
      [],
      old + 3600_000,
    )
    Object.assign(it, { user: other, address })
    const { id } = await it.ada.channels.connect({
      address,
      purpose: 'personal',
      fromName: 'Ada Agent',
      imap: { host: '127.0.0.1', port: town.dovecot.port, security: 'none', user: other },
      smtp: { host: '127.0.0.1', port: town.sink.port, security: 'none' },
      password: 'secret',
    })
    it.id = id
    await it.looked()
    expect(await it.decisions()).toEqual([])
    // A thread that was begun before is known all the same.
    it.received({ subject: 'New answer', inReplyTo: 'old@acme.test' })
    await it.logged('New answer')
  })

  test('a thread of a team address goes on in its inbox alone (G7)', async () => {
    const draft = await it.ada.drafts.open({ mode: 'new', channelId: it.company.channelId as ChannelId })
    const content = {
      channelId: it.company.channelId as ChannelId,
      to: [{ name: '', address: 'mario@rossi.test' }],
      cc: [{ name: '', address: it.address }],
      bcc: [],
      subject: 'From the team',
      html: '<p>Hello</p>',
    }
    const { version } = await it.ada.drafts.save({ id: draft.id, version: draft.version, content })
    await it.ada.drafts.send({ id: draft.id, version, undoSeconds: 0 })
    const sent = await until('it to be sent', () =>
      it.company.local().messages.find(({ subject }) => subject === 'From the team'),
    )
    it.received({
      subject: 'Re: From the team',
      inReplyTo: sent.message_id,
      to: [it.company.address, it.address],
    })
    const { verdict } = await it.decided('Re: From the team')
    expect(verdict.logged).toBe(false)
    expect(verdict.reason).toContain(`belongs to the team address ${it.company.address}`)
  })

  test('what is sent with the Log box is logged once, its recipients become contacts, and answers follow (G3)', async () => {
    const send = async (subject: string, log: boolean, to: string) => {
      const draft = await it.ada.drafts.open({ mode: 'new', channelId: it.id })
      expect(draft.log).toBe(true)
      const content = {
        channelId: it.id,
        to: [{ name: 'New Person', address: to }],
        cc: [],
        bcc: [],
        subject,
        html: '<p>Hello</p>',
        log,
      }
      const { version } = await it.ada.drafts.save({ id: draft.id, version: draft.version, content })
      await it.ada.drafts.send({ id: draft.id, version, undoSeconds: 0 })
    }
    await send('With the box', true, 'new@customer.test')
    const row = await it.logged('With the box')
    expect(row).toMatchObject({ direction: 'out', verdict: { byHand: true } })
    const [contact] = await it.ben.contacts.search({ query: 'new@customer', limit: 5 })
    expect(row.contactIds).toEqual([contact!.id])
    await until('the copy in Sent', () => town.dovecot.messagesOnDisk(it.user, 'Sent').length === 1)
    await it.looked()
    const { messages } = it.company.local()
    expect(messages.filter(({ subject }) => subject === 'With the box')).toHaveLength(1)
    const id = messages.find(({ subject }) => subject === 'With the box')!.message_id
    it.received({ subject: 'Re: With the box', from: 'new@customer.test', inReplyTo: id })
    const answer = await it.logged('Re: With the box')
    expect(answer.threadId).toBe(row.threadId)

    await send('Without the box', false, 'other@customer.test')
    const left = await it.decided('Without the box')
    expect(left.verdict).toMatchObject({ logged: false, byHand: true })
    expect(await it.ada.contacts.search({ query: 'other@customer', limit: 5 })).toEqual([])
    await until('the second copy', () => town.dovecot.messagesOnDisk(it.user, 'Sent').length === 2)
    await it.looked()
    expect((await it.decisions()).filter(({ subject }) => subject === 'Without the box')).toHaveLength(1)
    expect(it.company.local().messages.some(({ subject }) => subject === 'Without the box')).toBe(false)
    // Sent, from there, shows nothing of it.
    const { rows } = await it.ada.threads.list({ view: 'sent' })
    expect(rows.map(({ subject }) => subject)).not.toContain('With the box')
  })

  test('the answer to an unlogged mail is logged, the original only when that is ticked (G4)', async () => {
    for (const also of [false, true]) {
      const from = `stranger${Number(also)}@else.test`
      it.received({
        subject: `Question ${also}`,
        from,
        messageId: `q${Number(also)}@else.test`,
        text: 'How much?',
      })
      const asked = await it.decided(`Question ${also}`)
      expect(asked.verdict.logged).toBe(false)
      const draft = await it.ada.drafts.open({ mode: 'reply', personalMessageId: asked.id })
      expect(draft).toMatchObject({ channelId: it.id, sourcePersonalId: asked.id, to: [{ address: from }] })
      expect(draft.quotedHtml).toContain('How much?')
      const content = { ...draft, html: '<p>10 euro</p>', log: true, logOriginal: also }
      const { version } = await it.ada.drafts.save({ id: draft.id, version: draft.version, content })
      await it.ada.drafts.send({ id: draft.id, version, undoSeconds: 0 })
      const answer = await it.logged(`Re: Question ${also}`)
      if (also) expect((await it.logged(`Question ${also}`)).threadId).toBe(answer.threadId)
      else expect((await it.decided(`Question ${also}`)).verdict.logged).toBe(false)
      it.received({ subject: `Thanks ${also}`, from, inReplyTo: `q${Number(also)}@else.test` })
      await it.logged(`Thanks ${also}`)
    }
  })

  test('log now fetches what is still there; removing it takes its bytes too', async () => {
    it.received({ subject: 'By hand', from: 'someone@else.test', text: 'Heffalump '.repeat(50) })
    const row = await it.decided('By hand')
    await it.ada.logging.logNow({ id: row.id })
    const logged = await it.logged('By hand')
    expect(logged.verdict).toMatchObject({ logged: true, byHand: true })
    const [contact] = await it.ben.contacts.search({ query: 'someone', limit: 5 })
    expect(logged.contactIds).toEqual([contact!.id])
    expect((await it.ben.messages.body({ id: logged.messageId! })).text).toContain('Heffalump')
    await expect(it.ben.logging.unlog({ id: logged.messageId! })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    const { rawUrl } = await it.ada.messages.get({ id: logged.messageId! })
    const raw = () => it.company.app.engine.fetch(new Request(`http://127.0.0.1${rawUrl}`))
    expect((await raw()).status).toBe(200)
    await it.ada.logging.unlog({ id: logged.messageId! })
    expect((await raw()).status).toBe(404)
    await expect(it.ada.messages.get({ id: logged.messageId! })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const after = await it.decided('By hand')
    expect(after).toMatchObject({ messageId: null, verdict: { logged: false, byHand: true } })
    expect(it.company.local().count('SELECT count(*) AS n FROM threads WHERE inbox_id IS NULL')).toBe(0)
  })

  test('the BCC and the forwarding address log, and are no conversation of the inbox (G2, G3)', async () => {
    const { bcc, forward } = await it.ada.logging.addresses({})
    const at = it.company.address.replace('@', '+log@')
    expect(bcc).toBe(at)
    const arrive = (init: Partial<MailInit> & { subject: string }, to: string) =>
      town.dovecot.deliver(
        it.company.user,
        buildMail({
          from: `Ada <${it.address}>`,
          to: MARIO,
          text: 'x',
          date: Date.now(),
          headers: [`Delivered-To: ${to}`],
          ...init,
        }),
      )
    arrive({ subject: 'From my phone' }, bcc!)
    const row = await it.logged('From my phone')
    expect(row).toMatchObject({ direction: 'out', contactIds: [it.mario], verdict: { byHand: true } })
    const enclosed = buildMail({
      from: 'Eva <eva@new.test>',
      to: it.address,
      subject: 'Original',
      text: 'Hi',
    })
    arrive(
      {
        subject: 'Fwd: Original',
        to: forward!,
        attachments: [{ name: 'original.eml', mimeType: 'message/rfc822', content: enclosed }],
      },
      forward!,
    )
    const forwarded = await it.logged('Original')
    expect(forwarded).toMatchObject({ direction: 'in', from: { address: 'eva@new.test' } })
    arrive(
      {
        subject: 'Fwd: From the text',
        to: forward!,
        text: 'See below\n\n---------- Forwarded message ---------\nFrom: Tom Text <tom@new.test>\nDate: Mon, 16 Nov 2026 at 10:00\nSubject: From the text\nTo: <me@acme.test>\n\nHello\n',
      },
      forward!,
    )
    expect(await it.logged('Fwd: From the text')).toMatchObject({ from: { address: 'tom@new.test' } })
    // A stranger who knows the address is ordinary mail.
    arrive({ subject: 'From a stranger', from: 'eve@evil.test', to: bcc! }, bcc!)
    await it.company.messages(5)
    const { rows } = await it.ada.threads.list({ view: 'open' })
    expect(rows.map(({ subject }) => subject).sort()).toEqual(['An order', 'From a stranger'])
  })

  test('an .eml file that is dropped is logged once', async () => {
    const { url } = await it.ada.logging.dropUrl({})
    const drop = (body: Buffer) =>
      it.company.app.engine.fetch(
        new Request(`http://127.0.0.1${url}`, { method: 'POST', body: new Uint8Array(body) }),
      )
    const raw = buildMail({
      from: 'Zoe <zoe@new.test>',
      to: it.address,
      subject: 'Dropped',
      text: 'Hi',
      date: Date.now(),
    })
    expect((await drop(raw)).status).toBe(201)
    expect((await it.logged('Dropped')).verdict.byHand).toBe(true)
    expect((await drop(raw)).status).toBe(409)
    expect((await drop(Buffer.from('no mail at all'))).status).toBe(400)
    expect(it.company.local().messages.filter(({ subject }) => subject === 'Dropped')).toHaveLength(1)
  })

  test('nobody on the Never Log list is logged, and what was is taken off when asked', async () => {
    await it.sent({ messageId: 'offer@acme.test' })
    it.received({ subject: 'First', inReplyTo: 'offer@acme.test' })
    const first = await it.logged('First')
    const { id, covers } = await it.ada.logging.addNeverLog({ pattern: 'rossi.test', scope: 'workspace' })
    expect(covers).toBe(1)
    it.received({ subject: 'Second', inReplyTo: 'offer@acme.test' })
    expect((await it.decided('Second')).verdict).toMatchObject({ logged: false, step: 'remove_never_log' })
    await expect(it.ada.logging.logNow({ id: (await it.decided('Second')).id })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect((await it.ada.logging.removeCovered({ id })).removed).toBe(1)
    await expect(it.ada.messages.get({ id: first.messageId! })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('"all mail with contacts" logs new mail in both directions; switched off, nothing', async () => {
    await it.ada.logging.setSettings({ channelId: it.id, mode: 'all_with_contacts' })
    it.received({ subject: 'Out of the blue' })
    await it.logged('Out of the blue')
    await it.sent({ messageId: 'another@acme.test', subject: 'Elsewhere' })
    await it.looked()
    await it.logged('Elsewhere')
    await it.ada.logging.setSettings({ channelId: it.id, mode: 'off' })
    it.received({ subject: 'Later' })
    expect((await it.decided('Later')).verdict.logged).toBe(false)
  })
})
