/** What the page of the editor offers to a test. */
export type EditorPage = {
  /** Puts mail HTML in, as when a draft is opened. */
  set(html: string): void
  /** Pastes at the cursor what a program put on the clipboard. */
  paste(content: { html?: string; text?: string; picture?: string }): void
  /** The mail HTML, as it is saved to a draft. */
  html(): string
  /** Commands of the editor by name, in turn. */
  run(...commands: readonly [name: string, ...rest: unknown[]][]): void
  /** How many pictures on the net were left out. */
  leftOut: number
  /** What was reported as changed last. */
  saved: string
  linkAsked: number
}

declare global {
  interface Window {
    editorPage: EditorPage
    /** Set by what must never run. */
    ran?: unknown
  }
}
