import { setImmediate as breath } from 'node:timers/promises'
import {
  dropImportUndo,
  importById,
  lastImportUndo,
  setImport,
  type ImportRow,
} from '../../store/tables/imports.ts'
import { takeBack, undoById } from '../../store/undo.ts'
import type { ImportParts } from './parts.ts'

/** Takes an import back, the last batch first, each in a transaction of its own; one that was cut off goes on. */
export async function undoBatches({ store, signal }: ImportParts, row: ImportRow): Promise<void> {
  const { id, undo_actor_id: actorId } = row
  for (;;) {
    await breath()
    await store.room()
    signal.throwIfAborted()
    const isDone = store.write((write) => {
      const next = lastImportUndo(write.db, id)
      if (!next) return true
      // One that was taken back by itself needs nothing more.
      const standing = undoById(write.db, next.undo_id)?.undone_at === null
      const { skipped } = standing ? takeBack(write, store, actorId, next.undo_id) : { skipped: 0 }
      dropImportUndo(write.db, id, next.position)
      setImport(write.db, id, { skipped: (importById(write.db, id)?.skipped ?? 0) + skipped })
      write.changed('imports', id)
      return false
    })
    if (isDone) return
  }
}
