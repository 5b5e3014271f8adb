// `npm start`: builds what is out of date, then opens the window. Runs before the packages are known to be
// right for this Node, so the preflight comes first and everything else is loaded after it.
import './preflight.mjs'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, run } from './run.mjs'

const args = process.argv.slice(2)
const wanted = wantedShell(args)
endWithNpm()

// --help and a mistyped option are the web shell's to answer; both must work without a window.
if (!(await upToDate())) await build()
const electron = wanted === 'web' ? null : await findElectron(wanted === 'electron')
if (electron === null) {
  // The web shell lives in this very process: signals to `npm start` need no passing on.
  await import(pathToFileURL(join(root, 'out', 'main', 'web.js')).href)
} else {
  await runElectron(electron)
}

/**
 * What --shell says; the shell itself checks every option afterwards.
 * @param {string[]} list
 * @returns {string | null}
 */
function wantedShell(list) {
  const at = list.findIndex((arg) => arg === '--shell' || arg.startsWith('--shell='))
  if (list.includes('--help') || list.includes('-h')) return 'web'
  if (at === -1) return null
  const value = list[at].includes('=') ? list[at].slice('--shell='.length) : list[at + 1]
  return value === 'electron' ? 'electron' : 'web'
}

/**
 * Ends this process as SIGTERM would, when the shell that npm runs scripts in is gone. npm passes signals on
 * to that shell alone, and a shell that did not make way for its command dies of them without passing them on.
 */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start' || process.platform === 'win32') return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200)
  watch.unref()
}

/** Whether everything in out/ is newer than what it is made from. */
async function upToDate() {
  const built = ['main/web.js', 'main/electron.js', 'main/engine.js', 'main/mime-worker.js']
    .concat(['preload/preload.cjs', 'renderer/index.html'])
    .map((name) => join(root, 'out', name))
  if (!built.every((path) => existsSync(path))) return false
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs))
  const sources = ['src', 'package.json', 'electron.vite.config.ts', 'resources/locales']
  return sources.every((name) => newest(join(root, name)) < oldest)
}

/** @param {string} path @returns {number} the latest change in a file or folder, ms; 0 where there is none */
function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return 0
  if (!stats.isDirectory()) return stats.mtimeMs
  // The folder's own time counts too: it changes when a file is taken away.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

async function build() {
  process.stderr.write('Building Anteroom…\n')
  const { ok, output } = await run('electron-vite', ['build'], { quiet: true })
  if (ok) return
  process.stderr.write(`${output.trimEnd()}\nAnteroom could not be built; the lines above say why.\n`)
  process.exit(1)
}

/**
 * The Electron program, or null (after one line that says why) when the web shell has to do.
 *
 * The electron package comes without its program and fetches it when it is first required, which can hang
 * for long without a network; so it is looked for by hand, and fetched only where its server answers.
 *
 * @param {boolean} forced ends the process instead of falling back
 * @returns {Promise<string | null>}
 */
async function findElectron(forced) {
  const fallBack = (why) => {
    if (forced) {
      process.stderr.write(`${why}\n`)
      process.exit(1)
    }
    process.stderr.write(`${why} Anteroom opens in the browser instead.\n`)
    return null
  }
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return fallBack('There is no display for Electron here.')
  }
  const program = electronProgram()
  if (program !== null) return program
  if (await canDownload()) {
    process.stderr.write('Fetching Electron, once…\n')
    const { ok } = await run('node', [join(root, 'node_modules', 'electron', 'install.js')], { quiet: true })
    const fetched = ok ? electronProgram() : null
    if (fetched !== null) return fetched
  }
  return fallBack('Electron is not installed and cannot be fetched now.')
}

/** @returns {string | null} the path of the installed Electron program */
function electronProgram() {
  const folder = join(root, 'node_modules', 'electron')
  let name
  try {
    name = readFileSync(join(folder, 'path.txt'), 'utf8').trim()
  } catch {
    return null
  }
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist'), name)
  return existsSync(program) ? program : null
}

/** Whether Electron's download server answers, within three seconds. */
async function canDownload() {
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) return false
  const mirror = process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror
  try {
    await fetch(mirror || 'https://github.com/electron/electron/releases/', {
      method: 'HEAD',
      signal: AbortSignal.timeout(3000),
    })
    return true
  } catch {
    return false
  }
}

/** Runs Electron, passes signals on, and ends as it ends. @param {string} program */
async function runElectron(program) {
  const own = args.filter((arg, i) => !/^--shell(=|$)/.test(arg) && args[i - 1] !== '--shell')
  const child = spawn(program, [root, ...own], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.exitCode = await new Promise((done) => {
    child.on('error', (error) => {
      process.stderr.write(`Electron could not be started: ${error.message}\n`)
      done(1)
    })
    child.on('exit', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}
