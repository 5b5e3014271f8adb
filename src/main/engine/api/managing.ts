import { DomainError } from '../lib/domain-error.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { canSee, canSeeChannel, refusalToAct, type Access } from '../team/access.ts'
import { mustBeConnected } from '../team/channel-actions.ts'

/** Members of the inbox and admins look after its channels. @throws DomainError NOT_FOUND or NOT_ALLOWED */
export function mustManage(access: Access, inboxId: string): void {
  if (!canSee(access, inboxId))
    throw new DomainError('NOT_FOUND', 'This inbox does not exist, or you cannot see it.')
  if (access.user.role !== 'member') return
  const refusal = refusalToAct(access, inboxId)
  if (refusal !== null) throw new DomainError('NOT_ALLOWED', refusal, { inboxId })
}

/** A personal channel is its owner's alone. @throws DomainError NOT_FOUND or NOT_ALLOWED */
export function mustManageChannel(db: ReadableDb, access: Access, id: string): ChannelRow {
  const channel = mustBeConnected(db, id)
  if (channel.inbox_id !== null) mustManage(access, channel.inbox_id)
  else if (!canSeeChannel(access, channel))
    throw new DomainError(
      'NOT_FOUND',
      'This channel does not exist, or it is the personal one of somebody else.',
    )
  return channel
}
