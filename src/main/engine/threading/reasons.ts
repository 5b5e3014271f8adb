import { isReplySubject } from './subject.ts'
import type { ThreadingHeaders, ThreadReason } from './types.ts'

export const answers = (id: string): ThreadReason => ({
  code: 'answers',
  params: { id },
  text: `Answers <${id}>, which is in this thread.`,
})

export const sameMessageId = (id: string): ThreadReason => ({
  code: 'same_message_id',
  params: { id },
  text: `Has the same Message-ID, <${id}>, and the same sender as another message in this thread.`,
})

export const messageIdTaken = (id: string, holder: string): ThreadReason => ({
  code: 'message_id_taken',
  params: { id, holder },
  text: `Begins a thread of its own: its Message-ID <${id}> belongs to an earlier message from ${holder || 'an unknown sender'}.`,
})

/** For a message that names no other in a usable way. */
export function begins(headers: ThreadingHeaders): ThreadReason {
  if (headers.references.length > 0 || headers.inReplyTo.length > 0) {
    return {
      code: 'unusable_references',
      params: {},
      text: 'Begins a new thread: its References and In-Reply-To headers name no other message.',
    }
  }
  if (isReplySubject(headers.subject)) {
    return {
      code: 'subject_only',
      params: {},
      text: 'Begins a new thread: the subject looks like an answer, but there is no References or In-Reply-To header, and a subject alone never joins threads.',
    }
  }
  return {
    code: 'begins',
    params: {},
    text: 'Begins a new thread: no References or In-Reply-To header.',
  }
}
