import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { submit } from '../../support/hosted.ts'
import { buildMail } from '../../support/mail.ts'
import { until } from '../../support/ports.ts'

test('killed after the sender was told and before the message was read: it is there after the restart (fault 31)', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-durable-'))
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children/receive.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const found = /port (\d+)\n/.exec(text)
        if (found) resolve(Number(found[1]))
      })
      child.once('exit', (code) => reject(new Error(`the engine ended with ${code}: ${text}`)))
    })
    const subjects = ['First', 'Second', 'Third']
    for (const subject of subjects) {
      const raw = buildMail({ from: 'carla@customer.test', to: 'sales@acme.test', subject, text: subject })
      expect(await submit(port, raw, ['sales@mx.acme.test'], 'carla@customer.test')).toContain('250')
    }
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone

    const app = await startTestEngine({ dataDir })
    try {
      const list = async () =>
        (await app.client.threads.list({ view: 'open' })).rows.map((row) => row.subject)
      await until('all three', async () => (await list()).length >= 3)
      expect((await list()).sort()).toEqual([...subjects].sort())
    } finally {
      await app.stop()
    }
  } finally {
    child.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
})
