import { problem } from '../problems.ts'
import { ChannelError, type ChannelDriver } from '../types.ts'

/**
 * A hosted address has no mailbox and no submission server of its own: its mail comes through another channel or the
 * receiver, and leaves through another channel. Whoever asks it for a connection is told so.
 */
function noServer(): never {
  throw new ChannelError(
    problem(
      'unknown',
      'A hosted address has no mail server of its own.',
      'Use the channel that its mail comes and goes through.',
    ),
  )
}

/** The kind `hosted`. */
export const createHostedDriver = (): ChannelDriver => ({
  kind: 'hosted',
  filesSentCopy: false,
  connect: async () => noServer(),
  transport: () => noServer(),
})
