import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'

/** In PEM. */
export type Certificate = { cert: string; key: string }

const DAY = 24 * 60 * 60 * 1000

/** One DER element (X.690 section 8.1): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const hex = body.length.toString(16)
  const length = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body])
}

const SEQUENCE = 0x30
const SET = 0x31

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return der(0x06, Buffer.from(bytes))
}

const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'))

/** GeneralizedTime, which RFC 5280 section 4.1.2.5 wants from 2050 on; UTCTime before. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return new Date(ms).getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(text.slice(2)))
    : der(0x18, Buffer.from(text))
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  der(SEQUENCE, oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value))

/** dNSName or iPAddress of a subjectAltName (RFC 5280 section 4.2.1.6). */
function alternativeName(host: string): Buffer {
  if (isIP(host) === 4) return der(0x87, Buffer.from(host.split('.').map(Number)))
  if (isIP(host) === 6) return der(0x87, ipv6Bytes(host))
  return der(0x82, Buffer.from(host, 'ascii'))
}

function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::')
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => parseInt(word, 16))
  const before = words(head)
  const after = words(tail ?? '')
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]))
}

/**
 * A self-signed certificate for STARTTLS (RFC 5280; ECDSA P-256 with SHA-256). Mail servers encrypt to it without
 * asking who signed it (RFC 3207 section 4.1, RFC 7435), so it protects against listeners, not against impostors.
 * @param names  host names or IP addresses, the first one being the subject
 * @param now    ms; valid from a day before for ten years
 */
export function makeCertificate(names: readonly string[], now: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const algorithm = der(SEQUENCE, oid('1.2.840.10045.4.3.2'))
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, oid('2.5.4.3'), utf8((names[0] ?? 'localhost').slice(0, 64)))),
  )
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const keyId = createHash('sha1').update(spki).digest()
  const extensions = der(
    0xa3,
    der(
      SEQUENCE,
      // basicConstraints (no authority), keyUsage digitalSignature, extKeyUsage serverAuth, subjectAltName, the key's id.
      extension('2.5.29.19', true, der(SEQUENCE)),
      extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))),
      extension('2.5.29.37', false, der(SEQUENCE, oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, der(SEQUENCE, ...names.map(alternativeName))),
      extension('2.5.29.14', false, der(0x04, keyId)),
    ),
  )
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name,
    der(SEQUENCE, time(now - DAY), time(now + 3650 * DAY)),
    name,
    spki,
    extensions,
  )
  const signature = sign('sha256', body, privateKey)
  const whole = der(SEQUENCE, body, algorithm, der(0x03, Buffer.from([0]), signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

export type CertificateFacts = { fingerprint: string; expiresAt: number }

/** @param cert  in PEM */
export function certificateFacts(cert: string): CertificateFacts {
  const { fingerprint256, validTo } = new X509Certificate(cert)
  return { fingerprint: fingerprint256, expiresAt: Date.parse(validTo) }
}

/**
 * Reads a certificate that somebody gives, and proves that the key belongs to it.
 * @throws Error in words for what cannot be used
 */
export function readCertificate({ cert, key }: Certificate): CertificateFacts {
  let parsed: X509Certificate
  try {
    parsed = new X509Certificate(cert)
  } catch (cause) {
    throw new Error('This is no certificate in PEM form (it begins with "-----BEGIN CERTIFICATE-----").', {
      cause,
    })
  }
  let fits = false
  try {
    fits = parsed.checkPrivateKey(createPrivateKey(key))
  } catch (cause) {
    throw new Error('This is no private key in PEM form without a passphrase.', { cause })
  }
  if (!fits) throw new Error('The private key does not belong to the certificate.')
  return { fingerprint: parsed.fingerprint256, expiresAt: Date.parse(parsed.validTo) }
}
