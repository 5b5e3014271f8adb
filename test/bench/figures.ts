/** One line of the table. Less is better in every unit, so that a ratio below one means "better than the peer". */
export type Figure = {
  name: string
  ours: number
  unit: Unit
  /** What it is held against, measured in the same run. Null where there is nothing to hold it against. */
  peer: { name: string; value: number } | null
  /** `ours` in the figure's unit, or ours through the peer's. Null where the issue names no goal. */
  goal: { of: 'ours' | 'ratio'; atMost: number } | null
  note?: string
}

export type Unit = 'ms' | 's' | 'MB' | 'KB' | 'µs' | '%'

/** A row that could not be measured, and why. */
export type Failure = { name: string; why: string }

export const ratioOf = ({ ours, peer }: Figure): number | null =>
  peer === null || peer.value === 0 ? null : ours / peer.value

/** Whether the goal is met; null where there is none, or nothing to compare with. */
export function met(figure: Figure): boolean | null {
  if (figure.goal === null) return null
  const value = figure.goal.of === 'ours' ? figure.ours : ratioOf(figure)
  return value === null ? null : value <= figure.goal.atMost
}

/** The value at `share` (0 to 1) of the sorted values: the nearest rank, so that it is one that was measured. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('nothing was measured')
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** A number as people read it: three digits that mean something. */
export function digits(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB')
  return String(Number(value.toPrecision(Math.abs(value) >= 10 ? 3 : 2)))
}

/** The figures as a Markdown table that also reads well in a terminal. */
export function table(figures: readonly Figure[], failures: readonly Failure[]): string {
  const head = ['What', 'Anteroom', 'Peer or floor', 'Ratio', 'Goal', 'Met']
  const rows = figures.map((figure) => {
    const ratio = ratioOf(figure)
    const goal =
      figure.goal === null
        ? ''
        : figure.goal.of === 'ours'
          ? `≤ ${digits(figure.goal.atMost)} ${figure.unit}`
          : `ratio ≤ ${digits(figure.goal.atMost)}`
    const reached = met(figure)
    return [
      figure.name,
      `${digits(figure.ours)} ${figure.unit}`,
      figure.peer === null ? '' : `${figure.peer.name}: ${digits(figure.peer.value)} ${figure.unit}`,
      ratio === null ? '' : digits(ratio),
      goal,
      reached === null ? '' : reached ? 'yes' : 'no',
    ]
  })
  for (const { name, why } of failures) rows.push([name, `not measured: ${why}`, '', '', '', 'no'])
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => [...row[i]!].length)))
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell + ' '.repeat(widths[i]! - [...cell].length)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
