import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { buildMail } from '../support/mail.ts'
import { freePort, until } from '../support/ports.ts'

let dovecot: Dovecot
let app: TestEngine

beforeAll(async () => {
  dovecot = await startDovecot({ users: { support: 'secret' } })
  app = await startTestEngine()
})
afterAll(async () => {
  await app?.stop()
  await dovecot?.stop()
})

const file = (imapPort: number, smtpPort: number, address: string) =>
  JSON.stringify({
    workspace: { name: 'Acme' },
    users: [
      { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
      { name: 'Ben Bell', email: 'ben@acme.test' },
    ],
    me: 'ada@acme.test',
    inboxes: [{ name: 'Support', access: 'everyone' }],
    channels: [
      {
        kind: 'imap',
        purpose: 'team',
        inbox: 'Support',
        address,
        fromName: 'Acme Support',
        imap: {
          host: '127.0.0.1',
          port: imapPort,
          security: 'none',
          user: 'support',
          password: '${SUPPORT_PASSWORD}',
        },
        smtp: { host: '127.0.0.1', port: smtpPort, security: 'none' },
      },
    ],
  })

test('a provisioned mailbox fills the list, and flags go back to the server', async () => {
  dovecot.deliver(
    'support',
    buildMail({
      from: 'Carla Customer <carla@example.test>',
      to: dovecot.address('support'),
      subject: 'My order is late',
      text: 'Where is my umbrella?',
      attachments: [{ name: 'receipt.txt', mimeType: 'text/plain', content: Buffer.from('paid') }],
    }),
  )
  const provisioned = await app.engine.provision(
    file(dovecot.port, await freePort(), dovecot.address('support')),
    {
      SUPPORT_PASSWORD: 'secret',
    },
  )
  expect(provisioned.changed).toContain(`channel ${dovecot.address('support')} connected`)

  const { client } = app
  const rows = await until('the first mail in the list', async () => {
    const page = await client.threads.list({ view: 'unassigned' })
    return page.rows.length > 0 && page.rows
  })
  expect(rows).toMatchObject([
    {
      subject: 'My order is late',
      sender: { address: 'carla@example.test' },
      unread: true,
      hasAttachment: true,
    },
  ])
  const thread = await client.threads.get({ id: rows[0]!.threadId! })
  const [item] = thread.items
  expect(item?.type === 'message' && item.message.body?.text).toContain('Where is my umbrella?')
  const attachment = item?.type === 'message' ? item.message.attachments[0]! : null
  const response = await app.engine.fetch(new Request(`http://127.0.0.1${attachment!.url}`))
  expect(await response.text()).toBe('paid')

  await client.threads.markRead({ ids: [thread.id], read: true })
  expect((await client.threads.list({ view: 'unassigned' })).rows[0]?.unread).toBe(false)
  const mail = await dovecot.client('support')
  try {
    await mail.mailboxOpen('INBOX')
    await until('the flag on the server', async () => {
      const message = await mail.fetchOne('1', { flags: true })
      return message && message.flags?.has('\\Seen')
    })
  } finally {
    await mail.logout()
  }
})
