import { DomainError } from '../../lib/domain-error.ts'
import { appendOp } from '../../store/ops.ts'
import type { Store, Write } from '../../store/store.ts'
import { phoneCountry } from './doing.ts'
import { isPhoneCountry } from './phones.ts'

/**
 * Sets the country in which phone numbers without "+" are read.
 * @param country  ISO 3166-1, or null for none
 * @returns whether it differed
 * @throws DomainError BAD_INPUT for what is no country
 */
export function setPhoneCountry(
  write: Write,
  store: Pick<Store, 'hlc'>,
  actorId: string | null,
  country: string | null,
): boolean {
  if (country !== null && !isPhoneCountry(country))
    throw new DomainError('BAD_INPUT', `"${country}" is no country. Write its two letters, like IT.`, {
      field: 'phoneCountry',
    })
  if (phoneCountry(write.db) === (country ?? '')) return false
  const values = { phone_country: country ?? '' }
  appendOp(write, store.hlc, actorId, { entity: 'workspace', id: 'workspace', kind: 'set', values })
  write.changed('workspace', 'workspace')
  write.changedAll('contacts')
  return true
}
