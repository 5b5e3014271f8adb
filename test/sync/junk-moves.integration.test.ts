import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ThreadId } from '../../src/contract/ids.ts'
import { startTown, type Company, type Town } from '../support/company.ts'
import { startDovecot } from '../support/dovecot.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'

/** Spam goes to Junk on a real server and comes back, also when the server is away meanwhile. */

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(async () => {
  await town?.stop()
})

const mail = (
  company: Company,
  subject: string,
  more: Partial<Parameters<typeof buildMail>[0]> = {},
): Buffer =>
  buildMail({
    from: 'Win <win@prizes.test>',
    to: company.address,
    subject,
    text: `About ${subject}.`,
    ...more,
  })

const onDisk = (company: Company, folder?: string) =>
  town.dovecot
    .messagesOnDisk(company.user, folder)
    .map(({ raw }) => /^Subject: (.*)$/m.exec(raw.toString())?.[1]?.trim())

const threadOf = async (company: Company, subject: string): Promise<ThreadId> =>
  await until(`"${subject}"`, async () => {
    const { rows } = await company.client.threads.list({ view: 'open' })
    return rows.find((row) => row.subject === subject)?.threadId ?? false
  })

/** A message that is moved lies in both for a moment, as the server writes it. */
const lieIn = (company: Company, subjects: string[], folder?: string) =>
  until(`${subjects.join(', ') || 'nothing'} in ${folder ?? 'INBOX'}`, () => {
    const there = onDisk(company, folder)
    return there.length === subjects.length && subjects.every((one) => there.includes(one))
  })
const inJunk = (company: Company, subjects: string[]) => lieIn(company, subjects, 'Junk')

const serverState = async (company: Company, id: ThreadId) =>
  (await company.client.spam.ofThread({ id }))?.server.state

describe('spam on the server', () => {
  test('is moved to Junk with its flags, stays here, and comes back as the same message', async () => {
    const company = await town.company()
    town.dovecot.deliver(company.user, mail(company, 'A prize'))
    town.dovecot.deliver(company.user, mail(company, 'An order', { from: 'carla@kunde.test' }))
    const id = await threadOf(company, 'A prize')
    await threadOf(company, 'An order')
    await company.client.threads.markRead({ ids: [id], read: true })
    await company.client.spam.mark({ ids: [id] })
    await inJunk(company, ['A prize'])
    await lieIn(company, ['An order'])
    // Junk is never imported (E1); what we moved there is here all the same, and neither lost nor twice.
    await until('the move to be noted', async () => (await serverState(company, id)) === 'moved')
    const channel = await company.live()
    expect(company.local().messages).toHaveLength(2)
    expect((await company.client.threads.get({ id })).messageCount).toBe(1)
    expect((await company.client.channels.list({}))[0]).toMatchObject({ junkCount: 1 })
    expect(channel.health.problem).toBeNull()
    const seen = await town.dovecot.client(company.user)
    await seen.mailboxOpen('Junk')
    const there = await seen.fetchOne('1', { flags: true })
    await seen.logout()
    expect(there && [...(there.flags ?? [])]).toContain('\\Seen')

    await company.client.spam.unmark({ ids: [id] })
    await until('both in INBOX', () => onDisk(company).length === 2 && onDisk(company, 'Junk').length === 0)
    await until(
      'its copy',
      () => company.local().copies.filter((one) => one.vanished_at === null).length === 2,
    )
    await company.live()
    expect(company.local().messages).toHaveLength(2)
    expect((await company.client.threads.get({ id })).status).toBe('open')
    // Its copy is known again: a flag reaches it.
    await company.client.threads.markRead({ ids: [id], read: false })
    await until('the flag', () => company.local().flagChanges === 0)
  })

  test('is moved when the server is back, also after a restart', async () => {
    const company = await town.company()
    town.dovecot.deliver(company.user, mail(company, 'A prize'))
    const id = await threadOf(company, 'A prize')
    company.imap.cut()
    company.imap.refuse()
    await company.client.spam.mark({ ids: [id] })
    expect(await serverState(company, id)).toBe('waiting')
    await company.restart()
    expect(await serverState(company, id)).toBe('waiting')
    expect(onDisk(company)).toEqual(['A prize'])
    company.imap.accept()
    await inJunk(company, ['A prize'])
    await lieIn(company, [])
  })

  test('Undo before it was told moves nothing; after a renumbering of Junk it is found by its Message-ID', async () => {
    const company = await town.company()
    town.dovecot.deliver(company.user, mail(company, 'A prize'))
    const id = await threadOf(company, 'A prize')
    company.imap.cut()
    company.imap.refuse()
    const { undo } = await company.client.spam.mark({ ids: [id] })
    await company.client.undo.run({ id: undo! })
    company.imap.accept()
    await company.live()
    expect(onDisk(company)).toEqual(['A prize'])

    await company.client.spam.mark({ ids: [id] })
    await until('the move to be noted', async () => (await serverState(company, id)) === 'moved')
    town.dovecot.changeUidValidity(company.user, 'Junk')
    await company.client.spam.unmark({ ids: [id] })
    await until('it to be back', () => onDisk(company).length === 1)
    await inJunk(company, [])
  })

  test('"not spam" that is taken back as soon as it was told moves it to Junk again', async () => {
    const company = await town.company()
    town.dovecot.deliver(company.user, mail(company, 'A prize'))
    const id = await threadOf(company, 'A prize')
    await company.client.spam.mark({ ids: [id] })
    await inJunk(company, ['A prize'])
    const { undo } = await company.client.spam.unmark({ ids: [id] })
    await until('it to be back', () => onDisk(company).length === 1)
    await company.client.undo.run({ id: undo! })
    await inJunk(company, ['A prize'])
    expect((await company.client.threads.get({ id })).status).toBe('spam')
    expect(company.local().messages).toHaveLength(1)
  })

  test('new mail of a blocked sender, and answers into spam, go there by themselves', async () => {
    const company = await town.company()
    town.dovecot.deliver(company.user, mail(company, 'A prize', { messageId: 'p1@prizes.test' }))
    const id = await threadOf(company, 'A prize')
    await company.client.spam.mark({ ids: [id] })
    town.dovecot.deliver(company.user, mail(company, 'Another prize'))
    const answer = {
      from: 'friend@elsewhere.test',
      inReplyTo: 'p1@prizes.test',
      references: ['p1@prizes.test'],
    }
    town.dovecot.deliver(company.user, mail(company, 'Re: A prize', answer))
    await inJunk(company, ['A prize', 'Another prize', 'Re: A prize'])
    await lieIn(company, [])
    expect((await company.client.threads.list({ view: 'open' })).rows).toEqual([])
    expect((await company.client.threads.list({ view: 'spam' })).rows).toHaveLength(2)
  })

  test('a server without MOVE copies and deletes by UID; what another client only marked stays', async () => {
    const user = town.nextUser()
    const old = await startDovecot({
      users: { [user]: 'secret' },
      extraConfig:
        'imap_capability = IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE UIDPLUS SPECIAL-USE AUTH=PLAIN',
    })
    try {
      const company = await town.company({ user, imapPort: old.port })
      await old.appendTo(user, 'INBOX', mail(company, 'Marked elsewhere'), ['\\Deleted'])
      old.deliver(user, mail(company, 'A prize'))
      const recorded = company.imap.record()
      const id = await threadOf(company, 'A prize')
      await company.client.spam.mark({ ids: [id] })
      await until('it in Junk', () => old.messagesOnDisk(user, 'Junk').length === 1)
      await until('the move to be noted', async () => (await serverState(company, id)) === 'moved')
      expect(recorded.text('to_server')).toContain('UID COPY')
      expect(recorded.text('to_server')).not.toContain('UID MOVE')
      expect(old.messagesOnDisk(user).map(({ raw }) => raw.includes('Marked elsewhere'))).toEqual([true])
      await company.client.spam.unmark({ ids: [id] })
      await until('it to be back', () => old.messagesOnDisk(user).length === 2)
      await until('it to be out of Junk', () => old.messagesOnDisk(user, 'Junk').length === 0)
      await company.stop()
    } finally {
      await old.stop()
    }
  })
})
