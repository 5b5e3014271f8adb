import type { UndoId } from '../../../contract/ids.ts'
import { safeFileName } from '../mime/safe-name.ts'
import { sourceFilesOf } from '../store/tables/drafts.ts'
import { handOver, handOvers } from '../team/hand-over.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { draftAttachmentShape, mustOwnDraft } from './drafts.ts'

export const passOnHandlers = (deps: ApiDeps) => {
  const { store, files } = deps
  return {
    files: os.passOn.files.handler(({ input, context }) => {
      const access = mustAccess(context)
      const draft = mustOwnDraft(deps, access, input.draftId)
      return sourceFilesOf(store.read, draft.id).map((row) => ({
        ...draftAttachmentShape(deps, access, row),
        taken: row.removed_at === null,
      }))
    }),
    teams: os.passOn.teams.handler(({ input, context }) =>
      handOvers(store.read, mustAccess(context), input.ids),
    ),
    handOver: os.passOn.handOver.handler(({ input, context }) => {
      const undo = handOver(store, mustAccess(context), input.ids, input.teamId, input.comment)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    mailboxUrl: os.passOn.mailboxUrl.handler(({ input, context }) => {
      const access = mustAccess(context)
      const thread = mustSeeThread(store.read, access, input.id)
      const name = safeFileName(thread.subject || 'conversation', 'mbox')
      return { url: files.url({ kind: 'mailbox', userId: access.user.id, id: thread.id, name }) }
    }),
  }
}
