/** The index's tokenizer (unicode61) sees letters, digits and private use; a text without them finds nothing. */
const TOKEN = /[\p{L}\p{N}\p{Co}]/u

/** Scripts that are written without spaces are one long token in the index, so that a beginning is all one can name. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u

/** True when the text has something that the index can find. */
export const isSearchable = (text: string): boolean => TOKEN.test(text)

/**
 * A text as an FTS5 string: whatever is in it is looked for, nothing is syntax. Several words are a phrase.
 * @param prefix whether the last word may go on. Not for a single letter: the shortest prefix index holds two.
 */
export function ftsString(text: string, prefix: boolean): string {
  // A NUL ends the expression for SQLite, and control characters are no text.
  const clean = text.replace(/\p{Cc}+/gu, ' ').trim()
  const last = /[\p{L}\p{N}\p{Co}\p{M}]+[^\p{L}\p{N}\p{Co}]*$/u.exec(clean)?.[0].trim() ?? ''
  const canGrow = [...last].length > 1 || UNSPACED.test(last)
  return `"${clean.replaceAll('"', '""')}"${prefix && canGrow ? ' *' : ''}`
}

/** All of `wanted` and none of `unwanted`; `not` stands alone where nothing is wanted (FTS5's NOT has two sides). */
export function ftsExpression(
  wanted: readonly string[],
  unwanted: readonly string[],
): { fts: string | null; ftsNot: string | null } {
  const not = unwanted.length === 0 ? null : unwanted.join(' OR ')
  if (wanted.length === 0) return { fts: null, ftsNot: not }
  const all = wanted.join(' AND ')
  return { fts: not === null ? all : `(${all}) NOT (${not})`, ftsNot: null }
}
