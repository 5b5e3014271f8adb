import { normalisePhone } from '../records/phones.ts'

/**
 * The number of a call as it is kept: E.164 where it is a number that exists, else as it was dialled (an extension, a sip:
 * address).
 * @param country  where a number without a country code is from, by ISO 3166; empty when the company did not say
 */
export const callNumber = (written: string, country: string): string =>
  /^sips?:|@/i.test(written.trim()) ? written.trim() : normalisePhone(written, country)
