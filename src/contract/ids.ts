import { z } from 'zod'

/** Branded identifiers: a contact id cannot be passed where a thread id is wanted. All are UUIDs as text. */
const id = <Brand extends string>(brand: Brand) =>
  z.uuid({ error: `This is not a valid ${brand}: expected a UUID.` }).brand<Brand>()

export const UserId = id('UserId')
export type UserId = z.infer<typeof UserId>
export const InboxId = id('InboxId')
export type InboxId = z.infer<typeof InboxId>
export const ChannelId = id('ChannelId')
export type ChannelId = z.infer<typeof ChannelId>
export const ThreadId = id('ThreadId')
export type ThreadId = z.infer<typeof ThreadId>
export const MessageId = id('MessageId')
export type MessageId = z.infer<typeof MessageId>
export const AttachmentId = id('AttachmentId')
export type AttachmentId = z.infer<typeof AttachmentId>
export const ContactId = id('ContactId')
export type ContactId = z.infer<typeof ContactId>
export const CompanyId = id('CompanyId')
export type CompanyId = z.infer<typeof CompanyId>
export const CommentId = id('CommentId')
export type CommentId = z.infer<typeof CommentId>
export const CommentFileId = id('CommentFileId')
export type CommentFileId = z.infer<typeof CommentFileId>
export const DraftId = id('DraftId')
export type DraftId = z.infer<typeof DraftId>
export const OutboxId = id('OutboxId')
export type OutboxId = z.infer<typeof OutboxId>
export const TeamId = id('TeamId')
export type TeamId = z.infer<typeof TeamId>
export const TicketId = id('TicketId')
export type TicketId = z.infer<typeof TicketId>
export const DomainId = id('DomainId')
export type DomainId = z.infer<typeof DomainId>
export const RefusedMailId = id('RefusedMailId')
export type RefusedMailId = z.infer<typeof RefusedMailId>
export const DealId = id('DealId')
export type DealId = z.infer<typeof DealId>
export const NoteId = id('NoteId')
export type NoteId = z.infer<typeof NoteId>
export const CallId = id('CallId')
export type CallId = z.infer<typeof CallId>
export const TaskId = id('TaskId')
export type TaskId = z.infer<typeof TaskId>
export const PropertyId = id('PropertyId')
export type PropertyId = z.infer<typeof PropertyId>
export const PipelineId = id('PipelineId')
export type PipelineId = z.infer<typeof PipelineId>
export const StageId = id('StageId')
export type StageId = z.infer<typeof StageId>
export const RecordViewId = id('RecordViewId')
export type RecordViewId = z.infer<typeof RecordViewId>
export const NeverLogId = id('NeverLogId')
export type NeverLogId = z.infer<typeof NeverLogId>
export const PersonalMessageId = id('PersonalMessageId')
export type PersonalMessageId = z.infer<typeof PersonalMessageId>
export const BlockedSenderId = id('BlockedSenderId')
export type BlockedSenderId = z.infer<typeof BlockedSenderId>
export const ImportId = id('ImportId')
export type ImportId = z.infer<typeof ImportId>
export const LibraryItemId = id('LibraryItemId')
export type LibraryItemId = z.infer<typeof LibraryItemId>
export const UndoId = id('UndoId')
export type UndoId = z.infer<typeof UndoId>
