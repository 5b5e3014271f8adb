import EmailForwardParser from 'email-forward-parser'

/**
 * What email-forward-parser finds. Its expressions take the square of what they read and more, so that it is only ever
 * given a few lines without runs of white space: a hostile text of that size costs it some milliseconds.
 */

const CHARACTERS = 1_500
const LINES = 20

const parser = new EmailForwardParser()

/** The address of the author that a second reader finds in these lines, lower case; null where it finds none. */
export function secondReading(lines: readonly string[], subject: string): string | null {
  const text = lines
    .map((line) =>
      line
        .replace(/\s+/g, ' ')
        .replace(/([^\p{L}\p{N}\s])\1{11,}/gu, (run) => run.slice(0, 12))
        .trim()
        .slice(0, 200),
    )
    .filter((line) => line !== '')
    .slice(0, LINES)
    .join('\n')
    .slice(0, CHARACTERS)
  try {
    const { email } = parser.read(text, `Fwd: ${subject.slice(0, 200)}`)
    const address = email.from?.address?.trim().toLowerCase()
    return address && /^[^\s@<>]+@[^\s@<>]+$/.test(address) ? address : null
  } catch {
    // It was not made for hostile input; whatever it cannot read, it has no opinion on.
    return null
  }
}
