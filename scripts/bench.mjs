// `npm run bench`: the figures of the README, each beside a peer or a floor that is measured in the same run.
import './preflight.mjs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensurePackages } from './servers.mjs'
import { root, run } from './run.mjs'

const args = process.argv.slice(2)
const help = args.includes('--help')

if (!help) {
  const needed = await ensurePackages(['dovecot-imapd', 'chromium'])
  if (needed.length > 0) {
    console.error(`The bench needs ${needed.join(' and ')} (Debian's names): install them and run it again.`)
    process.exit(1)
  }
  const peers = await ensurePackages(['isync', 'maildir-utils', 'notmuch'])
  if (peers.length > 0) {
    console.error(
      `Without ${peers.join(', ')} (Debian's names) the rows that compare with them are left out.`,
    )
  }
  if (!args.includes('--no-build')) {
    const { ok, output } = await run('electron-vite', ['build'], { quiet: true })
    if (!ok) {
      console.error(`${output.trimEnd()}\nThe build failed, so there is nothing to measure.`)
      process.exit(1)
    }
  }
}

// Not by `run`: what is measured comes first, and a signal must reach the bench, which then cleans up.
const child = spawn(
  process.execPath,
  [join(root, 'test/bench/main.ts'), ...args.filter((arg) => arg !== '--no-build')],
  { cwd: root, stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => (process.exitCode = code ?? 1))
