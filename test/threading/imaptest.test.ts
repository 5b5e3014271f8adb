import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { baseSubject } from '../../src/main/engine/threading/subject.ts'
import { usableMessageId } from '../../src/main/engine/threading/message-ids.ts'
import type { ThreadingHeaders } from '../../src/main/engine/threading/types.ts'
import { message, ThreadStore } from './thread-store.ts'

/*
 * Dovecot's scripts for THREAD=REFERENCES (RFC 5256 section 3). What is compared is which messages are together: the
 * trees within a thread are not shown in an inbox.
 */
const folder = join(import.meta.dirname, '../../../shared/corpora/imaptest')

/** Where our policy differs, and why. [script, which answer of it] → the groups that are right here. */
const byPolicy: Record<string, { groups: string; why: string }> = {
  'thread 1': {
    groups: '1 2 3',
    why: 'message 2 names both others; RFC 5256 drops one link when message 3 says otherwise, here a link once named stays, else the order of arrival would count',
  },
  'thread2 1': {
    groups: '1 2',
    why: 'the same Message-ID from the same sender is the same conversation; RFC 5256 treats the second as having no id',
  },
  'thread4 1': { groups: '1 / 2', why: 'a subject alone never joins threads; RFC 5256 step 5 joins them' },
}

type Mail = { headers: ThreadingHeaders; subject: string }

function readMbox(file: string): Mail[] {
  const messages = readFileSync(file, 'utf8')
    .split(/^From .*\n/m)
    .slice(1)
  return messages.map((text, index) => {
    const head = text.split('\n\n')[0]!
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
    const ids = (name: string) => [...field(name).matchAll(/<([^>]*)>/g)].map((match) => match[1]!)
    return {
      subject: field('Subject'),
      headers: message({
        messageId: usableMessageId(field('Message-Id')) ?? `none-${index}@anteroom.invalid`,
        references: ids('References'),
        inReplyTo: ids('In-Reply-To'),
        subject: field('Subject'),
        fromAddress: '',
        receivedAt: index,
      }),
    }
  })
}

/** `(1 (2 4)(3))(5)` → `1 2 3 4 / 5`. */
function groupsOf(trees: string): string {
  const groups: number[][] = []
  let depth = 0
  for (const token of trees.match(/[()]|\d+/g) ?? []) {
    if (token === '(' && depth++ === 0) groups.push([])
    else if (token === ')') depth -= 1
    else if (token !== '(') groups.at(-1)!.push(Number(token))
  }
  return groups
    .map((group) => group.sort((a, b) => a - b).join(' '))
    .sort()
    .join(' / ')
}

/** Runs a script: which messages the mailbox holds at each THREAD command, and the answer that is expected. */
function runScript(script: string, mails: Mail[]): { held: Mail[]; expected: string }[] {
  const waiting = [...mails]
  const held: Mail[] = /^messages: all$/m.test(script) ? waiting.splice(0) : []
  const steps: { held: Mail[]; expected: string }[] = []
  let deleted: number[] = []
  for (const line of script.split('\n')) {
    const store = /^ok store ([\d,]+) \+flags \\deleted/.exec(line)
    const answer = /^\* thread (.*)$/i.exec(line)
    if (line === 'ok append') held.push(...waiting.splice(0, 1))
    else if (store) deleted = store[1]!.split(',').map(Number)
    else if (line === 'ok expunge') {
      for (const number of deleted.sort((a, b) => b - a)) held.splice(number - 1, 1)
      deleted = []
    } else if (answer) steps.push({ held: [...held], expected: groupsOf(answer[1]!) })
  }
  return steps
}

function ours(held: Mail[], order: 'as it lies' | 'newest first'): string {
  const store = new ThreadStore()
  const arriving = order === 'newest first' ? [...held].reverse() : held
  for (const mail of arriving) store.add(mail.headers)
  const number = (headers: ThreadingHeaders) => String(held.findIndex((mail) => mail.headers === headers) + 1)
  return store
    .groups(number)
    .map((group) => group.join(' '))
    .join(' / ')
}

const scripts = ['thread', 'thread2', 'thread3', 'thread4', 'thread5', 'thread6', 'thread7', 'thread8']

describe.skipIf(!existsSync(folder))("Dovecot's threading scripts", () => {
  const used = new Set<string>()
  it.each(scripts)('%s', (name) => {
    const steps = runScript(readFileSync(join(folder, name), 'utf8'), readMbox(join(folder, `${name}.mbox`)))
    expect(steps.length).toBeGreaterThan(0)
    steps.forEach(({ held, expected }, index) => {
      const key = `${name} ${index + 1}`
      const policy = byPolicy[key]
      if (policy) {
        used.add(key)
        expect(expected, `${key} no longer differs`).not.toBe(policy.groups)
      }
      expect(ours(held, 'as it lies'), key).toBe(policy?.groups ?? expected)
      expect(ours(held, 'newest first'), key).toBe(policy?.groups ?? expected)
    })
  })

  it('differ by policy exactly where that is said', () => {
    expect([...used].sort()).toEqual(Object.keys(byPolicy).sort())
  })

  it('group by base subject as ORDEREDSUBJECT does', () => {
    const mails = readMbox(join(folder, 'thread-orderedsubject.mbox'))
    const [step] = runScript(readFileSync(join(folder, 'thread-orderedsubject'), 'utf8'), mails)
    const groups = new Map<string, number[]>()
    mails.forEach((mail, index) => {
      const key = baseSubject(decodeWords(mail.subject)).toUpperCase()
      groups.set(key, [...(groups.get(key) ?? []), index + 1])
    })
    const found = [...groups.values()]
      .map((group) => group.join(' '))
      .sort()
      .join(' / ')
    expect(found).toBe(step!.expected)
  })
})

if (!existsSync(folder)) console.log(`Left out: Dovecot's threading scripts, because ${folder} is not there.`)

/** The few encoded words (RFC 2047) of this one mailbox. */
function decodeWords(subject: string): string {
  return subject.replace(/=\?[\w-]+\?([qb])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
    kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : text.replaceAll('_', ' '),
  )
}
