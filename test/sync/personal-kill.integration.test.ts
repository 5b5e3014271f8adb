import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTown, type Town } from '../support/company.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import { seeded } from '../support/random.ts'
import { startProxy } from '../support/tcp-proxy.ts'

let town: Town
beforeAll(async () => {
  town = await startTown({ users: 4 })
})
afterAll(async () => {
  await town?.stop()
})

const MAILS = 8
const KILLS = 6

test('killed between verdict and fetch, again and again: everything is logged, and nothing twice', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-kill-'))
  const [support, user] = [town.nextUser(), town.nextUser()]
  const address = town.dovecot.address(user)
  const proxy = await startProxy(town.dovecot.port)
  const server = (port: number, name: string) => ({
    host: '127.0.0.1',
    port,
    security: 'none',
    user: name,
    password: '${PASSWORD}',
  })
  const smtp = { host: '127.0.0.1', port: town.sink.port, security: 'none' }
  const file = join(dataDir, 'provision.json')
  writeFileSync(
    file,
    JSON.stringify({
      workspace: { name: 'Acme' },
      users: [{ name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' }],
      me: 'ada@acme.test',
      inboxes: [{ name: 'Support', access: 'everyone' }],
      channels: [
        {
          kind: 'imap',
          purpose: 'team',
          inbox: 'Support',
          address: town.dovecot.address(support),
          fromName: 'Acme',
          imap: server(town.dovecot.port, support),
          smtp,
        },
        {
          kind: 'imap',
          purpose: 'personal',
          user: 'ada@acme.test',
          address,
          fromName: 'Ada',
          imap: server(proxy.port, user),
          smtp,
        },
      ],
    }),
  )
  const start = async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'children/engine.ts'), dataDir, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PASSWORD: 'secret' },
    })
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve())
      child.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)))
    })
    return {
      async kill() {
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      },
    }
  }
  const count = (sql: string): number => {
    const db = new BetterSqlite3(join(dataDir, 'anteroom.db'), { readonly: true })
    try {
      return (db.prepare(sql).get() as { n: number }).n
    } finally {
      db.close()
    }
  }
  const state = (name: string) => count(`SELECT count(*) AS n FROM personal_messages WHERE state = '${name}'`)
  const random = seeded(8)
  let engine = await start()
  try {
    town.dovecot.deliver(
      support,
      buildMail({ from: 'mario@rossi.test', to: town.dovecot.address(support), subject: 'Hi', text: 'x' }),
    )
    await until('the contact', () => count('SELECT count(*) AS n FROM contacts') === 1)
    const now = Date.now()
    const original = buildMail({
      from: address,
      to: 'mario@rossi.test',
      messageId: 'offer@acme.test',
      date: now,
    })
    await town.dovecot.appendTo(user, 'Sent', original)
    // Slow enough that a body takes its time, while heads come at once.
    proxy.throttle(200_000)
    for (let i = 0; i < MAILS; i++) {
      town.dovecot.deliver(
        user,
        buildMail({
          from: 'mario@rossi.test',
          to: address,
          subject: `Reply ${i}`,
          messageId: `reply-${i}@rossi.test`,
          inReplyTo: 'offer@acme.test',
          date: Date.now(),
          text: 'x',
          attachments: [
            {
              name: 'noise.bin',
              content: Buffer.from(Array.from({ length: 90_000 }, () => random.int(0, 255))),
            },
          ],
        }),
      )
    }
    let interrupted = 0
    for (let kills = 0; kills < KILLS && state('stored') < MAILS; kills++) {
      await until(
        'something that is judged and not fetched',
        () => state('pending') > 0 || state('stored') === MAILS,
      )
      // Any moment of the fetch: that it is a random one is what is tested.
      await new Promise((resolve) => setTimeout(resolve, random.int(0, 250)))
      interrupted += Number(state('pending') > 0)
      await engine.kill()
      engine = await start()
    }
    expect(interrupted).toBeGreaterThan(2)
    proxy.throttle(null)
    await until('all of them', () => state('stored') === MAILS, 30_000)
    expect(state('pending')).toBe(0)
    const replies = `FROM messages WHERE subject LIKE 'Reply %'`
    expect(count(`SELECT count(*) AS n ${replies}`)).toBe(MAILS)
    expect(count(`SELECT count(DISTINCT message_id) AS n ${replies}`)).toBe(MAILS)
    expect(count('SELECT count(*) AS n FROM threads WHERE inbox_id IS NULL')).toBe(1)
    expect(count('SELECT message_count AS n FROM contacts')).toBe(MAILS + 1)
    expect(count('SELECT count(*) AS n FROM attachments a JOIN blobs b ON b.hash = a.hash')).toBe(MAILS)
  } finally {
    await engine.kill()
    await proxy.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 120_000)
