import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * A small JSON file of name → encrypted value that only its owner may read. Every change is written whole
 * to a new file, synced and renamed over the old one, so that a power cut leaves the old or the new.
 */
export type SecretFile = {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
}

/** Opens (without creating) the file at `path`. The values must be encrypted already. */
export function openSecretFile(path: string): SecretFile {
  // Reads and writes go one after the other: two saves at once must not lose one of them.
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = queue.then(task)
    queue = result.catch(() => undefined)
    return result
  }
  const change = (edit: (entries: Record<string, string>) => void) =>
    inTurn(async () => {
      const entries = await readEntries(path)
      edit(entries)
      await writePrivately(path, JSON.stringify(entries, null, 2) + '\n')
    })
  return {
    get: (name) => inTurn(async () => (await readEntries(path))[name] ?? null),
    set: (name, value) => change((entries) => void (entries[name] = value)),
    delete: (name) => change((entries) => void delete entries[name]),
  }
}

/** Writes a file that only its owner may read (0600), durably and all at once; makes its folder (0700). */
export async function writePrivately(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const next = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(next, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
}

/** Reads a private file, taking away rights that others were given meanwhile. Null where there is none. */
export async function readPrivately(path: string): Promise<string | null> {
  try {
    const content = await readFile(path, 'utf8')
    if (process.platform !== 'win32') await chmod(path, 0o600)
    return content
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function readEntries(path: string): Promise<Record<string, string>> {
  const content = await readPrivately(path)
  // Null prototype: a name such as "constructor" is only a name.
  const entries: Record<string, string> = Object.create(null)
  if (content === null) return entries
  let parsed: unknown
  try {
    parsed = JSON.parse(content)
  } catch {
    throw new Error(`The stored passwords in ${path} are damaged. Move the file away and enter them again.`)
  }
  for (const [name, value] of Object.entries(parsed as object)) {
    if (typeof value === 'string') entries[name] = value
  }
  return entries
}
