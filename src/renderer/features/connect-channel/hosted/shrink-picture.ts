/** The widest picture in a signature, in CSS pixels; it is drawn at twice that for sharp screens. */
const WIDTH = 320
/** Characters that a picture may take of a signature's 100,000. */
const LIMIT = 60_000

export type SignaturePicture = { source: string; width: number }

/**
 * Makes a picture small enough for a signature, as a `data:` URL. Smaller and smaller until it fits; null when the
 * file is no picture that can be shown.
 */
export async function shrinkPicture(file: Blob): Promise<SignaturePicture | null> {
  const bitmap = await createImageBitmap(file).catch(() => null)
  if (!bitmap || bitmap.width === 0) return null
  const width = Math.min(WIDTH, bitmap.width)
  for (const [scale, type, quality] of [
    [2, 'image/png', 1],
    [1, 'image/png', 1],
    [2, 'image/jpeg', 0.8],
    [1, 'image/jpeg', 0.8],
    [1, 'image/jpeg', 0.5],
    [0.6, 'image/jpeg', 0.5],
  ] as const) {
    const pixels = Math.min(bitmap.width, Math.round(width * scale))
    const canvas = document.createElement('canvas')
    canvas.width = pixels
    canvas.height = Math.max(1, Math.round((bitmap.height * pixels) / bitmap.width))
    const context = canvas.getContext('2d')
    if (!context) return null
    // JPEG has no transparency: what was clear becomes white, as the mail's own background.
    if (type === 'image/jpeg') {
      context.fillStyle = '#ffffff'
      context.fillRect(0, 0, canvas.width, canvas.height)
    }
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    const source = canvas.toDataURL(type, quality)
    if (source.length <= LIMIT) return { source, width }
  }
  return null
}
