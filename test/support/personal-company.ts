import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectApp } from './app-client.ts'
import { startApp, type App } from './app.ts'
import { startDovecot, type Dovecot } from './dovecot.ts'
import type { TestClient } from './engine.ts'
import { buildMail } from './mail.ts'
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts'

/** Ada with a personal address, and the team's Support; Mario Rossi and Carla Customer have mailboxes of their own. */
export type PersonalCompany = {
  dovecot: Dovecot
  smtp: SmtpSink
  app: App
  client: TestClient
  /** Puts a mail into Ada's mailbox. Ids without angle brackets. */
  toAda(mail: {
    from: string
    subject: string
    messageId: string
    inReplyTo?: string
    folder?: string
    cc?: string
    text?: string
  }): Promise<void>
  /** A mail that Ada sent with another client, in her Sent folder. */
  fromAda(mail: { to: string; subject: string; messageId: string; inReplyTo?: string }): Promise<void>
  stop(): Promise<void>
}

export async function makePersonalCompany(): Promise<PersonalCompany> {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-personal-'))
  const users = { ada: 'secret', support: 'secret', mario: 'secret', carla: 'secret' }
  const dovecot = await startDovecot({ users })
  const smtp = await startSmtpSink({ deliverTo: dovecot })
  const servers = (user: string) => ({
    imap: { host: '127.0.0.1', port: dovecot.port, security: 'none', user, password: 'secret' },
    smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' },
  })
  const provision = join(dataDir, 'provision.json')
  writeFileSync(
    provision,
    JSON.stringify({
      workspace: { name: 'Acme' },
      users: [
        { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
        { name: 'Ben Bell', email: 'ben@acme.test', role: 'member' },
      ],
      me: 'ada@acme.test',
      inboxes: [{ name: 'Support', access: 'everyone' }],
      channels: [
        {
          kind: 'imap',
          purpose: 'team',
          inbox: 'Support',
          address: dovecot.address('support'),
          fromName: 'Acme Support',
          ...servers('support'),
        },
        {
          kind: 'imap',
          purpose: 'personal',
          user: 'ada@acme.test',
          address: dovecot.address('ada'),
          fromName: 'Ada Agent',
          ...servers('ada'),
        },
      ],
    }),
  )
  const app = await startApp({ dataDir, args: ['--provision', provision] })
  const { client, close } = await connectApp(app.url)
  const ada = (await client.workspace.get({})).users.find(({ name }) => name === 'Ada Agent')!
  await client.users.signIn({ id: ada.id })
  const address = dovecot.address('ada')
  return {
    dovecot,
    smtp,
    app,
    client,
    async toAda({ folder, ...mail }) {
      const raw = buildMail({ text: 'Hello Ada,\n\nas we said.\n', ...mail, to: address, date: Date.now() })
      if (folder === undefined) dovecot.deliver('ada', raw)
      else await dovecot.appendTo('ada', folder, raw)
    },
    async fromAda(mail) {
      const raw = buildMail({
        from: `Ada Agent <${address}>`,
        text: 'Hello,\n\nhere it is.\n',
        ...mail,
        date: Date.now(),
      })
      await dovecot.appendTo('ada', 'Sent', raw, ['\\Seen'])
    },
    async stop() {
      close()
      await app.stop()
      await smtp.stop()
      await dovecot.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
