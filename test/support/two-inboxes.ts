import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestClient } from './engine.ts'
import { connectApp } from './app-client.ts'
import { startApp, type App } from './app.ts'
import { startDovecot, type Dovecot } from './dovecot.ts'
import { buildMail } from './mail.ts'
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts'

/**
 * A company whose people do not all see the same: Support is open to everyone, Sales to Ben alone. Ada is a super admin
 * without membership in Sales, Cleo has account access, Ben and Dora are members.
 */
export type TwoInboxes = {
  dovecot: Dovecot
  smtp: SmtpSink
  dataDir: string
  /** @param env more of the environment: DNS servers of the test, for one */
  start(env?: Record<string, string>): Promise<App>
  /** The engine, as somebody would use it from a window of their own. */
  as(app: App, name: string): Promise<TestClient>
  /** A mail of a customer to `support` or `sales`. */
  write(to: 'support' | 'sales', subject: string, from?: string): void
  stop(): Promise<void>
}

const PEOPLE = [
  { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
  { name: 'Ben Bell', email: 'ben@acme.test', role: 'member' },
  { name: 'Cleo Clark', email: 'cleo@acme.test', role: 'account_access' },
  { name: 'Dora Dell', email: 'dora@acme.test', role: 'member' },
]

export async function makeTwoInboxes(): Promise<TwoInboxes> {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-inboxes-'))
  const dovecot = await startDovecot({ users: { support: 'secret', sales: 'secret', customer: 'secret' } })
  const smtp = await startSmtpSink({ deliverTo: dovecot })
  const channel = (user: 'support' | 'sales', inbox: string) => ({
    kind: 'imap',
    purpose: 'team',
    inbox,
    address: dovecot.address(user),
    fromName: `Acme ${inbox}`,
    imap: { host: '127.0.0.1', port: dovecot.port, security: 'none', user, password: 'secret' },
    smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' },
  })
  const provision = join(dataDir, 'provision.json')
  writeFileSync(
    provision,
    JSON.stringify({
      workspace: { name: 'Acme' },
      users: PEOPLE,
      me: 'ada@acme.test',
      inboxes: [
        { name: 'Support', access: 'everyone' },
        { name: 'Sales', access: ['ben@acme.test'] },
      ],
      channels: [channel('support', 'Support'), channel('sales', 'Sales')],
    }),
  )
  const closers: (() => unknown)[] = []
  let written = 0
  return {
    dovecot,
    smtp,
    dataDir,
    async start(env = {}) {
      const app = await startApp({ dataDir, args: ['--provision', provision], env })
      closers.push(() => app.stop())
      return app
    },
    async as(app, name) {
      const { client, close } = await connectApp(app.url)
      closers.unshift(close)
      const user = (await client.workspace.get({})).users.find((each) => each.name === name)
      if (!user) throw new Error(`There is no user ${name}.`)
      await client.users.signIn({ id: user.id })
      return client
    },
    write(to, subject, from = 'Carla Customer <customer@dovecot.test>') {
      written += 1
      dovecot.deliver(
        to,
        buildMail({
          from,
          to: dovecot.address(to),
          date: Date.now(),
          subject,
          text: `Hello,\n\nthis is about: ${subject}.\n\nYours`,
          messageId: `mail-${written}@customer.test`,
        }),
      )
    },
    async stop() {
      for (const close of closers) await close()
      await smtp.stop()
      await dovecot.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
