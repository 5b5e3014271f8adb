/** How well `text` fits what was typed: 0 not at all, the beginning of the whole best, letters in order least. */
export function matchScore(text: string, typed: string): number {
  const wanted = plain(typed)
  if (wanted === '') return 1
  const given = plain(text)
  if (given.startsWith(wanted)) return 4
  if (given.includes(` ${wanted}`)) return 3
  if (given.includes(wanted)) return 2
  let from = 0
  for (const letter of wanted.replaceAll(' ', '')) {
    from = given.indexOf(letter, from) + 1
    if (from === 0) return 0
  }
  return 1
}

const plain = (text: string): string => text.trim().toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')

/** Those whose label fits what was typed, the best first, else in the order given. */
export function matching<T extends { label: string }>(options: readonly T[], typed: string): T[] {
  return options
    .map((option, order) => ({ option, order, score: matchScore(option.label, typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .map(({ option }) => option)
}
