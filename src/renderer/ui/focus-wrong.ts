import { nextTick } from 'vue'

/** Gives the focus to the first field of a form that says what is wrong with it, once it does. */
export async function focusWrong(form: HTMLElement | null | undefined): Promise<void> {
  await nextTick()
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
