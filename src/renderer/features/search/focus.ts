let focus: () => void = () => {}

/** Puts the cursor into the search box, wherever it is drawn. */
export const focusSearch = (): void => focus()

/** Called by the box that is on screen. */
export function takesFocus(run: () => void): void {
  focus = run
}
