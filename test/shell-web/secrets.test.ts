import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keyFileSecrets } from '../../src/main/shell-shared/key-file-secrets.ts'
import { openSecrets } from '../../src/main/shell-web/secrets.ts'
import type { Keyring } from '../../src/main/shell-web/secrets.ts'
import { sessionToken } from '../../src/main/shell-web/session-token.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'anteroom-secrets-'))
})
afterEach(() => rm(dir, { recursive: true }))

/** A keyring in memory, in place of the system's. */
function memoryKeyring(entries = new Map<string, string>()): Keyring {
  return (account) => ({
    setPassword: async (value) => void entries.set(account, value),
    getPassword: async () => entries.get(account) ?? null,
    deletePassword: async () => entries.delete(account),
  })
}

describe("the system's keyring", () => {
  test('is used where it works, and the trial leaves nothing behind', async () => {
    const entries = new Map<string, string>()
    const { secrets, keyringProblem } = await openSecrets(dir, async () => memoryKeyring(entries))
    expect([secrets.kind, secrets.path, keyringProblem]).toEqual(['keyring', null, null])
    expect(entries.size).toBe(0)
    await secrets.set('imap', 'geheim')
    expect(await secrets.get('imap')).toBe('geheim')
    await secrets.delete('imap')
    expect(await secrets.get('imap')).toBeNull()
  })

  test('keeps two data folders apart, and a folder its own over a restart', async () => {
    const entries = new Map<string, string>()
    const other = await mkdtemp(join(tmpdir(), 'anteroom-secrets-'))
    const load = async () => memoryKeyring(entries)
    await (await openSecrets(dir, load)).secrets.set('imap', 'one')
    expect(await (await openSecrets(other, load)).secrets.get('imap')).toBeNull()
    expect(await (await openSecrets(dir, load)).secrets.get('imap')).toBe('one')
    await rm(other, { recursive: true })
  })

  test.each<[string, () => Promise<Keyring>, string]>([
    ['has no module', () => Promise.reject(new Error('no binding')), 'no binding'],
    [
      'throws at once',
      async () => () => {
        throw new Error('no bus')
      },
      'no bus',
    ],
    [
      'forgets',
      async () => (name) => ({ ...memoryKeyring()(name), getPassword: async () => null }),
      'did not give back',
    ],
    [
      'hangs',
      async () => (name) => ({ ...memoryKeyring()(name), setPassword: () => new Promise(() => {}) }),
      'within',
    ],
  ])('that %s gives way to a key file, with the reason', async (_name, load, reason) => {
    const { secrets, keyringProblem } = await openSecrets(dir, load, 50)
    expect(secrets.kind).toBe('key_file')
    expect(secrets.path).toBe(join(dir, 'secrets.key'))
    expect(keyringProblem).toContain(reason)
  })
})

describe('the key file', () => {
  const file = () => join(dir, 'secrets.json')
  const stored = async () => JSON.parse(await readFile(file(), 'utf8')) as Record<string, string>

  test('keeps passwords over a restart, encrypted, for the owner alone', async () => {
    await (await keyFileSecrets(dir)).set('imap/ada', 'gehéim 🔑')
    expect(await (await keyFileSecrets(dir)).get('imap/ada')).toBe('gehéim 🔑')
    expect(await readFile(file(), 'utf8')).not.toContain('geh')
    if (process.platform !== 'win32') {
      for (const name of ['secrets.json', 'secrets.key']) {
        expect((await stat(join(dir, name))).mode & 0o777, name).toBe(0o600)
      }
    }
  })

  test.runIf(process.platform !== 'win32')('takes back rights that others were given', async () => {
    const secrets = await keyFileSecrets(dir)
    await secrets.set('imap', 'x')
    await chmod(file(), 0o644)
    await secrets.get('imap')
    expect((await stat(file())).mode & 0o777).toBe(0o600)
  })

  test('the same password twice is not the same text, and an entry cannot stand in for another', async () => {
    const secrets = await keyFileSecrets(dir)
    await secrets.set('a', 'geheim')
    await secrets.set('b', 'geheim')
    const entries = await stored()
    expect(entries['a']).not.toBe(entries['b'])
    await writeFile(file(), JSON.stringify({ ...entries, b: entries['a'] }))
    await expect(secrets.get('b')).rejects.toThrow('Enter it again')
  })

  test('many at once are all kept', async () => {
    const secrets = await keyFileSecrets(dir)
    await Promise.all(Array.from({ length: 30 }, (_, i) => secrets.set(`n${i}`, String(i))))
    expect(Object.keys(await stored())).toHaveLength(30)
    await Promise.all(Array.from({ length: 29 }, (_, i) => secrets.delete(`n${i}`)))
    expect(Object.keys(await stored())).toEqual(['n29'])
  })

  test('damage is said, and nothing is overwritten', async () => {
    await writeFile(join(dir, 'secrets.key'), 'short')
    await expect(keyFileSecrets(dir)).rejects.toThrow('secrets.key is damaged')
    expect(await readFile(join(dir, 'secrets.key'), 'utf8')).toBe('short')
    await rm(join(dir, 'secrets.key'))
    const secrets = await keyFileSecrets(dir)
    await writeFile(file(), '{"a":')
    await expect(secrets.set('b', 'x')).rejects.toThrow('damaged')
    expect(await readFile(file(), 'utf8')).toBe('{"a":')
  })

  test('names of Object.prototype are only names', async () => {
    const secrets = await keyFileSecrets(dir)
    expect(await secrets.get('constructor')).toBeNull()
    await secrets.set('__proto__', 'x')
    expect(await secrets.get('__proto__')).toBe('x')
  })
})

test('the session token stays over a restart, is private, and is made anew when it is damaged', async () => {
  const token = await sessionToken(dir)
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(await sessionToken(dir)).toBe(token)
  const path = join(dir, 'session-token')
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  await writeFile(path, 'x')
  const next = await sessionToken(dir)
  expect(next).not.toBe(token)
  expect(next).toMatch(/^[\w-]{43}$/)
})
