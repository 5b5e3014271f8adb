import { computed, shallowRef, type WritableComputedRef } from 'vue'

/**
 * What a form shows: what the engine has, until somebody changes something; from then on what was changed, whatever
 * comes from the engine later. A change is a new object, not one inside of the old one.
 *
 * @param known  what the engine has, null while it has not said
 */
export function useEdited<T extends object>(known: () => T | null): WritableComputedRef<T | null> {
  const edited = shallowRef<T | null>(null)
  return computed({ get: () => edited.value ?? known(), set: (now) => (edited.value = now) })
}

/**
 * What was changed in a form that began with other values, and so all that is to be sent: what others change meanwhile
 * stays theirs.
 */
export function changesOf<T extends object>(began: T, now: T): Partial<T> {
  const same = (key: string) => JSON.stringify(now[key as keyof T]) === JSON.stringify(began[key as keyof T])
  return Object.fromEntries(Object.entries(now).filter(([key]) => !same(key))) as Partial<T>
}

/** A list as others have it by now, with what was added to it and taken from it since it was `began`. */
export function changedList<T>(began: readonly T[], now: readonly T[], theirs: readonly T[]): T[] {
  const kept = theirs.filter((each) => now.includes(each) || !began.includes(each))
  return [...kept, ...now.filter((each) => !began.includes(each) && !theirs.includes(each))]
}
