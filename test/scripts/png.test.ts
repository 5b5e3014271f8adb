import { crc32, deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
// @ts-expect-error a script without types
import { decode, shrink } from '../../scripts/png.mjs'

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const out = Buffer.alloc(named.length + 8)
  out.writeUInt32BE(body.length, 0)
  out.set(named, 4)
  out.writeUInt32BE(crc32(named), named.length + 4)
  return out
}

/** Two rows of four pixels: the first as it is, the second as differences to the one above (filter 2). */
function picture(): Buffer {
  const head = Buffer.from([0, 0, 0, 4, 0, 0, 0, 2, 8, 2, 0, 0, 0])
  const first = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]
  const rows = Buffer.from([0, ...first, 2, ...first.map((value) => (value === 255 ? 1 : 0))])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

test('a picture with few colours is the same with a palette', () => {
  const before = decode(picture())
  expect([...before.colours]).toEqual([0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0, 0, 0, 0])
  const after = decode(shrink(picture()))
  expect(after).toEqual(before)
})

test('what is no PNG is refused', () => {
  expect(() => decode(Buffer.from('GIF89a  '))).toThrow('no PNG')
})
