import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { SecretStore } from '../engine/types.ts'
import { keyFileSecrets } from '../shell-shared/key-file-secrets.ts'
import { readPrivately, writePrivately } from '../shell-shared/secret-file.ts'

/** What is used of @napi-rs/keyring's AsyncEntry; a double in tests. */
export type KeyringEntry = {
  setPassword(value: string, signal?: AbortSignal): Promise<void>
  getPassword(signal?: AbortSignal): Promise<string | null | undefined>
  deletePassword(signal?: AbortSignal): Promise<unknown>
}

/** Makes the entry of an account in the system's keyring; throws or rejects where there is none. */
export type Keyring = (account: string) => KeyringEntry

const SERVICE = 'Anteroom'

/** Loads the system's keyring. Rejects where its native module does not exist for this system. */
export async function systemKeyring(): Promise<Keyring> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  return (account) =>
    // Linux: only the Secret Service. The kernel's keyring, which the library would fall back to, forgets
    // everything at the next restart of the machine.
    new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } })
}

/**
 * The place for passwords on this machine: the system's keyring where storing, reading and deleting a
 * trial value works, else an encrypted file next to the data, whose key lies in a file of its own (`kind`
 * is `key_file` then, and the interface tells the user).
 *
 * @param dataDir the data folder; passwords belong to it, so that two workspaces do not share them
 * @param loadKeyring for tests
 * @param timeout ms that the trial may take: a keyring can hang on a dead bus
 * @returns the store and, where the keyring did not work, why not
 */
export async function openSecrets(
  dataDir: string,
  loadKeyring: () => Promise<Keyring> = systemKeyring,
  timeout = 5000,
): Promise<{ secrets: SecretStore; keyringProblem: string | null }> {
  const id = await folderId(dataDir)
  try {
    const keyring = await withTimeout(tryKeyring(loadKeyring, id), timeout)
    return { secrets: keyringSecrets(keyring, id), keyringProblem: null }
  } catch (error) {
    return { secrets: await keyFileSecrets(dataDir), keyringProblem: message(error) }
  }
}

async function tryKeyring(load: () => Promise<Keyring>, id: string): Promise<Keyring> {
  const keyring = await load()
  const entry = keyring(`${id}/probe-${randomBytes(4).toString('hex')}`)
  const value = randomBytes(16).toString('hex')
  await entry.setPassword(value)
  const back = await entry.getPassword()
  await entry.deletePassword()
  if (back !== value) throw new Error('The keyring did not give back what was stored in it.')
  return keyring
}

function keyringSecrets(keyring: Keyring, id: string): SecretStore {
  const entry = (name: string) => keyring(`${id}/${name}`)
  return {
    kind: 'keyring',
    path: null,
    get: async (name) => (await entry(name).getPassword()) ?? null,
    set: (name, value) => entry(name).setPassword(value),
    delete: async (name) => void (await entry(name).deletePassword()),
  }
}

/** A random name for the data folder in the keyring, kept in the folder so that it may be moved. */
async function folderId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'keyring-id')
  const kept = (await readPrivately(path))?.trim()
  if (kept !== undefined && /^[0-9a-f]{16}$/.test(kept)) return kept
  const id = randomBytes(8).toString('hex')
  await writePrivately(path, id + '\n')
  return id
}

async function withTimeout<T>(task: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`The keyring did not answer within ${ms / 1000} s.`)), ms)
  })
  try {
    return await Promise.race([task, late])
  } finally {
    clearTimeout(timer)
    // What loses the race may still fail later, which nobody needs to hear.
    task.catch(() => undefined)
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
