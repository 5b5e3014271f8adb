import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { holderOf } from '../../src/main/engine/team/address-holder.ts'
import { addressKey } from '../../src/main/engine/lib/address-key.ts'
import { connectChannel, disconnectChannel } from '../../src/main/engine/team/channel-actions.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

const letters = fc.stringMatching(/^[a-z][a-z0-9]{1,7}$/)
const gmail = fc.constantFrom('gmail.com', 'googlemail.com')
const plusProviders = fc.constantFrom('outlook.com', 'icloud.com', 'fastmail.com', 'proton.me')
const others = fc.constantFrom('acme.test', 'bücher.test', 'mail.example.org')

/** The same text in any mixture of cases. */
const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((char, i) => (upper[i] ? char.toUpperCase() : char)).join(''))

/** The name with dots between some letters. */
const dotted = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((dots) => [...name].map((char, i) => (i > 0 && dots[i] ? `.${char}` : char)).join(''))

const tag = fc.option(letters, { nil: null }).map((text) => (text === null ? '' : `+${text}`))
const space = fc.constantFrom('', ' ')

/** Two spellings of one mailbox. */
const sameMailbox = fc.oneof(
  letters.chain((name) => {
    const spelling = fc
      .tuple(dotted(name), tag, gmail)
      .chain(([local, plus, domain]) => anyCase(`${local}${plus}@${domain}`))
    return fc.tuple(spelling, spelling)
  }),
  fc.tuple(letters, plusProviders).chain(([name, domain]) => {
    const spelling = tag.chain((plus) => anyCase(`${name}${plus}@${domain}`))
    return fc.tuple(spelling, spelling)
  }),
  fc.tuple(letters, tag, others).chain(([name, plus, domain]) => {
    const spelling = fc
      .tuple(anyCase(`${name}${plus}@${domain}`), space, space)
      .map(([text, before, after]) => before + text + after)
    return fc.tuple(spelling, spelling)
  }),
)

/** Two different mailboxes that look alike: a dot or a tag that means something there. */
const differentMailboxes = fc.oneof(
  fc
    .tuple(letters, letters, plusProviders)
    .map(([a, b, domain]) => [`${a}${b}@${domain}`, `${a}.${b}@${domain}`]),
  fc.tuple(letters, letters, others).map(([a, b, domain]) => [`${a}@${domain}`, `${a}+${b}@${domain}`]),
  fc.tuple(letters, others).map(([a, domain]) => [`${a}@${domain}`, `${a}@gmail.com`]),
  fc.tuple(letters, letters).map(([a, b]) => [`${a}${b}@gmail.com`, `${a}x${b}@gmail.com`]),
) as fc.Arbitrary<[string, string]>

describe('addresses are compared as their provider does', () => {
  test('spellings of one mailbox have one key', () => {
    fc.assert(
      fc.property(sameMailbox, ([a, b]) => addressKey(a) === addressKey(b)),
      { numRuns: 500 },
    )
  })

  test('different mailboxes have different keys', () => {
    fc.assert(
      fc.property(differentMailboxes, ([a, b]) => addressKey(a) !== addressKey(b)),
      { numRuns: 500 },
    )
  })

  test('a key is its own key', () => {
    fc.assert(
      fc.property(sameMailbox, ([a]) => addressKey(addressKey(a)) === addressKey(a)),
      { numRuns: 300 },
    )
  })

  test('a domain is one in Unicode and in ASCII (RFC 5890)', () => {
    expect(addressKey('Support@BÜCHER.test')).toBe('support@xn--bcher-kva.test')
    expect(addressKey('support@xn--bcher-kva.test')).toBe('support@xn--bcher-kva.test')
  })
})

describe('an address is connected once (B2)', () => {
  let ws: Workspace
  let users: string[]
  let inboxes: string[]
  beforeEach(() => {
    ws = makeWorkspace()
    users = [ws.user('Ada'), ws.user('Ben')]
    inboxes = [ws.inbox('Support'), ws.inbox('Sales')]
  })
  afterEach(() => ws.stop())

  const home = fc.constantFrom(
    { purpose: 'team', index: 0 } as const,
    { purpose: 'team', index: 1 } as const,
    { purpose: 'personal', index: 0 } as const,
    { purpose: 'personal', index: 1 } as const,
  )
  const connect = (address: string, { purpose, index }: { purpose: 'team' | 'personal'; index: number }) =>
    connectChannel(ws, null, {
      ...(purpose === 'team' ? { purpose, inboxId: inboxes[index]! } : { purpose, userId: users[index]! }),
      address,
      fromName: '',
      imap: { host: '127.0.0.1', port: 1, security: 'none' },
      smtp: { host: '127.0.0.1', port: 1, security: 'none' },
      passwords: { imapPassword: 'x', smtpPassword: 'x' },
    })

  test('whatever the spelling, and as whatever; the refusal names the holder (B3)', async () => {
    await fc.assert(
      fc.asyncProperty(sameMailbox, home, home, async ([first, second], as, then) => {
        const id = await connect(first, as)
        const words =
          as.purpose === 'team'
            ? `a team address of the inbox "${as.index === 0 ? 'Support' : 'Sales'}"`
            : `the personal address of ${as.index === 0 ? 'Ada' : 'Ben'}`
        await expect(connect(second, then)).rejects.toMatchObject({
          code: 'CONFLICT',
          message: `${first.trim()} is connected already, as ${words}. An address is connected once: disconnect it there first.`,
        })
        expect(holderOf(ws.store.read, second)).toMatchObject({ channel: { id }, releasable: false })
        // Free again, it may become something else, and comes back as itself.
        await disconnectChannel(ws, users[0]!, id)
        expect(holderOf(ws.store.read, second)).toBeNull()
        expect(await connect(second, then)).toBe(id)
        const row = ws.store.read.get('SELECT purpose, inbox_id, user_id FROM channels WHERE id = ?', [id])
        expect(row).toEqual(
          then.purpose === 'team'
            ? { purpose: 'team', inbox_id: inboxes[then.index], user_id: null }
            : { purpose: 'personal', inbox_id: null, user_id: users[then.index] },
        )
        await disconnectChannel(ws, users[0]!, id)
      }),
      { numRuns: 60 },
    )
  })
})
