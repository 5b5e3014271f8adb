import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** Costs 32 MB and about a tenth of a second for each guess (RFC 7914 section 2). */
const COST = { log2N: 15, r: 8, p: 1 }
const MAX_MEMORY = 64 * 1024 * 1024
const KEY_BYTES = 32

/** Letters that look alike are one passphrase, however the keyboard composes them (RFC 8265 section 4.2). */
const bytesOf = (passphrase: string): string => passphrase.normalize('NFC')

/** What is kept of a passphrase: the parameters, a salt of its own, and the hash. */
export async function hashPassphrase(passphrase: string): Promise<string> {
  const salt = randomBytes(16)
  const { log2N, r, p } = COST
  const hash = await derive(bytesOf(passphrase), salt, KEY_BYTES, { N: 2 ** log2N, r, p, maxmem: MAX_MEMORY })
  return ['scrypt', log2N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Whether a passphrase is the one that was kept. Takes the same time wherever they differ. */
export async function isPassphrase(kept: string, passphrase: string): Promise<boolean> {
  const [kind, log2N, r, p, salt, hash] = kept.split('$')
  if (kind !== 'scrypt' || !salt || !hash) return false
  const wanted = Buffer.from(hash, 'base64url')
  const options = { N: 2 ** Number(log2N), r: Number(r), p: Number(p), maxmem: MAX_MEMORY }
  const given = await derive(bytesOf(passphrase), Buffer.from(salt, 'base64url'), wanted.length, options)
  return timingSafeEqual(given, wanted)
}
