/** What most servers take at the most, in bytes. */
const USUAL_LIMIT = 25_000_000

/**
 * How large a mail will be on the wire, in bytes, roughly: files grow by base64 and its line ends (RFC 2045 section 6.8),
 * the text by quoted-printable, once as HTML and once plain.
 */
export const mailSize = (files: readonly { size: number }[], html: string): number =>
  files.reduce((sum, { size }) => sum + Math.ceil((size * 4) / 3) * (78 / 76) + 500, 2000 + html.length * 1.8)

export type SizeProblem = { bytes: number; limit: number; known: boolean }

/**
 * Whether a mail is larger than its server takes. Null when it fits.
 * @param limit  bytes that the server named; null where it is not known, so that what is usual counts
 */
export function sizeProblem(
  files: readonly { size: number }[],
  html: string,
  limit: number | null,
): SizeProblem | null {
  const bytes = mailSize(files, html)
  return bytes > (limit ?? USUAL_LIMIT) ? { bytes, limit: limit ?? USUAL_LIMIT, known: limit !== null } : null
}
