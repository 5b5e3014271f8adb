/**
 * The first moment, in local time, of what a date in a query names: `2026-05-31`, `2026-05`, `2026`, `today`,
 * `yesterday`, or so many days, weeks, months or years ago: `7d`, `2w`, `3m`, `1y`.
 * @param now in ms
 * @returns ms, or null when it is no date
 */
export function startOfDate(text: string, now: number): number | null {
  const words = text.trim().toLowerCase()
  const today = new Date(now)
  const year = today.getFullYear()
  const month = today.getMonth()
  const day = today.getDate()
  if (words === 'today') return startOf(year, month, day)
  if (words === 'yesterday') return startOf(year, month, day - 1)

  const ago = /^(\d{1,4})([dwmy])$/.exec(words)
  if (ago) {
    const count = Number(ago[1])
    if (ago[2] === 'd') return startOf(year, month, day - count)
    if (ago[2] === 'w') return startOf(year, month, day - 7 * count)
    const target = ago[2] === 'm' ? month - count : month - 12 * count
    // A month before 31 March is the last day of February.
    return startOf(year, target, Math.min(day, new Date(year, target + 1, 0).getDate()))
  }

  const date = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(words)
  if (!date) return null
  const wanted = { year: Number(date[1]), month: Number(date[2] ?? 1) - 1, day: Number(date[3] ?? 1) }
  if (wanted.year < 1970) return null
  const found = new Date(wanted.year, wanted.month, wanted.day)
  // 31 February would be 3 March.
  if (found.getMonth() !== wanted.month || found.getDate() !== wanted.day) return null
  return found.getTime()
}

const startOf = (year: number, month: number, day: number): number => new Date(year, month, day).getTime()
