// PNG with a palette: pictures of an interface hold few colours, and take a third of the space that way.
// Only what screenshots need: 8 bits, RGB or RGBA without transparency, not interlaced (PNG specification, 3rd edition).
import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Squared distance in RGB below which two colours share a place in the palette. */
const ALIKE = 48

/**
 * @param {Buffer} png
 * @returns {{ width: number, height: number, colours: Uint32Array }} one 0xRRGGBB a pixel, row by row
 */
export function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('This is no PNG.')
  const data = []
  let head = null
  let palette = null
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') head = body
    if (type === 'PLTE') palette = body
    if (type === 'IDAT') data.push(body)
    at += 12 + length
  }
  const width = head.readUInt32BE(0)
  const height = head.readUInt32BE(4)
  const bytes = { 2: 3, 3: 1, 6: 4 }[head[9]]
  if (head[8] !== 8 || bytes === undefined || head[12] !== 0) throw new Error('This PNG is of another kind.')
  const rows = unfilter(inflateSync(Buffer.concat(data)), width * bytes, height, bytes)
  const colours = new Uint32Array(width * height)
  for (let i = 0; i < colours.length; i++) {
    const [from, at] = palette ? [palette, rows[i] * 3] : [rows, i * bytes]
    colours[i] = (from[at] << 16) | (from[at + 1] << 8) | from[at + 2]
  }
  return { width, height, colours }
}

/** Takes the filters off (section 9). */
function unfilter(raw, stride, height, bytes) {
  const out = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x
      const left = x >= bytes ? out[at - bytes] : 0
      const up = y > 0 ? out[at - stride] : 0
      const corner = x >= bytes && y > 0 ? out[at - stride - bytes] : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]
      out[at] = raw[y * (stride + 1) + 1 + x] + guess
    }
  }
  return out
}

function paeth(left, up, corner) {
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  if (toLeft <= toUp && toLeft <= toCorner) return left
  return toUp <= toCorner ? up : corner
}

const distance = (a, b) =>
  ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2

/** The most used colours that are not much alike, at most 256. */
function choosePalette(colours) {
  const counts = new Map()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const palette = []
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1])) {
    if (palette.length === 256) break
    if (palette.every((other) => distance(other, colour) > ALIKE)) palette.push(colour)
  }
  return palette
}

/**
 * The same picture in at most 256 colours.
 * @param {Buffer} png as `decode` takes it
 * @returns {Buffer}
 */
export function shrink(png) {
  const { width, height, colours } = decode(png)
  const palette = choosePalette(colours)
  const places = new Map()
  const placeOf = (colour) => {
    let place = places.get(colour)
    if (place === undefined) {
      place = palette.reduce(
        (best, one, i) => (distance(one, colour) < distance(palette[best], colour) ? i : best),
        0,
      )
      places.set(colour, place)
    }
    return place
  }
  const rows = Buffer.alloc((width + 1) * height)
  for (let i = 0; i < colours.length; i++)
    rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = placeOf(colours[i])
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk(
      'PLTE',
      Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])),
    ),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
  const out = Buffer.alloc(named.length + 8)
  out.writeUInt32BE(body.length, 0)
  out.set(named, 4)
  out.writeUInt32BE(crc32(named), named.length + 4)
  return out
}
