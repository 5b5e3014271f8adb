import type { DraftAttachmentView } from '@contract/composing.ts'

/** Positions in the document of an editor. */
export type TextRange = { from: number; to: number }

/** What was just typed: "#refund", where it stands, and whether something else follows it already. */
export type TypedWord = TextRange & { word: string; ended: boolean }

/** A mail being written, for what puts things into it. */
export type InsertTarget = {
  /** Brings what was typed so far to the engine, which fills in what is inserted. Rejects when it cannot. */
  save(): Promise<void>
  /** Puts HTML at the cursor, or where `range` is; the editor's undo takes it back in one step. */
  insertHtml(html: string, range?: TextRange): void
  /** What stands there now. */
  textAt(range: TextRange): string
  subject(): string
  setSubject(subject: string): void
  /** Shows what the engine attached. */
  attached(attachment: DraftAttachmentView): void
  focus(): void
  /** Tells of every "#word" as it is typed. Returns the function that ends it. */
  onTyped(listener: (typed: TypedWord) => void): () => void
}

/** An editor of a text in place, for what puts things into it. */
export type TextEditorHandle = { insertText(text: string): void; setHtml(html: string): void; focus(): void }
