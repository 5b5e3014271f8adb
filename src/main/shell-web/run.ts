import { mkdir, readFile } from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineStartError } from '../engine/types.ts'
import type { Engine, EngineOptions } from '../engine/types.ts'
import { dnsServers } from '../shell-shared/dns-servers.ts'
import { ArgumentsError, HELP, readArguments } from '../shell-shared/arguments.ts'
import type { ShellArguments } from '../shell-shared/arguments.ts'
import { chooseDataDir } from '../shell-shared/data-dir.ts'
import { keyFileSecrets } from '../shell-shared/key-file-secrets.ts'
import { openLog } from '../shell-shared/log.ts'
import type { ShellLog } from '../shell-shared/log.ts'
import { loadStrings } from '../shell-shared/strings.ts'
import { openBrowser } from './open-browser.ts'
import { openSecrets } from './secrets.ts'
import { startWebServer } from './server.ts'
import type { WebServer } from './server.ts'
import { sessionToken } from './session-token.ts'

/** Where the product's files lie, and the engine to host. */
export type WebShellParts = {
  rendererDir: string
  resourcesDir: string
  mimeWorker: URL
  checkWorker: URL
  importWorker: URL
  startEngine(options: EngineOptions): Promise<Engine>
}

/** Milliseconds from the signal to the end of the process, whatever the engine does. */
const STOP_WITHIN = 4500

/** Something the user can put right; its message is shown alone, without a stack. Exit code 2. */
class StartError extends Error {}

/**
 * The web shell's whole life: reads the command line, starts the engine and the server, prints the ready
 * line, and ends on SIGTERM or SIGINT. Resolves with the exit code: 0 after a clean end, 1 when the
 * engine did not stop in time, 2 when it could not start (one sentence on stderr says why).
 */
export async function runWebShell(args: string[], parts: WebShellParts): Promise<number> {
  let wanted: ShellArguments
  try {
    wanted = readArguments(args)
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error
    process.stderr.write(error.message + '\n')
    return 2
  }
  if (wanted.help) {
    process.stdout.write(HELP)
    return 0
  }
  // Mail is its owner's: nothing that is written from here on is readable by others, whatever the folder is.
  process.umask(0o077)
  // Signals count from here on: one that comes while the engine starts ends it as soon as it has started.
  const stop = untilSignal()
  const dataDir = chooseDataDir(wanted.dataDir, process.platform, process.env, homedir())
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    process.stderr.write(`The data folder ${dataDir} cannot be made: ${(error as Error).message}\n`)
    return 2
  }
  // Beside the data and not in the system's folder for temporary files, where others could put their code.
  enableCompileCache(join(dataDir, 'compiled'))
  const shellLog = openLog(dataDir)
  try {
    const running = await start(wanted, dataDir, parts, shellLog)
    const signal = await stop
    shellLog.log.info({ signal }, 'stopping')
    return await end(running, shellLog)
  } catch (error) {
    shellLog.log.error({ err: error }, 'could not start')
    if (!(error instanceof EngineStartError || error instanceof StartError)) throw error
    process.stderr.write(error.message + '\n')
    return 2
  } finally {
    shellLog.flush()
  }
}

async function start(
  wanted: ShellArguments,
  dataDir: string,
  parts: WebShellParts,
  { log }: ShellLog,
): Promise<{ engine: Engine; server: WebServer }> {
  const strings = loadStrings(parts.resourcesDir)
  const provisioning = await readProvisioning(wanted.provision)
  const [token, { secrets, keyringProblem }] = await Promise.all([sessionToken(dataDir), secretsFor(dataDir)])
  const engine = await parts.startEngine({
    dataDir,
    resourcesDir: parts.resourcesDir,
    mimeWorker: parts.mimeWorker,
    checkWorker: parts.checkWorker,
    importWorker: parts.importWorker,
    dnsServers: dnsServers(process.env),
    secrets,
    log: log.child({ part: 'engine' }),
  })
  if (keyringProblem !== null) {
    log.warn({ keyringProblem, path: secrets.path }, 'no keyring: passwords are kept in a key file')
    process.stderr.write(strings('desktop.secrets.keyFile', { path: secrets.path ?? dataDir }) + '\n')
  }
  try {
    if (provisioning !== null) await provision(engine, provisioning, wanted.provision)
    const { rendererDir, resourcesDir } = parts
    const server = await startWebServer({
      engine,
      rendererDir,
      iconFile: join(resourcesDir, 'icons', 'app', '32x32.png'),
      port: wanted.port,
      token,
      log,
      strings,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
      const why = error.code === 'EADDRINUSE' ? 'is in use by another program' : 'may not be opened by you'
      throw new StartError(`Port ${wanted.port} ${why}. Choose another with --port, or --port 0 for any.`)
    })
    log.info({ port: server.port, dataDir }, 'ready')
    process.stdout.write(`Anteroom is ready: ${server.url}\n`)
    if (wanted.open) openBrowser(server.url, log)
    return { engine, server }
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** `ANTEROOM_SECRETS=file` leaves the keyring alone: tests must not write into that of whoever runs them. */
async function secretsFor(dataDir: string): ReturnType<typeof openSecrets> {
  if (process.env.ANTEROOM_SECRETS !== 'file') return openSecrets(dataDir)
  return { secrets: await keyFileSecrets(dataDir), keyringProblem: 'switched off by ANTEROOM_SECRETS' }
}

/** Read before the engine starts: a name that was mistyped costs nothing. */
async function readProvisioning(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new StartError(`The provisioning file ${path} cannot be read: ${(error as Error).message}`)
  }
}

async function provision(engine: Engine, json: string, path: string | undefined): Promise<void> {
  try {
    const { changed } = await engine.provision(json, process.env)
    for (const line of changed) process.stderr.write(`${line}\n`)
  } catch (error) {
    throw new StartError(`The provisioning file ${path} was not applied: ${(error as Error).message}`)
  }
}

async function end(
  { engine, server }: { engine: Engine; server: WebServer },
  { log }: ShellLog,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<number>((done) => {
    timer = setTimeout(() => {
      log.error('the engine did not stop in time')
      process.stderr.write('Anteroom was ended before everything had stopped. No mail is lost by that.\n')
      done(1)
    }, STOP_WITHIN)
  })
  const clean = (async () => {
    await server.close()
    await engine.close()
    return 0
  })()
  try {
    return await Promise.race([clean, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Resolves at the first SIGTERM, SIGINT or SIGHUP. Later ones are ignored: Ctrl+C reaches this process
 * twice under npm, once from the terminal and once passed on by npm.
 */
function untilSignal(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => done(signal))
  })
}
