import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ChannelId, InboxId } from '../../src/contract/ids.ts'
import type { HostedSettings } from '../../src/contract/hosted.ts'
import type { EngineOptions } from '../../src/main/engine/types.ts'
import { startDnsServer, type DnsServer, type Zone } from './dns-server.ts'
import { startTestEngine, type TestEngine } from './engine.ts'
import { freePort } from './ports.ts'

export type HostedWorkspace = TestEngine & {
  dns: DnsServer
  inboxId: InboxId
  /** Of the receiver. */
  port: number
  /** Connects an address of the receiver form; its forwarding address is `<name>@mx.acme.test`. */
  receive(name: string, settings?: Partial<HostedSettings>): Promise<ChannelId>
  /** Hands a message to the receiver as a mail server does; rejects with the refusal. */
  bring(raw: Buffer | string, to: string | string[], from?: string): Promise<string>
  /** The subjects in the list of open conversations, the newest first. */
  subjects(): Promise<string[]>
}

export const sender = (companyName = 'Acme'): HostedSettings['sender'] => ({
  fromNameKind: 'agent_and_company',
  companyName,
  fromAddress: null,
  signatureHtml: null,
})

/** An engine with one user, one inbox, the receiver switched on, and a DNS of its own. */
export async function makeHosted(
  options: Partial<EngineOptions> & { zone?: Zone } = {},
): Promise<HostedWorkspace> {
  const dns = await startDnsServer(options.zone)
  const app = await startTestEngine({ dnsServers: [dns.address], ...options })
  const { client } = app
  if ((await client.workspace.get({})).name === null) {
    await client.workspace.create({
      name: 'Acme',
      userName: 'Ada Agent',
      userEmail: 'ada@acme.test',
      inboxName: 'Support',
    })
  }
  const inboxId = (await client.workspace.get({})).inboxes[0]!.id
  const view = await client.receiver.configure({ enabled: true, host: '127.0.0.1', port: await freePort() })
  if (view.problem) throw new Error(view.problem)
  return {
    ...app,
    dns,
    inboxId,
    port: view.port,
    async receive(name, settings) {
      const { id } = await client.hosted.connect({
        inboxId,
        form: 'receiver',
        parentChannelId: null,
        address: `${name}@acme.test`,
        forwardingAddress: `${name}@mx.acme.test`,
        sender: sender(`Acme ${name}`),
        ...settings,
      })
      return id
    },
    bring: (raw, to, from = 'carla@customer.test') => submit(view.port, raw, [to].flat(), from),
    subjects: async () => (await client.threads.list({ view: 'open' })).rows.map((row) => row.subject),
    async stop() {
      await app.stop()
      await dns.stop()
    },
  }
}

/** One message over one connection; resolves with the answer to DATA. */
export async function submit(
  port: number,
  raw: Buffer | string,
  to: readonly string[],
  from: string,
  options: { tls?: boolean } = {},
): Promise<string> {
  const connection = new SMTPConnection({
    host: '127.0.0.1',
    port,
    name: 'mail.customer.test',
    ...(options.tls ? { requireTLS: true, tls: { rejectUnauthorized: false } } : { ignoreTLS: true }),
  })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    return await new Promise<string>((resolve, reject) => {
      connection.send({ from, to: [...to] }, Buffer.from(raw), (error, info) =>
        error ? reject(error) : resolve(info.response),
      )
    })
  } finally {
    connection.close()
  }
}
