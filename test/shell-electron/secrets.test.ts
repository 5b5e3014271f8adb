import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { electronDouble } from './electron-double.ts'

// Over a double of safeStorage: it shows what is kept and asked, not what the system's keychain does.
vi.mock('electron', () => electronDouble)
const { openSafeSecrets } = await import('../../src/main/shell-electron/secrets.ts')

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'anteroom-secrets-'))
  Object.assign(electronDouble.safeStorage, { backend: 'gnome_libsecret', available: true, rotate: false })
})
afterEach(() => rm(dir, { recursive: true }))

describe('passwords under Electron', () => {
  test('are sealed by safeStorage in a file that only the owner reads', async () => {
    const { secrets, unprotected } = await openSafeSecrets(dir)
    expect([secrets.kind, unprotected]).toEqual(['safe_storage', false])
    await secrets.set('imap', 'geheim')
    expect(await secrets.get('imap')).toBe('geheim')
    expect(await secrets.get('smtp')).toBeNull()
    expect(await readFile(secrets.path!, 'utf8')).not.toContain('geheim')
    if (process.platform !== 'win32') expect((await stat(secrets.path!)).mode & 0o777).toBe(0o600)
    await secrets.delete('imap')
    expect(await secrets.get('imap')).toBeNull()
    expect(await readdir(dir)).toEqual(['safe-storage.json'])
  })

  test('are sealed anew when the system has a newer key', async () => {
    const { secrets } = await openSafeSecrets(dir)
    await secrets.set('imap', 'geheim')
    electronDouble.safeStorage.rotate = true
    const sealed = vi.spyOn(electronDouble.safeStorage, 'encryptStringAsync')
    expect(await secrets.get('imap')).toBe('geheim')
    expect(sealed).toHaveBeenCalledWith('geheim')
    sealed.mockRestore()
  })

  test('that cannot be decrypted say so', async () => {
    const { secrets } = await openSafeSecrets(dir)
    await writeFile(secrets.path!, JSON.stringify({ imap: Buffer.from('x').toString('base64') }))
    await expect(secrets.get('imap')).rejects.toThrow('Enter it again')
  })

  test.runIf(process.platform === 'linux')(
    'never go into basic_text: the key file takes them, and it is told',
    async () => {
      electronDouble.safeStorage.backend = 'basic_text'
      const { secrets, unprotected } = await openSafeSecrets(dir)
      expect([secrets.kind, unprotected]).toEqual(['key_file', true])
      await secrets.set('imap', 'geheim')
      expect(await secrets.get('imap')).toBe('geheim')
      expect(await readdir(dir)).not.toContain('safe-storage.json')
    },
  )

  test('where the system has no key, likewise', async () => {
    electronDouble.safeStorage.available = false
    expect(await openSafeSecrets(dir)).toMatchObject({ secrets: { kind: 'key_file' }, unprotected: true })
  })
})
