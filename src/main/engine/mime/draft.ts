import type { HtmlReading } from './html.ts'
import type { Fields, Parameterised } from './fields.ts'

/** One file as a parser found it, before names and types are settled. */
export type DraftFile = {
  /** As sent, decoded; empty for none. */
  name: string
  /** As declared, lower case. */
  type: string
  contentId: string | null
  size: number
  content: Uint8Array<ArrayBuffer> | null
}

/** What either parser makes of the bytes; `finish` turns it into a ParsedMessage. */
export type Draft = {
  fields: Fields
  type: Parameterised
  /** Null where there is no HTML to show. */
  html: string | null
  /** Null where there is no text to show. */
  text: string | null
  /** The reading of `html`, where it was made already. */
  reading: HtmlReading | null
  files: DraftFile[]
  /** The text of a message/delivery-status part (RFC 3464), or null. */
  deliveryStatus: string | null
  cutHeaders: boolean
  partsLimit: string | null
}
