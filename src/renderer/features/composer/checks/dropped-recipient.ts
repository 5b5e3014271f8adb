import { keyOf, list, recipientsOf, type SendCheck } from './types.ts'

/** Somebody whom the answer was addressed to by its source is not among the recipients any more (D1). */
export const droppedRecipient: SendCheck = (mail, known) => {
  const there = new Set(recipientsOf(mail).map(({ key }) => key))
  const gone = known.answersTo.filter(({ address }) => !there.has(keyOf(address)))
  if (gone.length === 0) return null
  return {
    words: { addresses: list(gone.map(({ name, address }) => (name ? `${name} <${address}>` : address))) },
    count: gone.length,
    place: 'to',
  }
}
