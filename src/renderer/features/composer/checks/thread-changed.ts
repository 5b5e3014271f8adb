import type { SendCheck } from './types.ts'

/** Something came into the conversation since the answer was begun (D6). The dialog shows what. */
export const threadChanged: SendCheck = (_mail, { news }) =>
  news.length > 0 ? { count: news.length, place: 'body' } : null
