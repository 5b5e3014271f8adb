/** What the query grammar knows, as the help shows it: an example, and what a press on it writes. */
export const operators = [
  { id: 'from', example: 'from:ada', insert: 'from:' },
  { id: 'to', example: 'to:support@', insert: 'to:' },
  { id: 'subject', example: 'subject:invoice', insert: 'subject:' },
  { id: 'attachment', example: 'has:attachment', insert: 'has:attachment' },
  { id: 'before', example: 'before:2026-05-31', insert: 'before:' },
  { id: 'after', example: 'after:2026-05-01', insert: 'after:' },
  { id: 'in', example: 'in:support', insert: 'in:' },
  { id: 'is', example: 'is:unread', insert: 'is:' },
  { id: 'assignee', example: 'assignee:me', insert: 'assignee:' },
  { id: 'phrase', example: '"late delivery"', insert: '"' },
  { id: 'not', example: '-newsletter', insert: '-' },
] as const
