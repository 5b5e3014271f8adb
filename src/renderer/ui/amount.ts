/** How many digits a currency has after the point (ISO 4217); two where it is not known. */
export function digitsOf(currency: string): number {
  try {
    return (
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ??
      2
    )
  } catch {
    return 2
  }
}

/** An amount as a person reads it: 120000 of EUR is "€1,200.00". `minor` in the currency's smallest unit. */
export function amountText(minor: number, currency: string, locale: string): string {
  const value = minor / 10 ** digitsOf(currency)
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value)
  } catch {
    return `${new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(value)} ${currency}`.trim()
  }
}

/** An amount as it is typed: 120000 of EUR is "1200.00". */
export const amountInput = (minor: number, currency: string): string =>
  (minor / 10 ** digitsOf(currency)).toFixed(digitsOf(currency))

/**
 * What was typed, in the currency's smallest unit; null when it is no amount. The last point or comma that is followed
 * by fewer than three digits separates the fraction, as in "1,200.50", "1.200,50" and "1200,5".
 */
export function parseAmount(text: string, currency: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0'’]/gu, '').replace(/^[^\d.,-]+|[^\d.,]+$/gu, '')
  const match = /^(-?)([\d.,]*?)(?:[.,](\d{0,2}))?$/u.exec(plain)
  const grouped = match?.[2] ?? ''
  if (!match || (grouped === '' && !match[3])) return null
  if (!/^(?:\d*|\d{1,3}(?:[.,]\d{2,3})+)$/u.test(grouped)) return null
  const whole = grouped.replaceAll(/[.,]/gu, '')
  const value = Number(`${match[1]}${whole || '0'}.${match[3] || '0'}`)
  const minor = Math.round(value * 10 ** digitsOf(currency))
  return Number.isSafeInteger(minor) ? minor : null
}
