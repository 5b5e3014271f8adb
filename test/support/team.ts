import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type App } from './app.ts'
import { startDovecot, type Dovecot } from './dovecot.ts'
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from './smtp-sink.ts'

export type Team = {
  dovecot: Dovecot
  smtp: SmtpSink
  dataDir: string
  /** The provisioning file that was written. */
  provision: string
  /** Starts the app on the team's data, provisioned; more than once in a row if wanted. */
  start(): Promise<App>
  stop(): Promise<void>
}

/** A company with one mailbox on a real Dovecot, an SMTP receiver, and two users: what most end-to-end tests need. */
export async function makeTeam(
  options: {
    imapPort?: (real: number) => number
    smtpPort?: (real: number) => number
    smtp?: SmtpSinkOptions
  } = {},
): Promise<Team> {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-e2e-'))
  const dovecot = await startDovecot({ users: { support: 'secret', customer: 'secret' } })
  const smtp = await startSmtpSink({ deliverTo: dovecot, ...options.smtp })
  const address = dovecot.address('support')
  const provision = join(dataDir, 'provision.json')
  const write = (imapPort: number, smtpPort: number): void =>
    writeFileSync(
      provision,
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
      }),
    )
  write(options.imapPort?.(dovecot.port) ?? dovecot.port, options.smtpPort?.(smtp.port) ?? smtp.port)
  const running = new Set<App>()
  return {
    dovecot,
    smtp,
    dataDir,
    provision,
    async start() {
      const app = await startApp({
        dataDir,
        args: ['--provision', provision],
        env: { SUPPORT_PASSWORD: 'secret' },
      })
      running.add(app)
      return app
    },
    async stop() {
      for (const app of running) await app.stop()
      await smtp.stop()
      await dovecot.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
