import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readPrivately, writePrivately } from '../shell-shared/secret-file.ts'

/**
 * The session token of a data folder: 256 random bits in `session-token`, readable by its owner only.
 * It is kept over restarts, so that a page that is open or bookmarked works again after one. Deleting
 * the file signs every browser out at the next start.
 */
export async function sessionToken(dataDir: string): Promise<string> {
  const path = join(dataDir, 'session-token')
  const kept = (await readPrivately(path))?.trim()
  if (kept !== undefined && /^[\w-]{43}$/.test(kept)) return kept
  const token = randomBytes(32).toString('base64url')
  await writePrivately(path, token + '\n')
  return token
}
