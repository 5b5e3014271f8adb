import { PROVIDERS } from './providers.ts'
import { keyOf, type SendCheck } from './types.ts'

/** From so many on, of so many different houses, a list in To or Cc is more likely a slip than a conversation. */
const PEOPLE = 10
const HOUSES = 5

/** Many people who do not know each other would read each other's addresses. */
export const manyRecipients: SendCheck = (mail, known) => {
  // Who is on the answered mail has been seen by all the others already.
  const together = new Set(known.answersTo.map(({ address }) => keyOf(address)))
  const open = new Set(
    [...mail.to, ...mail.cc].map(({ address }) => keyOf(address)).filter((key) => !together.has(key)),
  )
  const houses = new Set([...open].map(houseOf))
  if (open.size < PEOPLE || houses.size < HOUSES) return null
  return { count: open.size, place: mail.to.length > 0 ? 'to' : 'cc' }
}

/** People at one company know each other; at a provider everybody is a stranger. */
function houseOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  return PROVIDERS.includes(domain) ? address : domain
}
