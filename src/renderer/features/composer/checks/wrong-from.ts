import type { SendCheck } from './types.ts'

/** The conversation came to another of our addresses than the one that answers. */
export const wrongFrom: SendCheck = (mail, { cameTo }) =>
  cameTo !== null && cameTo.channelId !== mail.channelId
    ? { words: { address: cameTo.address }, place: 'from' }
    : null
