import type {
  ByHand,
  ContactFacts,
  LoggingInput,
  LoggingMode,
  PersonalChannelFacts,
  ThreadMessageFacts,
  ThreadOrigin,
} from '../../../src/main/engine/crm/reply-logging/types.ts'

/** Noon, 1 October 2025 UTC; the message of every case arrives then. */
export const NOON = Date.UTC(2025, 9, 1, 12)
const DAY = 86_400_000

export const ADA: PersonalChannelFacts = {
  id: 'channel-ada',
  kind: 'imap',
  address: 'ada@acme.test',
  ownerId: 'user-ada',
  ownerName: 'Ada',
  periods: [{ from: NOON - 30 * DAY, until: null }],
}
export const BEN: PersonalChannelFacts = {
  ...ADA,
  id: 'channel-ben',
  address: 'ben@acme.test',
  ownerId: 'user-ben',
  ownerName: 'Ben',
}
export const MARIO: ContactFacts = {
  contactId: 'contact-mario',
  name: 'Mario Rossi',
  address: 'mario@rossi.test',
}

const mailbox = (address: string) => ({ name: '', address })

/** A message of a thread, a day before the one that is judged. */
export function earlier(
  from: string,
  to: readonly string[],
  more: Partial<ThreadMessageFacts> = {},
): ThreadMessageFacts {
  return {
    messageId: 'first@acme.test',
    from: mailbox(from),
    recipients: to,
    at: NOON - DAY,
    sentFrom: null,
    logged: false,
    byHand: null,
    ...more,
  }
}

export const sentBy = (channel: PersonalChannelFacts): ThreadMessageFacts['sentFrom'] => ({
  purpose: 'personal',
  channelId: channel.id,
  address: channel.address,
  ownerId: channel.ownerId,
  ownerName: channel.ownerName,
})

/** Mario, a contact, answers a mail that Ada began: logged. Each test changes what it is about. */
export function input(
  change: {
    message?: Partial<LoggingInput['message']>
    folder?: Partial<LoggingInput['folder']>
    channel?: Partial<PersonalChannelFacts>
    origin?: Partial<ThreadOrigin> | null
    neverLog?: readonly (string | { pattern: string; ownerId: string | null })[]
    contacts?: readonly ContactFacts[]
    mode?: LoggingMode
    folders?: string[]
    byHand?: ByHand['kind'] | null
    loggingAddresses?: readonly string[]
    personalChannels?: readonly PersonalChannelFacts[]
  } = {},
): LoggingInput {
  const channel = { ...ADA, ...change.channel }
  return {
    message: {
      messageId: 'second@rossi.test',
      inReplyTo: ['first@acme.test'],
      references: ['first@acme.test'],
      direction: 'in',
      from: mailbox('mario@rossi.test'),
      to: [mailbox('ada@acme.test')],
      cc: [],
      bcc: [],
      deliveredTo: [],
      subject: 'Re: Offer',
      receivedAt: NOON,
      ...change.message,
    },
    folder: { path: 'INBOX', role: 'inbox', labels: [], ruleTarget: false, ...change.folder },
    channel,
    personalChannels: change.personalChannels ?? [channel, BEN],
    origin:
      change.origin === null
        ? null
        : {
            began: earlier('ada@acme.test', ['mario@rossi.test'], { sentFrom: sentBy(ADA) }),
            team: null,
            loggedAnswer: null,
            ...change.origin,
          },
    neverLog: (change.neverLog ?? []).map((entry, i) =>
      typeof entry === 'string' ? { id: `n${i}`, pattern: entry, ownerId: null } : { id: `n${i}`, ...entry },
    ),
    contacts: change.contacts ?? [MARIO],
    settings: { mode: change.mode ?? 'replies', folders: change.folders ?? [] },
    byHand: change.byHand ? { kind: change.byHand, userName: 'Ada' } : null,
    loggingAddresses: change.loggingAddresses ?? [],
  }
}
