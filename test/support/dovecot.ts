import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { renameSync, readdirSync, utimesSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { makeCertificate, type Certificate } from './certificate.ts'
import { accepts, freePort, until } from './ports.ts'

/** The system flags of RFC 3501 section 2.3.2. */
export type MailboxFlag = '\\Seen' | '\\Answered' | '\\Flagged' | '\\Deleted' | '\\Draft'

export type DovecotOptions = {
  /** Password by user name. Log in as `name` or as `name@domain`. */
  users: Record<string, string>
  /** The domain of `address()`; `dovecot.test` when left out. */
  domain?: string
  /** The server's certificate; one for localhost and 127.0.0.1 when left out. */
  certificate?: Certificate
  /** `refused`: no login before STARTTLS, like a careful provider; loopback included. */
  plaintext?: 'allowed' | 'refused'
  /** More lines for dovecot.conf. */
  extraConfig?: string
}

export type Dovecot = {
  /** IMAP, without TLS or with STARTTLS. */
  readonly port: number
  /** IMAP over TLS. */
  readonly tlsPort: number
  readonly lmtpPort: number
  /** The certificate in PEM, to trust it in a test. */
  readonly ca: string
  readonly domain: string
  readonly users: Readonly<Record<string, string>>
  /** Everything of this server lies here; removed by `stop`. */
  readonly dir: string
  address(user: string): string
  /** True when `address` belongs to a user of this server. */
  has(address: string): boolean
  /** Puts a message into the INBOX as it is, byte for byte; an idling client is told. */
  deliver(user: string, raw: Uint8Array | string, options?: { at?: number }): void
  /** The same by LMTP: the server adds Return-Path, Delivered-To and Received. */
  deliverByLmtp(user: string, raw: Uint8Array | string): Promise<void>
  /** IMAP APPEND; makes the folder when it is missing. Resolves with the UID. */
  appendTo(
    user: string,
    folder: string,
    raw: Uint8Array | string,
    flags?: readonly MailboxFlag[],
    date?: number,
  ): Promise<number>
  /** The Maildir of a folder (with cur, new and tmp), made when missing; `A/B` is `.A.B` (Maildir++). ASCII names only. */
  folderDir(user: string, folder?: string): string
  /** Gives a file or folder under `dir` to the server's user (needed for what a test writes as root). */
  own(path: string): void
  /** What lies in a folder on disk: the raw bytes of each message, in the order of arrival. */
  messagesOnDisk(user: string, folder?: string): { file: string; raw: Buffer }[]
  /** A logged-in client of its own, to do what another mail client would do. The caller logs out. */
  client(user: string): Promise<ImapFlow>
  setPassword(user: string, password: string): void
  /** Makes the folder's UIDVALIDITY a new one (fault 3): the messages stay and get new UIDs. */
  changeUidValidity(user: string, folder?: string): void
  /** What the server logged so far. */
  log(): string
  /** Ends the server and starts it again on the same ports and data. */
  restart(): Promise<void>
  /** Ends the server but keeps data and ports; `restart` brings it back. */
  halt(): Promise<void>
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

const NOBODY = 65534
/** Pid files of servers that run, so that none outlives a test run that ends early. */
const running = new Set<string>()
process.once('exit', () => {
  for (const file of running) {
    try {
      process.kill(Number(readFileSync(file, 'utf8').trim()), 'SIGTERM')
    } catch {
      // It is gone already.
    }
  }
})
let serial = 0

/**
 * Starts a Dovecot of its own on free ports of 127.0.0.1, in a temporary folder, as an unprivileged user.
 * Rejects with what to install when there is no dovecot.
 */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const binary = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'].find((path) =>
    existsSync(path),
  )
  if (!binary) {
    throw new Error(
      'Dovecot is missing. Debian: apt-get install dovecot-imapd dovecot-lmtpd. macOS: brew install dovecot.',
    )
  }
  const asRoot = process.getuid?.() === 0
  const domain = options.domain ?? 'dovecot.test'
  const users: Record<string, string> = { ...options.users }
  const dir = mkdtempSync(join(tmpdir(), 'anteroom-dovecot-'))
  const certificate = options.certificate ?? makeCertificate()
  const own = (path: string) => {
    if (asRoot) chownSync(path, NOBODY, NOBODY)
  }
  const write = (name: string, text: string) => {
    const path = join(dir, name)
    writeFileSync(path, text)
    own(path)
  }
  const mkdir = (path: string) => {
    mkdirSync(path, { recursive: true })
    own(path)
  }
  own(dir)
  mkdir(join(dir, 'mail'))
  write('cert.pem', certificate.cert)
  write('key.pem', certificate.key)
  const writeUsers = () =>
    write(
      'users',
      Object.entries(users)
        .map(([name, password]) => `${name}:{PLAIN}${password}\n`)
        .join(''),
    )
  writeUsers()

  let ports = { imap: 0, imaps: 0, lmtp: 0 }
  const pidFile = join(dir, 'run', 'master.pid')

  const boot = async () => {
    write('dovecot.conf', configuration({ dir, asRoot, ports, options }))
    const [command, args] = asRoot
      ? [
          'setpriv',
          [
            `--reuid=${NOBODY}`,
            `--regid=${NOBODY}`,
            '--clear-groups',
            binary,
            '-c',
            join(dir, 'dovecot.conf'),
          ],
        ]
      : [binary, ['-c', join(dir, 'dovecot.conf')]]
    const output = await new Promise<string>((resolve, reject) => {
      const child = spawn(command as string, args as string[], { stdio: ['ignore', 'pipe', 'pipe'] })
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
      child.once('error', reject)
      // It detaches itself: the parent exits once the listeners are open, or with a complaint. `exit`, not
      // `close`: the daemon may keep our pipes.
      child.once('exit', (code) => {
        child.stdout.destroy()
        child.stderr.destroy()
        if (code === 0) resolve(text)
        else reject(new Error(`dovecot ended with ${code}: ${text.trim()}`))
      })
    })
    try {
      // It listens before it wrote its pid, and without the pid it could not be stopped.
      const up = async () => existsSync(pidFile) && (await accepts(ports.imap)) && (await accepts(ports.lmtp))
      await until('dovecot to listen', up)
      running.add(pidFile)
    } catch (cause) {
      throw new Error(`dovecot does not listen: ${output}${readLog()}`, { cause })
    }
  }
  const readLog = () => (existsSync(join(dir, 'log')) ? readFileSync(join(dir, 'log'), 'utf8') : '')

  const halt = async () => {
    running.delete(pidFile)
    if (existsSync(pidFile)) {
      const pid = Number(readFileSync(pidFile, 'utf8').trim())
      if (pid > 1) {
        try {
          process.kill(pid, 'SIGTERM')
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
        }
        // Children that are only just starting would hold it up for 5 s; sessions say BYE when they are asked.
        const hurry = [
          setTimeout(() => signalChildren(pid, 'SIGTERM'), 300),
          setTimeout(() => signalChildren(pid, 'SIGKILL'), 1500),
        ]
        await until('dovecot to end', () => !existsSync(pidFile) || !alive(pid))
        for (const timer of hurry) clearTimeout(timer)
      }
    }
    await until('the port of dovecot to close', async () => !(await accepts(ports.imap)))
  }

  for (let attempt = 1; ; attempt++) {
    ports = { imap: await freePort(), imaps: await freePort(), lmtp: await freePort() }
    try {
      await boot()
      break
    } catch (error) {
      await halt().catch(() => undefined)
      if (attempt === 4 || !/Address already in use/.test(`${String(error)}${readLog()}`)) {
        rmSync(dir, { recursive: true, force: true })
        throw error
      }
    }
  }

  const mustKnow = (user: string) => {
    if (!(user in users)) throw new Error(`This Dovecot has no user "${user}"`)
  }
  const folderDir = (user: string, folder = 'INBOX') => {
    mustKnow(user)
    if (!/^[\x20-\x25\x27-\x7e]+$/.test(folder))
      throw new Error('folderDir() takes ASCII names without "&" only')
    const home = join(dir, 'mail', user)
    const root = join(home, 'Maildir')
    const path = folder.toUpperCase() === 'INBOX' ? root : join(root, `.${folder.replaceAll('/', '.')}`)
    for (const part of [home, root, path, join(path, 'cur'), join(path, 'new'), join(path, 'tmp')]) {
      if (!existsSync(part)) mkdir(part)
    }
    return path
  }
  const client = async (user: string) => {
    mustKnow(user)
    const imap = new ImapFlow({
      host: '127.0.0.1',
      port: ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user, pass: users[user] as string },
      logger: false,
      disableAutoIdle: true,
    })
    imap.on('error', () => undefined)
    await imap.connect()
    return imap
  }

  return {
    get port() {
      return ports.imap
    },
    get tlsPort() {
      return ports.imaps
    },
    get lmtpPort() {
      return ports.lmtp
    },
    ca: certificate.cert,
    domain,
    users,
    dir,
    own,
    folderDir,
    client,
    address: (user) => `${user}@${domain}`,
    has: (address) => {
      const at = address.lastIndexOf('@')
      return address.slice(at + 1).toLowerCase() === domain && address.slice(0, at).toLowerCase() in users
    },
    deliver(user, raw, { at } = {}) {
      const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw
      const folder = folderDir(user)
      // Maildir's way: complete in tmp, then renamed, so that the server never sees half a message.
      // The first part orders what arrives within a second.
      const now = Date.now()
      const name = `${Math.floor(now / 1000)}.M${String(now % 1000).padStart(3, '0')}${String(++serial).padStart(6, '0')}P${process.pid}.test,S=${bytes.length}`
      const temporary = join(folder, 'tmp', name)
      writeFileSync(temporary, bytes)
      if (at !== undefined) utimesSync(temporary, at / 1000, at / 1000)
      own(temporary)
      renameSync(temporary, join(folder, 'new', name))
    },
    async deliverByLmtp(user, raw) {
      mustKnow(user)
      const connection = new SMTPConnection({
        host: '127.0.0.1',
        port: ports.lmtp,
        lmtp: true,
        ignoreTLS: true,
      })
      await new Promise<void>((resolve, reject) => {
        connection.once('error', reject)
        connection.connect((error) => {
          if (error) return reject(error)
          const envelope = { from: 'sender@elsewhere.test', to: [`${user}@${domain}`] }
          connection.send(envelope, Buffer.from(raw), (failure) => {
            if (failure) return reject(failure)
            connection.quit()
            resolve()
          })
        })
      })
    },
    async appendTo(user, folder, raw, flags = [], date) {
      const imap = await client(user)
      try {
        const when = date === undefined ? undefined : new Date(date)
        if (folder.toUpperCase() !== 'INBOX') await imap.mailboxCreate(folder)
        const done = await imap.append(folder, Buffer.from(raw), [...flags], when)
        if (!done || done.uid === undefined) throw new Error(`APPEND to ${folder} gave no UID`)
        return done.uid
      } finally {
        await imap.logout()
      }
    },
    messagesOnDisk(user, folder) {
      const path = folderDir(user, folder)
      for (let tries = 1; ; tries += 1)
        try {
          return ['new', 'cur']
            .flatMap((part) =>
              readdirSync(join(path, part)).map((name) => ({ name, file: join(path, part, name) })),
            )
            .sort((a, b) => (a.name < b.name ? -1 : 1))
            .map(({ file }) => ({ file, raw: readFileSync(file) }))
        } catch (error) {
          // The server moved one, or gave it another name for its flags, between the two: once more.
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 20) throw error
        }
    },
    setPassword(user, password) {
      mustKnow(user)
      users[user] = password
      writeUsers()
    },
    changeUidValidity(user, folder) {
      const path = folderDir(user, folder)
      // Without its list of UIDs Dovecot numbers everything again. Its UIDVALIDITY comes from a counter file
      // or the clock, both may repeat within a second: so the new list is begun here, with a value that differs.
      const list = join(path, 'dovecot-uidlist')
      const before = existsSync(list) ? /V(\d+)/.exec(readFileSync(list, 'latin1'))?.[1] : undefined
      for (const name of readdirSync(path))
        if (name.startsWith('dovecot.index') || name === 'dovecot-uidlist') rmSync(join(path, name))
      const value = Number(before ?? Math.floor(Date.now() / 1000)) + 1000
      writeFileSync(list, `3 V${value} N1 G${value.toString(16).padStart(32, '0')}\n`)
      own(list)
    },
    log: readLog,
    halt,
    async restart() {
      await halt()
      await boot()
    },
    async stop() {
      await halt()
      rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
}

/** Signals the processes that `pid` started, where /proc tells them (Linux); elsewhere they end by themselves. */
function signalChildren(pid: number, signal: NodeJS.Signals): void {
  if (!existsSync('/proc/self/stat')) return
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      // The parent is the second field after the name, which may hold anything but ends with the last ")".
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1')
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
      if (Number(parent) === pid) process.kill(Number(entry), signal)
    } catch (error) {
      // It ended meanwhile.
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error
    }
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function configuration(init: {
  dir: string
  asRoot: boolean
  ports: { imap: number; imaps: number; lmtp: number }
  options: DovecotOptions
}): string {
  const { dir, asRoot, ports, options } = init
  const me = userInfo()
  const user = asRoot ? 'nobody' : me.username
  const group = asRoot ? 'nogroup' : execFileSync('id', ['-gn']).toString().trim()
  const ids = asRoot ? { uid: NOBODY, gid: NOBODY } : { uid: me.uid, gid: me.gid }
  const special = ['Sent', 'Junk', 'Drafts', 'Trash']
    .map((name) => `  mailbox ${name} {\n    special_use = \\${name}\n    auto = subscribe\n  }`)
    .join('\n')
  return `base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
protocols = imap lmtp
listen = 127.0.0.1
mail_fsync = never
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0 secs
ssl = ${options.plaintext === 'refused' ? 'required' : 'yes'}
ssl_cert = <${dir}/cert.pem
ssl_key = <${dir}/key.pem
mail_max_userip_connections = 100
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n ${dir}/users
}
userdb {
  driver = static
  args = uid=${ids.uid} gid=${ids.gid} home=${dir}/mail/%n
}
service anvil {
  chroot =
  # Failed logins are not made slower: tests make them on purpose.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
protocol lmtp {
  auth_username_format = %n
}
namespace inbox {
  inbox = yes
  separator = /
${special}
}
${options.extraConfig ?? ''}
`
}
