import { connect, createServer, type AddressInfo } from 'node:net'
import { ImapFlow } from 'imapflow'
import { launchChromium } from '../../support/browser.ts'
import { until } from '../../support/ports.ts'
import type { Bench, Lab } from '../lab.ts'
import { channelOf } from '../rpc.ts'

const ROWS = 50

/** A gate before the mail server that tells when a login succeeded, by `performance.now()`. */
async function startGate(target: number): Promise<{
  port: number
  open(): void
  loggedInAt(): number | null
  close(): void
}> {
  let open = false
  let at: number | null = null
  const server = createServer((client) => {
    if (!open) return void client.destroy()
    const upstream = connect(target, '127.0.0.1')
    upstream.on('data', (chunk: Buffer) => {
      if (at === null && chunk.includes('Logged in')) at = performance.now()
    })
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    client.pipe(upstream).pipe(client)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    open: () => void (open = true),
    loggedInAt: () => at,
    close: () => void server.close(),
  }
}

/** The floor: a bare client that fetches the newest 50 messages whole, and does nothing with them. */
async function bareFetch(lab: Lab): Promise<number> {
  const { user } = await lab.mailbox(lab.messages)
  const { port } = await lab.dovecot()
  const auth = { user, pass: 'secret' }
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    doSTARTTLS: false,
    auth,
    logger: false,
  })
  await client.connect()
  const begin = performance.now()
  const { exists } = await client.mailboxOpen('INBOX')
  let count = 0
  for await (const one of client.fetch(`${exists - ROWS + 1}:*`, { flags: true, source: true }))
    count += one.source ? 1 : 0
  const took = performance.now() - begin
  await client.logout()
  if (count !== ROWS) throw new Error(`the bare client got ${count} messages`)
  return took
}

/** A mailbox that nobody opened yet: from the server's OK to the login until 50 rows are painted. */
export const firstRows: Bench = {
  name: 'first-rows',
  async run(lab) {
    const mailbox = await lab.mailbox(lab.messages)
    const gate = await startGate((await lab.dovecot()).port)
    const on = await lab.start(mailbox, { port: gate.port })
    const browser = await launchChromium()
    try {
      // As high as 50 rows of 68 pixels and the bars above them: a list draws what is in sight.
      const page = await browser.newPage({ viewport: { width: 1440, height: 3800 } })
      await page.goto(`${on.app.url}#/open`)
      await page.getByRole('navigation', { name: 'Views' }).waitFor()
      const painted = page.evaluate(
        (wanted) =>
          new Promise<number>((resolve) => {
            const look = (): void => {
              if (document.querySelectorAll('[role=listbox] [role=option]').length < wanted)
                return void requestAnimationFrame(look)
              // The task after the frame in which they are drawn.
              requestAnimationFrame(() =>
                setTimeout(() => resolve(performance.timeOrigin + performance.now())),
              )
            }
            look()
          }),
        ROWS,
      )
      gate.open()
      await on.rpc.client.channels.retry({ id: (await channelOf(on.rpc)).id })
      const at = (await painted) - performance.timeOrigin
      const loggedIn = await until('the login', () => gate.loggedInAt())
      return [
        {
          name: `First ${ROWS} rows on screen after login`,
          ours: at - loggedIn,
          unit: 'ms',
          peer: { name: 'a bare fetch of these messages', value: await bareFetch(lab) },
          goal: { of: 'ours', atMost: 1000 },
        },
      ]
    } finally {
      await browser.close()
      await on.stop()
      gate.close()
    }
  },
}
