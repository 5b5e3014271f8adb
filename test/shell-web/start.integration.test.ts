import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

const root = resolve(import.meta.dirname, '../..')
let dir: string
let started: ChildProcess[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'anteroom-start-'))
  started = []
})
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await rm(dir, { recursive: true })
})

type Run = {
  child: ChildProcess
  firstLine: Promise<string>
  lines: string[]
  errors: () => string
  ended: Promise<number | null>
}

/** `npm start -- --shell web …`, as a user or a script starts it. */
function npmStart(...args: string[]): Run {
  return watch('npm', ['start', '--silent', '--', '--shell', 'web', ...args])
}

function watch(program: string, args: string[]): Run {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ANTEROOM_SECRETS: 'file', SUPPORT_NAME: 'Support' },
  })
  started.push(child)
  const lines: string[] = []
  let errors = ''
  const reader = createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line))
  const firstLine = once(reader, 'line').then(([line]) => line as string)
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, firstLine, lines, errors: () => errors, ended }
}

/** Waits for the ready line and takes the address from it. */
async function ready(run: Run): Promise<URL> {
  const line = await Promise.race([
    run.firstLine,
    run.ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${run.errors()}`))),
  ])
  const address = /^Anteroom is ready: (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+)$/.exec(line)?.[1]
  expect(address, line).toBeDefined()
  return new URL(address!)
}

/** Whether nobody listens there any more. */
function isClosed(port: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.destroy()
      done(false)
    }).on('error', () => done(true))
  })
}

const anyPort = () => ['--data-dir', dir, '--port', '0', '--no-open']

describe('npm start with the web shell', () => {
  test('serves the first screen, refuses a second start on the same data, ends on SIGTERM within 5 s', async () => {
    const run = npmStart(...anyPort())
    const url = await ready(run)

    expect((await fetch(url.origin)).status).toBe(403)
    const entered = await fetch(url, { redirect: 'manual' })
    expect(entered.status).toBe(302)
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
    const page = await fetch(new URL(entered.headers.get('location')!, url), { headers: { cookie } })
    expect(page.status).toBe(200)
    const asset = /src="([^"]+\.js)"/.exec(await page.text())![1]!
    const script = await fetch(new URL(asset, url), { headers: { cookie } })
    expect(script.headers.get('content-type')).toContain('text/javascript')
    const socket = new WebSocket(`ws://${url.host}/rpc`, { headers: { cookie, origin: url.origin } })
    await once(socket, 'open')

    const second = npmStart(...anyPort())
    expect(await second.ended).toBe(2)
    expect(second.lines).toEqual([])
    expect(second.errors()).toContain(dir)
    expect(second.errors().trim().split('\n')).toHaveLength(1)

    const asked = performance.now()
    const left = once(socket, 'close')
    run.child.kill('SIGTERM')
    // npm itself ends of the signal; what counts is that all it started has closed its output: the program too.
    await run.ended
    expect(performance.now() - asked).toBeLessThan(5000)
    expect((await left)[0]).toBe(1001)
    expect(await isClosed(url.port)).toBe(true)
    expect(run.lines).toHaveLength(1)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with code 0 on %s, also while the browser reads',
    async (signal) => {
      const run = watch(process.execPath, [join(root, 'scripts/start.mjs'), '--shell', 'web', ...anyPort()])
      const url = await ready(run)
      const cookie = (await fetch(url, { redirect: 'manual' })).headers.get('set-cookie')!.split(';')[0]!
      const socket = new WebSocket(`ws://${url.host}/rpc`, { headers: { cookie, origin: url.origin } })
      await once(socket, 'open')
      const asked = performance.now()
      run.child.kill(signal)
      run.child.kill(signal)
      expect(await run.ended).toBe(0)
      expect(performance.now() - asked).toBeLessThan(5000)
      expect(run.errors()).not.toContain('before everything had stopped')
    },
  )

  test('keeps the token over a restart, and what it writes is private', async () => {
    const first = npmStart(...anyPort())
    const token = (await ready(first)).searchParams.get('token')
    first.child.kill('SIGTERM')
    await first.ended
    const again = npmStart(...anyPort())
    expect((await ready(again)).searchParams.get('token')).toBe(token)
    for (const name of ['session-token', 'anteroom.db', 'logs/anteroom.log']) {
      expect((await stat(join(dir, name))).mode & 0o077, name).toBe(0)
    }
  })

  test('applies a provisioning file before it is ready; one that is wrong ends the start', async () => {
    const file = join(dir, 'workspace.json')
    await writeFile(file, '{ "workspace": ')
    const wrong = npmStart(...anyPort(), '--provision', file)
    expect(await wrong.ended).toBe(2)
    expect(wrong.lines).toEqual([])
    expect(wrong.errors()).toContain(file)

    const missing = npmStart(...anyPort(), '--provision', join(dir, 'none.json'))
    expect(await missing.ended).toBe(2)
    expect(missing.errors()).toContain('cannot be read')

    const users = [{ name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' }]
    const inboxes = [{ name: '${SUPPORT_NAME}', access: 'everyone' }]
    await writeFile(
      file,
      JSON.stringify({ workspace: { name: 'Acme' }, users, me: 'ada@acme.test', inboxes }),
    )
    await ready(npmStart(...anyPort(), '--provision', file))
  })

  test('says what is wrong with the command line, and helps', async () => {
    const unknown = npmStart('--prot', '1')
    expect(await unknown.ended).toBe(2)
    expect(unknown.errors()).toContain('Anteroom has no option --prot')
    const help = npmStart('--help')
    expect(await help.ended).toBe(0)
    expect(help.lines.join('\n')).toContain('--data-dir DIR')
  })

  test('a port that is taken is named', async () => {
    const { port } = await ready(npmStart(...anyPort()))
    const other = await mkdtemp(join(tmpdir(), 'anteroom-start-'))
    const run = npmStart('--data-dir', other, '--port', port, '--no-open')
    expect(await run.ended).toBe(2)
    expect(run.errors()).toContain(`Port ${port} is in use`)
    await rm(other, { recursive: true })
  })
})
