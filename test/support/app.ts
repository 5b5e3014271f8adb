import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export type App = {
  /** With the session token: what a person would open. */
  url: string
  pid: number
  /** What it wrote to stderr so far. */
  stderr(): string
  /** SIGTERM, and waits for the end. Returns the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
}

/**
 * Starts the built web shell as a process of its own on a free port. Rejects with its words when it ends before it
 * is ready. The build must be there (`npm run build`).
 */
export async function startApp(options: {
  dataDir: string
  args?: string[]
  env?: Record<string, string>
}): Promise<App> {
  const entry = resolve(root, 'out/main/web.js')
  if (!existsSync(entry)) throw new Error('out/main/web.js is not there: run `npm run build` first.')
  const child = spawn(
    process.execPath,
    [entry, '--data-dir', options.dataDir, '--port', '0', '--no-open', ...(options.args ?? [])],
    { env: { ...process.env, ANTEROOM_SECRETS: 'file', ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const url = await ready(child, () => stderr)
  const ended = once(child, 'exit') as Promise<[number | null]>
  return {
    url,
    pid: child.pid!,
    stderr: () => stderr,
    async stop() {
      child.kill('SIGTERM')
      return (await ended)[0]
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function ready(child: ChildProcess, stderr: () => string): Promise<string> {
  return await new Promise((resolveUrl, reject) => {
    let stdout = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const match = /^Anteroom is ready: (\S+)$/m.exec(stdout)
      if (match) resolveUrl(match[1]!)
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      reject(new Error(`The app ended with ${code} before it was ready: ${stderr()}`)),
    )
  })
}
