import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { SecretStore } from '../engine/types.ts'
import { openSecretFile, readPrivately, writePrivately } from './secret-file.ts'

/**
 * Passwords in `secrets.json`, each sealed with AES-256-GCM under the key in `secrets.key`; both files are
 * their owner's only (0600). This keeps passwords out of copies of the data folder that leave the key
 * behind; it does not protect against somebody who can read the owner's files.
 */
export async function keyFileSecrets(dataDir: string): Promise<SecretStore> {
  const path = join(dataDir, 'secrets.key')
  const key = await readOrMakeKey(path)
  const file = openSecretFile(join(dataDir, 'secrets.json'))
  return {
    kind: 'key_file',
    path,
    get: async (name) => {
      const sealed = await file.get(name)
      return sealed === null ? null : unseal(sealed, name, key, path)
    },
    set: (name, value) => file.set(name, seal(value, name, key)),
    delete: (name) => file.delete(name),
  }
}

async function readOrMakeKey(path: string): Promise<Buffer> {
  const kept = await readPrivately(path)
  if (kept !== null) {
    const key = Buffer.from(kept.trim(), 'base64')
    if (key.length === 32) return key
    throw new Error(`The key in ${path} is damaged. Move it away; passwords must be entered again then.`)
  }
  const key = randomBytes(32)
  await writePrivately(path, key.toString('base64') + '\n')
  return key
}

function seal(value: string, name: string, key: Buffer): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  // The name is authenticated too: an entry cannot be passed off as another's.
  cipher.setAAD(Buffer.from(name))
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), data]).toString('base64')
}

function unseal(sealed: string, name: string, key: Buffer, keyPath: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
  } catch {
    throw new Error(`The password "${name}" cannot be read with the key in ${keyPath}. Enter it again.`)
  }
}
