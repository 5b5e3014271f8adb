import { createHash, randomBytes } from 'node:crypto'

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Namespaces of the ids that every machine derives from the same mail. They are random UUIDs, fixed for ever:
 * changing one changes every id made with it.
 */
export const NAMESPACE = {
  channel: '6f6a2c1e-7b2d-4a55-9a0e-5b1c4f1d8e01',
  thread: '0c1f5a86-3d3b-4a0c-8f51-2a7f6f0e9b02',
  message: 'b8b7d6b4-52f9-4d5c-9c3f-7d0b8a4c6d03',
  contact: '3e2a9f10-64c7-4f0b-b1a8-1f9d2c7e5a04',
  company: '91d4c3b7-0a6e-4c2f-8d7b-6e5f3a2b1c05',
  attachment: 'd5e6f7a8-1b2c-4d3e-9f40-8a7b6c5d4e06',
  user: '4b8f2c6d-9e10-4a37-b5d2-c1e0f3a7d807',
  inbox: 'a27c5e90-3f4b-4d68-8c19-7e6d5b4f2a08',
  domain: 'c83d1f47-52a6-4e9b-b0d4-2f8a6e7c5b09',
  team: '5d0e7b36-8c1f-4f92-a6e4-3b9d2c8f1e0a',
  tag: '1f6d8a3b-7c52-4e09-b4a8-d02e9c5f7713',
  ticket: 'e94b2a68-1d7c-4b05-9f3e-6a8c0d5e7f1b',
  blockedSender: 'b1d7e0a2-5c94-4f6e-8a31-0e7c9d42f615',
  neverLog: '7a5c1e94-6b0d-4f38-9c27-d4e8b1f60a0c',
  personalMessage: '7c5e1d92-4f83-4ba6-8e07-d3b9a6f2c41d',
  duplicateDismissal: '8ca8314a-6a19-434e-a0c8-78450623772c',
  /** Values of properties, associations, the pipeline that is there from the start. */
  recordPart: '2f9b6d41-c07e-4a53-8b1d-95e3f7a0c60e',
} as const

/**
 * A name-based UUID (RFC 9562 section 5.5): the same namespace and name give the same id on every machine.
 * @param namespace a UUID in its usual text form
 * @param name any text, hashed as UTF-8
 * @returns the UUID in lower case
 * @throws TypeError when the namespace is no UUID
 */
export function uuidV5(namespace: string, name: string): string {
  if (!UUID_TEXT.test(namespace))
    throw new TypeError(`"${namespace}" is not a UUID, so it cannot be a namespace`)
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
  const bytes = digest.subarray(0, 16)
  return format(bytes, 5)
}

/**
 * A random UUID that sorts by the time it was made (RFC 9562 section 5.7).
 * @param now milliseconds since the Unix epoch
 * @returns the UUID in lower case
 */
export function uuidV7(now: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Math.max(0, Math.floor(now)), 0, 6)
  return format(bytes, 7)
}

/** Sets version and variant (RFC 9562 sections 4.1 and 4.2) and writes the usual text form. */
function format(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4)
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
