/**
 * What a message may cost. Real mail stays far below each of these; what goes above is cut with a warning, and
 * the raw message always stays available.
 */
export const limits = {
  /** Multipart nesting. Deeper parts are kept as one opaque file (fault 55). */
  depth: 32,
  /** MIME parts, multiparts included (fault 55). */
  parts: 1_000,
  /** Characters of one header block that are looked at; the body is still found behind it (fault 56). */
  headerBlock: 1_000_000,
  /** Characters of one unstructured field. */
  field: 64_000,
  /** Header fields with the same name that are read. */
  sameField: 100,
  /** Addresses kept of To, Cc or Bcc (fault 56). */
  recipients: 1_000,
  /** Bytes of an attachment that are kept (E3). */
  attachment: 50 * 1024 * 1024,
  /** Characters of HTML that the reader is given; above it the text takes over (fault 57). */
  html: 4_000_000,
  /** Open elements at one place of the HTML, counting only those without implied end tags (fault 57). */
  htmlDepth: 1_000,
  /** Characters of text that are kept. */
  text: 10_000_000,
  /** Characters of HTML that are read for text and references. */
  htmlScan: 20_000_000,
  /** Characters of a mailbox's name or address. */
  mailbox: 1_000,
  /** Characters of a subject, as the contract's widest field takes them. */
  subject: 2_000,
  snippet: 200,
} as const
