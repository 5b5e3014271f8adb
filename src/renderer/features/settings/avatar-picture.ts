/** Pictures of people are small; what is larger is made smaller here, so that any photo can be chosen. */
const SIDE = 256

/**
 * The middle square of a picture, `SIDE` pixels wide, as PNG. Metadata (where a photo was taken, for one) does not
 * come along. Rejects where the file cannot be read as a picture.
 */
export async function avatarPicture(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  try {
    const side = Math.min(bitmap.width, bitmap.height)
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = SIDE
    const context = canvas.getContext('2d')
    if (!context) throw new Error('There is no canvas to draw on.')
    context.imageSmoothingQuality = 'high'
    const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2]
    context.drawImage(bitmap, left, top, side, side, 0, 0, SIDE, SIDE)
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('The picture is empty.'))),
        'image/png',
      ),
    )
  } finally {
    bitmap.close()
  }
}
