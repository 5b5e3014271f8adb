import { join } from 'node:path'
import { safeStorage } from 'electron'
import type { SecretStore } from '../engine/types.ts'
import { keyFileSecrets } from '../shell-shared/key-file-secrets.ts'
import { openSecretFile } from '../shell-shared/secret-file.ts'

/**
 * The place for passwords under Electron: `safe-storage.json` in the data folder, each value sealed with
 * the system's key by safeStorage, the file its owner's only.
 *
 * Where the system has no key (no keychain, or on Linux the backend `basic_text`, which seals with a
 * password that is written in Chromium's source), the encrypted key file of the web shell is used instead,
 * and the caller is told so that it can warn: never silently.
 *
 * @param dataDir the data folder
 * @returns the store, and whether the system's protection is missing. After Electron's `ready` only.
 */
export async function openSafeSecrets(
  dataDir: string,
): Promise<{ secrets: SecretStore; unprotected: boolean }> {
  const plain = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text'
  if (plain || !(await safeStorage.isAsyncEncryptionAvailable())) {
    return { secrets: await keyFileSecrets(dataDir), unprotected: true }
  }
  const path = join(dataDir, 'safe-storage.json')
  const file = openSecretFile(path)
  const set = async (name: string, value: string) =>
    file.set(name, (await safeStorage.encryptStringAsync(value)).toString('base64'))
  const secrets: SecretStore = {
    kind: 'safe_storage',
    path,
    async get(name) {
      const sealed = await file.get(name)
      if (sealed === null) return null
      const { result, shouldReEncrypt } = await unseal(sealed, name)
      // The system has a newer key: the old one may go away.
      if (shouldReEncrypt) await set(name, result)
      return result
    },
    set,
    delete: (name) => file.delete(name),
  }
  return { secrets, unprotected: false }
}

async function unseal(sealed: string, name: string) {
  try {
    return await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))
  } catch (error) {
    throw new Error(`The system could not decrypt the password "${name}". Enter it again.`, { cause: error })
  }
}
