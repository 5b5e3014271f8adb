/** One or two letters for a name or an address: "Ada Agent" → "AA", "info@acme.test" → "I". */
export function initialsOf(name: string): string {
  const words = (name.split('@')[0] ?? '').split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const first = firstLetter(words[0])
  const last = words.length > 1 && name.includes(' ') ? firstLetter(words.at(-1)) : ''
  return (first + last).toLocaleUpperCase() || '?'
}

/** The same hue (0 to 359) for the same name, everywhere. */
export function hueOf(name: string): number {
  let hash = 7
  for (const char of name.toLowerCase()) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 100_003
  return hash % 360
}

const firstLetter = (word: string | undefined): string => word?.match(/[\p{L}\p{N}]/u)?.[0] ?? ''
