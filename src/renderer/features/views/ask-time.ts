import { shallowRef } from 'vue'

export const askedTime = shallowRef<{ answer: (at: number | undefined) => void } | null>(null)

/** Lets the user say a day and a time, in ms. Undefined when they turn away. */
export function askTime(): Promise<number | undefined> {
  askedTime.value?.answer(undefined)
  return new Promise((resolve) => {
    askedTime.value = {
      answer(at) {
        askedTime.value = null
        resolve(at)
      },
    }
  })
}
