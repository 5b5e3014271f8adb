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
