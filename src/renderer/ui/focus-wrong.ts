import { nextTick } from 'vue'

/** Gives the focus to the first field of a form that says what is wrong with it, once it does; or shows who says so. */
export async function focusWrong(form: HTMLElement | null | undefined): Promise<void> {
  await nextTick()
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]')
  if (wrong) wrong.focus()
  else form?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' })
}
