/** Bytes as people read them: "840 B", "12 KB", "3.4 MB" (powers of ten, as file managers count). */
export function fileSize(bytes: number): string {
  const [unit, divisor] =
    bytes < 1000 ? ['byte', 1] : bytes < 999_500 ? ['kilobyte', 1000] : ['megabyte', 1_000_000]
  const format = new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: 'short',
    maximumFractionDigits: bytes < 10 * (divisor as number) && unit === 'megabyte' ? 1 : 0,
  })
  return format.format(bytes / (divisor as number))
}
