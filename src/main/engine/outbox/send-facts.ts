import type { Mailbox } from '../../../contract/common.ts'
import { covers, readPattern } from '../crm/never-log/patterns.ts'
import { messageById, recipientsOf, type MessageRow } from '../store/queries/messages.ts'
import { newsSince, sendersOfThread } from '../store/queries/thread-news.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store } from '../store/store.ts'
import { channelById, ownAddresses, type ChannelRow } from '../store/tables/channels.ts'
import type { DraftRow } from '../store/tables/drafts.ts'
import { bounceOf } from '../store/tables/mail-reports.ts'
import { neverLogOf } from '../store/tables/never-log.ts'
import { personalMessageById } from '../store/tables/personal-messages.ts'
import { threadById, type ThreadRow } from '../store/tables/threads.ts'
import { allUsers } from '../store/tables/users.ts'
import { answerRecipients } from './answer.ts'
import { addressesOf } from './drafts.ts'
import { readSource } from './source.ts'

/** Who asks, and what of the conversations they may see (A1). */
export type Asker = { userId: string; canSee(thread: ThreadRow): boolean }

/**
 * What the checks before sending need to know of a draft's conversation and recipients (C9). Of a conversation that its
 * writer cannot see any more, nothing.
 */
export async function sendFacts(
  store: Store,
  asker: Asker,
  draft: DraftRow,
  input: { channelId: string; recipients: readonly string[]; log: boolean },
) {
  const db = store.read
  const recipients = [...new Set(input.recipients.map((address) => address.trim().toLowerCase()))]
  const isAnswer = draft.mode === 'reply' || draft.mode === 'reply_all'
  const row = isAnswer && draft.source_message_id ? messageById(db, draft.source_message_id) : undefined
  const thread = row && threadById(db, row.thread_id)
  const source = thread && asker.canSee(thread) ? row : undefined
  const personal =
    isAnswer && draft.source_personal_id ? personalMessageById(db, draft.source_personal_id) : undefined
  const channel = channelById(db, input.channelId)
  const cameTo = connected(db, source?.channel_id ?? personal?.channel_id)
  return {
    answersTo: source ? await answersTo(store, draft, source, channel) : [],
    strangers: source ? strangersAmong(db, source.thread_id, recipients) : [],
    cameTo: cameTo ? { channelId: cameTo.id, address: cameTo.address } : null,
    news: source
      ? newsSince(db, draft).map((one) => ({
          id: one.id,
          direction: one.direction,
          from: { name: one.from_name, address: one.from_address },
          snippet: one.snippet,
          at: one.sort_at,
        }))
      : [],
    neverLog: input.log && channel?.purpose === 'personal' ? neverLogged(db, asker.userId, recipients) : [],
    bounced: [...bounceOf(db, recipients).values()].map(({ address, reason, at }) => ({
      address,
      reason,
      at,
    })),
  }
}

function connected(db: ReadableDb, id: string | undefined): ChannelRow | undefined {
  const channel = id ? channelById(db, id) : undefined
  return channel?.disconnected_at === null ? channel : undefined
}

/** As the draft was given them when it was begun; from another address of ours, that one is left out too. */
async function answersTo(
  store: Store,
  draft: DraftRow,
  source: MessageRow,
  channel: ChannelRow | undefined,
): Promise<Mailbox[]> {
  const read = await readSource(store, source.id)
  const asked = channelById(store.read, source.channel_id)
  const own = [asked, channel].flatMap((each) => (each ? addressesOf(each) : []))
  const { to, cc } = read ? answerRecipients(read.source, draft.mode, own) : { to: [], cc: [] }
  return [...to, ...cc]
}

function strangersAmong(db: ReadableDb, threadId: string, recipients: readonly string[]): string[] {
  const rows = sendersOfThread(db, threadId)
  const known = new Set([
    ...ownAddresses(db),
    ...allUsers(db).map(({ email }) => email.toLowerCase()),
    ...rows.map(({ from_address }) => from_address.toLowerCase()),
    ...recipientsOf(
      db,
      rows.map(({ rowid }) => rowid),
    ).map(({ address }) => address),
  ])
  return recipients.filter((address) => !known.has(address))
}

function neverLogged(
  db: ReadableDb,
  userId: string,
  recipients: readonly string[],
): { address: string; pattern: string }[] {
  const patterns = neverLogOf(db, userId).flatMap(({ pattern }) => readPattern(pattern) ?? [])
  return recipients.flatMap((address) => {
    const hit = patterns.find((pattern) => covers(pattern, address))
    return hit ? [{ address, pattern: hit.text }] : []
  })
}
