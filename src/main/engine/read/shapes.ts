import type { z } from 'zod'
import type { RecordEntryView, TaskView } from '../../../contract/activities.ts'
import type { MergeCandidate, PartsView, SplitCandidate, SplitView } from '../../../contract/grouping.ts'
import type { InboxSettingsView, TeamView, TicketView } from '../../../contract/admin.ts'
import type { ChannelView, FolderView } from '../../../contract/channels.ts'
import type { Mailbox } from '../../../contract/common.ts'
import type {
  AttachmentView,
  DeliveryView,
  ForwardView,
  MailReportView,
  MessageBodyView,
  MessageView,
} from '../../../contract/messages.ts'
import type {
  ThreadFilter,
  ThreadItemView,
  ThreadRowView,
  ThreadView,
  ViewCount,
  ViewKey,
} from '../../../contract/threads.ts'
import type { WorkspaceView } from '../../../contract/workspace.ts'

/**
 * The contract's shapes as they are before the contract checks them: plain text where the client gets branded ids.
 */
export type ThreadRowShape = z.input<typeof ThreadRowView>
/** What a row of a list is not and has not, unless it says so. */
export const BARE_ROW = {
  draftId: null,
  outboxId: null,
  recipients: [],
  unread: false,
  hasAttachment: false,
  assigneeId: null,
  teamId: null,
  status: null,
  messageCount: 0,
  delivery: null,
} satisfies Partial<ThreadRowShape>

/** Which page of which list. */
export type ListInput = {
  view: ViewKey
  filter: ThreadFilter
  sort: 'newest' | 'oldest'
  cursor?: string | undefined
  limit: number
}

export type ListPage = { rows: ThreadRowShape[]; nextCursor: string | null }

export type ThreadItemShape = z.input<typeof ThreadItemView>
export type ThreadShape = z.input<typeof ThreadView>
export type ViewCountShape = z.input<typeof ViewCount>
export type MessageShape = z.input<typeof MessageView>
export type BodyShape = z.input<typeof MessageBodyView>
export type AttachmentShape = z.input<typeof AttachmentView>
export type DeliveryShape = z.input<typeof DeliveryView>
export type MailReportShape = z.input<typeof MailReportView>
export type ForwardShape = z.input<typeof ForwardView>
export type MailboxShape = z.input<typeof Mailbox>
export type ChannelShape = z.input<typeof ChannelView>
export type FolderShape = z.input<typeof FolderView>
export type TeamShape = z.input<typeof TeamView>
export type InboxSettingsShape = z.input<typeof InboxSettingsView>
export type TicketShape = z.input<typeof TicketView>
export type WorkspaceShape = z.input<typeof WorkspaceView>
export type RecordEntryShape = z.input<typeof RecordEntryView>
export type TaskShape = z.input<typeof TaskView>
export type MergeCandidateShape = z.input<typeof MergeCandidate>
export type PartsShape = z.input<typeof PartsView>
export type SplitShape = z.input<typeof SplitView>
export type SplitCandidateShape = z.input<typeof SplitCandidate>
