import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min'

/**
 * The number of a call as it is kept: E.164 where it is a number that can exist, else as it was dialled (an extension,
 * a sip: address).
 * @param country  where a number without a country code is from, by ISO 3166; empty when the company did not say
 */
export function callNumber(written: string, country: string): string {
  const text = written.trim().replace(/^tel:/i, '')
  if (/^sips?:/i.test(text) || text.includes('@')) return text
  const number = parsePhoneNumberFromString(text, (country || undefined) as CountryCode | undefined)
  return number?.isPossible() === true ? number.number : text
}
