import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTown, type Company, type CompanyOptions, type Town } from '../support/company.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import {
  startScriptedImap,
  type ScriptedImap,
  type ScriptedImapOptions,
  type ScriptedMessage,
} from '../support/scripted-imap.ts'

let town: Town
const servers: ScriptedImap[] = []
const companies: Company[] = []
beforeAll(async () => {
  town = await startTown()
})
afterEach(async () => {
  for (const company of companies.splice(0)) await company.stop()
  for (const server of servers.splice(0)) await server.stop()
})
afterAll(async () => {
  await town?.stop()
})

const message = (uid: number, more: Partial<ScriptedMessage> & { subject?: string; body?: string } = {}) => ({
  uid,
  raw: buildMail({
    from: 'Carla Customer <carla@kunde.test>',
    to: 'support@acme.test',
    subject: more.subject ?? `Number ${uid}`,
    text: more.body ?? `Text of ${uid}.`,
    messageId: `${more.subject ?? uid}.${uid}@kunde.test`.replaceAll(' ', '-'),
  }),
  ...more,
})

/** A server that does as it is told, and a company whose mail lies there. `messages` may be changed as it goes. */
async function scripted(
  messages: ScriptedMessage[],
  options: Omit<ScriptedImapOptions, 'messages'> = {},
  company: CompanyOptions = {},
): Promise<{ server: ScriptedImap; company: Company }> {
  const server = await startScriptedImap({ ...options, messages })
  servers.push(server)
  const made = await town.company({ imapPort: server.port, ...company })
  companies.push(made)
  return { server, company: made }
}

const subjects = (company: Company): string[] =>
  company
    .local()
    .messages.map((one) => one.subject)
    .sort()

const select = (exists: number, uidNext: number, uidValidity: number | null = 7): string[] => [
  '* FLAGS (\\Seen \\Answered \\Deleted)',
  `* ${exists} EXISTS`,
  `* OK [UIDNEXT ${uidNext}] next`,
  ...(uidValidity === null ? [] : [`* OK [UIDVALIDITY ${uidValidity}] valid`]),
  '$ OK [READ-WRITE] done',
]

test('fault 4: without UIDVALIDITY all is compared at each connection, and nothing local goes', async () => {
  const messages = [message(1), message(2), message(3)]
  const { company } = await scripted(messages, { uidValidity: null })
  await company.messages(3)
  // The numbers now mean other messages, and one is missing.
  messages.splice(0, 3, message(1, { subject: 'A longer new first one' }), message(2))
  company.imap.cut()
  await company.messages(4)
  await company.live()
  expect(subjects(company)).toEqual(['A longer new first one', 'Number 1', 'Number 2', 'Number 3'])
  expect(company.local().copies.every((one) => one.vanished_at === null)).toBe(true)
})

test('fault 5: RFC822.SIZE that differs from the literal: the bytes are right, and it is logged', async () => {
  const { company } = await scripted([{ ...message(1), size: 77 }, message(2)])
  await company.messages(2)
  expect(company.log.join('')).toContain('RFC822.SIZE differs')
})

test('fault 6: a literal of 4 GB is refused, named on the channel, and the rest comes', async () => {
  const { company } = await scripted([message(1), message(2), message(3)], {
    answers: {
      'UID FETCH': ({ rest }) =>
        rest.includes('BODY.PEEK[]') && /(^|[,:])2|1:3|1:2|2:3/.test(rest.split(' ')[0]!)
          ? ['* 2 FETCH (UID 2 FLAGS () BODY[] {4294967295}', 'x'.repeat(1000)]
          : undefined,
    },
  })
  await company.messages(2)
  const channel = await company.live()
  expect(subjects(company)).toEqual(['Number 1', 'Number 3'])
  expect(channel.health.setAside).toBe(1)
})

test('fault 8: a server whose IDLE never reports is polled', async () => {
  const messages = [message(1)]
  const { company } = await scripted(messages, {}, { timeouts: { poll: 150 } })
  messages.push(message(2))
  await company.messages(2)
})

test('fault 10: a UID that is used again for another message is stored as a new one', async () => {
  const messages = [message(1), message(2)]
  let uidNext = 3
  const { company } = await scripted(messages, {
    answers: { SELECT: () => select(messages.length, uidNext) },
  })
  await company.messages(2)
  // A backup was restored: UIDNEXT went down, and UID 2 went to another message.
  messages[1] = message(2, { subject: 'Another one with number two' })
  uidNext = 2
  company.imap.cut()
  await company.messages(3)
  expect(subjects(company)).toEqual(['Another one with number two', 'Number 1', 'Number 2'])
})

test('a server that never tells a right UIDNEXT is compared once a connection, not for ever', async () => {
  const messages = [message(5), message(9)]
  const { server, company } = await scripted(messages, {
    answers: { SELECT: () => select(messages.length, 1) },
  })
  await company.messages(2)
  for (let i = 0; i < 4; i += 1) await company.live()
  const bodies = server.lines.filter((line) => line.includes('BODY.PEEK[]'))
  expect(bodies).toHaveLength(1)
  // Each comparison asks for the sizes of all messages.
  expect(server.lines.filter((line) => line.includes('RFC822.SIZE'))).toHaveLength(1)
  messages.push(message(12))
  server.say('* 3 EXISTS')
  await company.messages(3)
})

test('fault 11: a folder that is gone is marked, its mail stays, and it may come back', async () => {
  const sent = [message(1, { subject: 'Sent by us' })]
  const inbox = [message(1)]
  let listed = true
  let open = 'INBOX'
  const list = () => ['* LIST () "/" INBOX', ...(listed ? ['* LIST (\\Sent) "/" Gesendet'] : []), '$ OK done']
  const { company } = await scripted(inbox, {
    capabilities: 'IMAP4rev1 AUTH=PLAIN SASL-IR IDLE UIDPLUS NAMESPACE SPECIAL-USE',
    answers: {
      LIST: list,
      SELECT: ({ rest }) => {
        open = rest
        return select(1, 2)
      },
      'UID FETCH': ({ rest }) => {
        if (!open.includes('Gesendet')) return undefined
        const { raw } = sent[0]!
        if (rest.includes('BODY.PEEK[]'))
          return [
            Buffer.from(
              `* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Oct-2025 09:00:00 +0000" BODY[] {${raw.length}}\r\n`,
            ),
            raw,
            ')',
            '$ OK done',
          ]
        return [`* 1 FETCH (UID 1 FLAGS () RFC822.SIZE ${raw.length})`, '$ OK done']
      },
    },
  })
  await company.messages(2)
  listed = false
  const without = await company.live()
  expect(without.folders.find((one) => one.path === 'Gesendet')).toMatchObject({ gone: true, localCount: 1 })
  expect((await company.client.threads.list({ view: 'sent' })).rows).toHaveLength(1)
  listed = true
  const back = await company.live()
  expect(back.folders.find((one) => one.path === 'Gesendet')).toMatchObject({ gone: false, localCount: 1 })
  expect(company.local().messages).toHaveLength(2)
})

test('fault 12: a server that suddenly has no messages purges nothing here', async () => {
  const messages = [message(1), message(2), message(3)]
  const { company } = await scripted(messages)
  await company.messages(3)
  const kept = messages.splice(0)
  company.imap.cut()
  await company.live()
  expect(company.local().messages).toHaveLength(3)
  expect(company.local().copies.every((one) => one.vanished_at === null)).toBe(true)
  messages.push(...kept, message(4))
  company.imap.cut()
  await company.messages(4)
})

test('messages that a server forgets and remembers are marked and unmarked, never fetched twice', async () => {
  const messages = [message(1), message(2), message(3)]
  const { server, company } = await scripted(messages)
  await company.messages(3)
  const [, second] = messages.splice(0, 2)
  await company.live()
  expect(
    company
      .local()
      .copies.filter((one) => one.vanished_at !== null)
      .map((one) => one.uid),
  ).toEqual([1, 2])
  messages.unshift(second!)
  await company.live()
  expect(
    company
      .local()
      .copies.filter((one) => one.vanished_at !== null)
      .map((one) => one.uid),
  ).toEqual([1])
  expect(server.lines.filter((line) => line.includes('BODY.PEEK[]'))).toHaveLength(1)
})

test('fault 13: too many connections: slower, said on the channel, and no loop', async () => {
  let refuse = true
  const { server, company } = await scripted(
    [message(1)],
    {
      answers: {
        AUTHENTICATE: () => (refuse ? ['$ NO [LIMIT] Too many simultaneous connections.'] : undefined),
        LOGIN: () => (refuse ? ['$ NO [LIMIT] Too many simultaneous connections.'] : undefined),
      },
    },
    { noWait: true, timeouts: { retry: 60_000 } },
  )
  const { health } = await until('the refusal on the channel', async () => {
    const channel = await company.channel()
    return channel.health.problem !== null && channel
  })
  expect(health.problem).toMatchObject({ code: 'throttled' })
  expect(health.problem?.serverText).toContain('Too many simultaneous connections')
  expect(health.retryAt! - Date.now()).toBeGreaterThan(60_000)
  expect(server.connections).toBe(1)
  refuse = false
  await company.live()
  await company.messages(1)
})

test('fault 14: a message that always errors is set aside after three tries; all others go on', async () => {
  let refuse = true
  const { company } = await scripted([message(1), message(2), message(3)], {
    answers: {
      'UID FETCH': ({ rest }) =>
        refuse && rest.includes('BODY.PEEK[]') && /(^|[,:])2|1:3|1:2|2:3/.test(rest.split(' ')[0]!)
          ? ['$ NO [SERVERBUG] Internal error while reading this message']
          : undefined,
    },
  })
  await company.messages(2)
  expect((await company.channel()).health.setAside).toBe(0)
  await company.live()
  expect((await company.live()).health.setAside).toBe(1)
  refuse = false
  await company.client.channels.retrySetAside({ id: company.channelId as never })
  await company.messages(3)
  expect((await company.live()).health.setAside).toBe(0)
})

test('fault 18: STARTTLS that somebody stripped, and PREAUTH: nothing is sent, and it is said', async () => {
  for (const options of [
    { capabilities: 'IMAP4rev1 AUTH=PLAIN SASL-IR IDLE' },
    { greeting: '* PREAUTH welcome back' },
  ]) {
    const { server, company } = await scripted([message(1)], options, {
      imapSecurity: 'starttls',
      noWait: true,
      password: 'very-secret',
    })
    const { problem, state } = await until('the problem', async () => {
      const { health } = await company.channel()
      return health.problem !== null && health
    })
    expect({ code: problem?.code, state }).toEqual({ code: 'tls_stripped', state: 'failing' })
    const said = server.lines.join('\n')
    expect(said).not.toMatch(/LOGIN|AUTHENTICATE|very-secret/i)
    expect(said).not.toContain(Buffer.from('very-secret').toString('base64').slice(0, 10))
    expect(company.local().messages).toHaveLength(0)
  }
})

test('fault 19: a certificate that nobody vouches for is refused, and no password leaves', async () => {
  const { server, company } = await scripted(
    [message(1)],
    { tls: true },
    { imapSecurity: 'tls', noWait: true },
  )
  const { problem, state } = await until('the problem', async () => {
    const { health } = await company.channel()
    return health.problem !== null && health
  })
  expect({ code: problem?.code, state }).toEqual({ code: 'certificate', state: 'failing' })
  expect(server.lines).toEqual([])
})

test('fault 20: what a server says is shown as its words, as plain text', async () => {
  const { company } = await scripted(
    [message(1)],
    {
      answers: {
        AUTHENTICATE: () => ['$ NO [ALERT] <a href="https://evil.test">Click</a> to unlock \u001b[31mnow'],
        LOGIN: () => ['$ NO [ALERT] <a href="https://evil.test">Click</a> to unlock \u001b[31mnow'],
      },
    },
    { noWait: true },
  )
  const { problem } = await until('the problem', async () => {
    const { health } = await company.channel()
    return health.problem !== null && health
  })
  expect(problem?.code).toBe('login_refused')
  expect(problem?.serverText).toContain('to unlock')
  expect(problem?.serverText).not.toMatch(/[\u0000-\u001f]/)
  expect(problem?.message).not.toContain('evil.test')
})

test('a Junk folder that cannot be counted does not stop the mail', async () => {
  const { company } = await scripted([message(1)], {
    capabilities: 'IMAP4rev1 AUTH=PLAIN SASL-IR IDLE UIDPLUS NAMESPACE SPECIAL-USE',
    answers: {
      LIST: () => ['* LIST () "/" INBOX', '* LIST (\\Junk) "/" Spam', '$ OK done'],
      STATUS: () => ['$ NO Mailbox is locked'],
    },
  })
  await company.messages(1)
  expect((await company.channel()).health.state).toBe('live')
})

test('without CONDSTORE a flag that changed on the server comes with the next look', async () => {
  const messages = [message(1), message(2)]
  const { company } = await scripted(messages)
  await company.messages(2)
  messages[0] = { ...messages[0]!, flags: '\\Seen' }
  await company.live()
  expect(company.local().messages.map((one) => one.seen)).toEqual([1, 0])
})
