import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mailbox } from './lab.ts'
import { installed, timed, type Timed } from './processes.ts'

/** The programs that measured figures are held against, by the Debian package that brings them. */
export const PEERS = { isync: 'mbsync', 'maildir-utils': 'mu', notmuch: 'notmuch' } as const

export const hasMbsync = (): boolean => installed('mbsync')
export const hasMu = (): boolean => installed('mu')
export const hasNotmuch = (): boolean => installed('notmuch')

/** An mbsync that pulls a mailbox into `dir`/Maildir, as its manual sets it up; run it again for what is new. */
export function makeMbsync(dir: string, mailbox: Mailbox, port: number): () => Promise<Timed> {
  const config = join(dir, 'mbsyncrc')
  mkdirSync(join(dir, 'Maildir'))
  writeFileSync(
    config,
    [
      'IMAPAccount server',
      'Host 127.0.0.1',
      `Port ${port}`,
      `User ${mailbox.user}`,
      'Pass secret',
      'SSLType None',
      'AuthMechs LOGIN',
      '',
      'IMAPStore far',
      'Account server',
      '',
      'MaildirStore near',
      `Path ${join(dir, 'Maildir')}/`,
      `Inbox ${join(dir, 'Maildir', 'INBOX')}`,
      '',
      'Channel all',
      'Far :far:',
      'Near :near:',
      'Patterns INBOX',
      'Create Near',
      'Sync Pull',
      'SyncState *',
      '',
    ].join('\n'),
  )
  return () => timed('mbsync', ['-q', '-c', config, 'all'])
}

/** mu's index over `dir`/Maildir, in `dir`/mu. */
export function makeMu(dir: string): { init(): void; index(): Promise<Timed>; home: string } {
  const home = join(dir, 'mu')
  const args = ['--quiet', `--muhome=${home}`]
  return {
    home,
    init: () =>
      void execFileSync('mu', ['init', ...args, `--maildir=${join(dir, 'Maildir')}`], { stdio: 'ignore' }),
    index: () => timed('mu', ['index', ...args]),
  }
}

/** `notmuch new` over `dir`/Maildir, its database within. */
export function makeNotmuch(dir: string): () => Promise<Timed> {
  const config = join(dir, 'notmuchrc')
  writeFileSync(
    config,
    `[database]\npath=${join(dir, 'Maildir')}\n[user]\nname=Ada\nprimary_email=ada@acme.test\n[new]\ntags=new\nignore=.mbsyncstate;.uidvalidity\n`,
  )
  return () => timed('notmuch', ['--config', config, 'new', '--quiet'])
}
