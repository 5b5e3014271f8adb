import { shallowRef } from 'vue'

export type PickOption<Value> = { value: Value; label: string; detail?: string }

type Asked = { title: string; options: readonly PickOption<unknown>[]; answer: (value: unknown) => void }

export const picking = shallowRef<Asked | null>(null)

/** Lets the user choose one of several by typing. Undefined when they turn away. */
export function pick<Value>(question: {
  title: string
  options: readonly PickOption<Value>[]
}): Promise<Value | undefined> {
  picking.value?.answer(undefined)
  return new Promise((resolve) => {
    picking.value = {
      ...question,
      answer(value) {
        picking.value = null
        resolve(value as Value | undefined)
      },
    }
  })
}
