import type * as LibPhoneNumber from 'libphonenumber-js/max'
import type { CountryCode } from 'libphonenumber-js/max'
import { onDemand } from '../../lib/on-demand.ts'

const library = onDemand<typeof LibPhoneNumber>('libphonenumber-js/max')

/** The workspace's country as the library knows it, or none: then only numbers with a "+" are understood. */
const countryOf = (country: string): CountryCode | undefined =>
  isPhoneCountry(country) ? country : undefined

/** Whether a country can be set as the one that numbers without "+" are read in (ISO 3166-1, two letters). */
export const isPhoneCountry = (country: string): country is CountryCode =>
  library().isSupportedCountry(country)

/**
 * A phone number as it is stored: E.164 where it is a number that exists, with its extension as RFC 3966 writes it; else as
 * it was written.
 * @param country  ISO 3166-1 code of the country that numbers without "+" are read in, or empty
 */
export function normalisePhone(written: string, country: string): string {
  const text = written.trim().replace(/\s+/g, ' ')
  const parsed = library().default(text.replace(/^tel:/i, ''), countryOf(country))
  if (!parsed?.isValid()) return text
  return parsed.ext ? `${parsed.number};ext=${parsed.ext}` : parsed.number
}

/** A stored number, and as people write it in its country. */
export function phoneShown(number: string, country: string): { shown: string; valid: boolean } {
  const parsed = library().default(number, countryOf(country))
  if (!parsed?.isValid()) return { shown: number, valid: false }
  const isOwn = parsed.country !== undefined && parsed.country === countryOf(country)
  return { shown: isOwn ? parsed.formatNational() : parsed.formatInternational(), valid: true }
}
