import type { LoggingSettings } from '../../../contract/logging.ts'
import type {
  ByHand,
  FolderFacts,
  LoggingInput,
  MessageFacts,
  PersonalChannelFacts,
  ThreadMessageFacts,
  ThreadOrigin,
} from '../crm/reply-logging/types.ts'
import { addressKey } from '../lib/address-key.ts'
import { everyChannel } from '../store/queries/channels.ts'
import { connectionPeriods } from '../store/queries/personal-periods.ts'
import {
  contactsOfRows,
  messagesWithAnyId,
  neverLogFor,
  outboxWithIds,
  recipientsOfMessage,
  recipientsOfSent,
} from '../store/queries/personal-threads.ts'
import type { ReadableDb } from '../store/statements.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { contactIdOf } from '../store/tables/contacts.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import {
  loggedAnswersSince,
  personalMessageOf,
  personalMessagesWithIds,
  personalRecipients,
  type PersonalMessageRow,
} from '../store/tables/personal-messages.ts'
import { userById } from '../store/tables/users.ts'
import { loggingAddresses } from './logging-addresses.ts'

/** Ancestors of a message that are looked up at most: a thread longer than that began long ago. */
const MAX_ANCESTORS = 300
const MAX_STEPS = 25

const lines = (text: string): string[] => (text === '' ? [] : text.split('\n'))

/** The settings of a personal address (G): "off", "replies only", or "all mail with contacts", and its folders. */
export const settingsOf = (row: ChannelRow): LoggingSettings => ({
  mode: row.log_replies === 0 ? 'off' : row.log_all === 1 ? 'all_with_contacts' : 'replies',
  folders: lines(row.log_folders),
})

/** What is the same for all messages of a mailbox; read once for a batch. */
export type Mailbox = {
  facts: PersonalChannelFacts
  personal: readonly PersonalChannelFacts[]
  neverLog: LoggingInput['neverLog']
  settings: LoggingSettings
  loggingAddresses: readonly string[]
}

/** Reads what the verdict wants to know about a personal channel, as it is now. */
export function mailboxOf(db: ReadableDb, row: ChannelRow): Mailbox {
  const personal = personalChannels(db)
  const facts = personal.find(({ id }) => id === row.id)
  if (!facts) throw new Error(`${row.address} is no personal address.`)
  return { ...sharedBy(db, facts.ownerId), facts, personal, settings: settingsOf(row) }
}

/** A user's own address without a connected mailbox: what they log by hand has somebody's word, and no rules besides. */
export function mailboxWithoutChannel(
  db: ReadableDb,
  owner: { id: string; name: string },
  home: { id: string; address: string },
): Mailbox {
  const facts: PersonalChannelFacts = {
    ...home,
    kind: 'imap',
    ownerId: owner.id,
    ownerName: owner.name,
    periods: [],
  }
  const settings: LoggingSettings = { mode: 'replies', folders: [] }
  return { ...sharedBy(db, owner.id), facts, personal: personalChannels(db), settings }
}

function personalChannels(db: ReadableDb): PersonalChannelFacts[] {
  const personal = everyChannel(db).filter((one) => one.purpose === 'personal' && one.user_id !== null)
  return personal.map((one) => ({
    id: one.id,
    kind: one.kind,
    address: one.address,
    ownerId: one.user_id!,
    ownerName: userById(db, one.user_id!)?.name ?? one.address,
    periods: connectionPeriods(db, one.id).filter(
      (period) => period.purpose === 'personal' && period.userId === one.user_id,
    ),
  }))
}

function sharedBy(db: ReadableDb, ownerId: string): Pick<Mailbox, 'neverLog' | 'loggingAddresses'> {
  const { bccKeys, forwardKeys } = loggingAddresses(db)
  return {
    neverLog: neverLogFor(db, ownerId).map(({ id, pattern, user_id }) => ({ id, pattern, ownerId: user_id })),
    loggingAddresses: [...bccKeys, ...forwardKeys],
  }
}

/** The facts of a stored head. */
export function messageFacts(db: ReadableDb, row: PersonalMessageRow): MessageFacts {
  const all = personalRecipients(db, row.id)
  const of = (kind: string) =>
    all.filter((one) => one.kind === kind).map(({ name, address }) => ({ name, address }))
  return {
    messageId: row.message_id,
    inReplyTo: lines(row.in_reply_to),
    references: lines(row.reference_ids),
    direction: row.direction,
    from: { name: row.from_name, address: row.from_address },
    to: of('to'),
    cc: of('cc'),
    bcc: of('bcc'),
    deliveredTo: of('delivered').map(({ address }) => address),
    subject: row.subject,
    receivedAt: row.received_at,
  }
}

/** Everything that the verdict about one message looks at (G1 to G7), as it is known here now. */
export function loggingCase(
  db: ReadableDb,
  mailbox: Mailbox,
  message: MessageFacts,
  folder: FolderFacts,
  byHand: ByHand | null,
): LoggingInput {
  const people = [message.from, ...message.to, ...message.cc, ...message.bcc].map(({ address }) => address)
  const rows = [...new Set(people.map(contactIdOf))]
  return {
    message,
    folder,
    channel: mailbox.facts,
    personalChannels: mailbox.personal,
    origin: originOf(db, mailbox, message),
    neverLog: mailbox.neverLog,
    contacts: contactsOfRows(db, rows).map(({ id, name, address }) => ({ contactId: id, name, address })),
    settings: mailbox.settings,
    byHand,
    loggingAddresses: mailbox.loggingAddresses,
  }
}

type Known = ThreadMessageFacts & {
  refs: string[]
  team: ThreadOrigin['team']
  isOut: boolean
  ownerId: string | null
}

/** How the thread of a message began: its ancestors, followed through what those answer, here and in the mailboxes. */
function originOf(db: ReadableDb, mailbox: Mailbox, message: MessageFacts): ThreadOrigin | null {
  const found = new Map<string, Known>()
  const asked = new Set<string>([message.messageId])
  let next = [...message.inReplyTo, ...message.references]
  for (let step = 0; step < MAX_STEPS && found.size < MAX_ANCESTORS; step++) {
    const ids = [...new Set(next)].filter((id) => !asked.has(id)).slice(0, MAX_ANCESTORS)
    if (ids.length === 0) break
    for (const id of ids) asked.add(id)
    const known = knownMessages(db, mailbox, ids)
    for (const one of known) found.set(one.messageId, one)
    next = known.flatMap((one) => one.refs)
  }
  if (found.size === 0) return null
  const inOrder = [...found.values()].sort((a, b) => a.at - b.at)
  const began = inOrder[0]!
  const isAnswer = (one: Known): boolean =>
    one !== began && one.isOut && one.logged && one.ownerId === mailbox.facts.ownerId
  return {
    began: bare(began),
    team: inOrder.find((one) => one.team !== null)?.team ?? null,
    loggedAnswer: bareOrNull(inOrder.find(isAnswer) ?? siblingAnswer(db, mailbox, found, began)),
  }
}

const bare = ({ messageId, from, recipients, at, sentFrom, logged, byHand }: Known): ThreadMessageFacts => ({
  messageId,
  from,
  recipients,
  at,
  sentFrom,
  logged,
  byHand,
})
const bareOrNull = (one: Known | undefined): ThreadMessageFacts | null => (one ? bare(one) : null)

/** A logged answer that the message does not name, because it goes on from something earlier. */
function siblingAnswer(
  db: ReadableDb,
  mailbox: Mailbox,
  thread: ReadonlyMap<string, Known>,
  began: Known,
): Known | undefined {
  const answer = loggedAnswersSince(db, mailbox.facts.id, began.at).find((row) =>
    [...lines(row.in_reply_to), ...lines(row.reference_ids)].some((id) => thread.has(id)),
  )
  return answer && answer.message_id !== began.messageId ? ofPersonal(db, mailbox, answer) : undefined
}

function knownMessages(db: ReadableDb, mailbox: Mailbox, ids: readonly string[]): Known[] {
  const found = new Map<string, Known>()
  // The team's word counts most: a thread of an inbox is one whatever lies in a mailbox (G7).
  for (const row of outboxWithIds(db, ids)) {
    const sentFrom = senderAt(db, mailbox, row.channel_id, row.from_address)
    found.set(row.message_id, {
      messageId: row.message_id,
      from: { name: row.from_name, address: row.from_address },
      recipients: recipientsOfSent(db, row.id),
      at: row.at,
      sentFrom,
      logged: row.log === 1,
      byHand:
        sentFrom?.purpose === 'personal'
          ? handOf(row.log === 1 ? 'log_box' : 'log_box_cleared', sentFrom.ownerName)
          : null,
      refs: [],
      team: null,
      isOut: true,
      ownerId: sentFrom?.purpose === 'personal' ? sentFrom.ownerId : null,
    })
  }
  for (const row of personalMessagesWithIds(db, ids)) {
    // Of others' mailboxes only what they sent: it is in this thread for all to see.
    const channel = mailbox.personal.find(({ id }) => id === row.channel_id)
    if (row.direction === 'in' && channel?.ownerId !== mailbox.facts.ownerId) continue
    if (found.has(row.message_id) && row.direction === 'in') continue
    found.set(row.message_id, ofPersonal(db, mailbox, row))
  }
  for (const row of messagesWithAnyId(db, ids)) {
    const known = found.get(row.message_id)
    if (row.inbox_id === null && known) continue
    const sentFrom = row.direction === 'out' ? senderAt(db, mailbox, row.channel_id, row.from_address) : null
    const address = channelById(db, row.channel_id)?.address ?? ''
    found.set(row.message_id, {
      messageId: row.message_id,
      from: { name: row.from_name, address: row.from_address },
      recipients: recipientsOfMessage(db, row.rowid),
      at: row.at,
      sentFrom: row.inbox_id === null && row.direction === 'out' ? loggedSender(db, row) : sentFrom,
      logged: row.inbox_id === null,
      byHand: row.inbox_id === null ? handOfMessage(db, row.rowid) : null,
      refs: [...lines(row.in_reply_to), ...lines(row.reference_ids)],
      team: row.inbox_id === null ? null : { address, inboxName: row.inbox_name ?? '' },
      isOut: row.direction === 'out',
      ownerId: row.user_id,
    })
  }
  return [...found.values()]
}

function ofPersonal(db: ReadableDb, mailbox: Mailbox, row: PersonalMessageRow): Known {
  const channel = mailbox.personal.find(({ id }) => id === row.channel_id)
  return {
    messageId: row.message_id,
    from: { name: row.from_name, address: row.from_address },
    recipients: personalRecipients(db, row.id)
      .filter(({ kind }) => kind !== 'delivered')
      .map(({ address }) => address),
    at: row.at,
    sentFrom:
      row.direction === 'out' && channel
        ? {
            purpose: 'personal',
            channelId: channel.id,
            address: channel.address,
            ownerId: channel.ownerId,
            ownerName: channel.ownerName,
          }
        : senderAt(db, mailbox, null, row.from_address),
    logged: row.logged === 1,
    byHand: row.by_hand === 1 ? handOf(row.code, channel?.ownerName ?? '') : null,
    refs: [...lines(row.in_reply_to), ...lines(row.reference_ids)],
    team: null,
    isOut: row.direction === 'out',
    ownerId: channel?.ownerId ?? null,
  }
}

const HAND: readonly string[] = [
  'log_box',
  'log_box_cleared',
  'bcc',
  'log_now',
  'also_original',
  'forwarded',
  'dropped',
  'removed',
] satisfies ByHand['kind'][]

/** What somebody decided by hand, from the code of a verdict. */
export const handOf = (code: string, userName: string): ByHand | null =>
  HAND.includes(code) ? { kind: code as ByHand['kind'], userName } : null

function handOfMessage(db: ReadableDb, rowid: number): ByHand | null {
  const row = personalMessageOf(db, rowid)
  return row?.by_hand === 1 ? handOf(row.code, '') : null
}

/** Which of the workspace's addresses a mail came from: that of its channel where it is known, else by the address. */
function senderAt(
  db: ReadableDb,
  mailbox: Mailbox,
  channelId: string | null,
  from: string,
): ThreadMessageFacts['sentFrom'] {
  const key = addressKey(from)
  const personal = mailbox.personal.find(
    ({ id, address }) => id === channelId || (channelId === null && addressKey(address) === key),
  )
  if (personal) {
    const { id: ownChannel, address, ownerId, ownerName } = personal
    return { purpose: 'personal', channelId: ownChannel, address, ownerId, ownerName }
  }
  const team = everyChannel(db).find(
    (row) =>
      row.purpose === 'team' &&
      (row.id === channelId || (channelId === null && addressKey(row.address) === key)),
  )
  if (!team) return null
  const inboxName = team.inbox_id === null ? '' : (inboxById(db, team.inbox_id)?.name ?? '')
  return { purpose: 'team', address: team.address, inboxName }
}

/** Of mail that was logged by the BCC address: its writer may have no connected address. */
function loggedSender(
  db: ReadableDb,
  row: { channel_id: string; from_address: string; user_id: string | null },
): ThreadMessageFacts['sentFrom'] {
  if (row.user_id === null) return null
  const ownerName = userById(db, row.user_id)?.name ?? row.from_address
  return {
    purpose: 'personal',
    channelId: row.channel_id,
    address: row.from_address,
    ownerId: row.user_id,
    ownerName,
  }
}
