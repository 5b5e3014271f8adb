import { shallowRef } from 'vue'

export type Question = {
  title: string
  text: string
  /** The words on the button that goes on: the act itself ("Throw away"), never "OK". */
  action: string
  danger?: boolean
}

export const asked = shallowRef<(Question & { answer: (yes: boolean) => void }) | null>(null)

/** Asks before something that cannot be undone. True when the user goes on. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(yes) {
        asked.value = null
        resolve(yes)
      },
    }
  })
}
