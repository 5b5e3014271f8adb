import { TagColor } from '../../../contract/organising.ts'
import { DomainError } from '../lib/domain-error.ts'
import { uuidV7 } from '../lib/uuid.ts'
import type { Store } from '../store/store.ts'
import { tagById, tagIdOf, tagNamed, tagNameKey, type TagRow } from '../store/tables/tags.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Access } from './access.ts'
import { putTags, undoably } from './organising-actions.ts'

/** The colour of a tag whose maker did not choose one: by its name, so that several differ. */
const colorFor = (id: string): TagColor => {
  const [, ...colors] = TagColor.options
  return colors[Number.parseInt(id.slice(0, 4), 16) % colors.length] ?? 'grey'
}

function mustBeFree(db: ReadableDb, name: string, ownId?: string): void {
  const present = tagNamed(db, name)
  if (!present || present.id === ownId) return
  throw new DomainError('CONFLICT', `There is a tag "${present.name}" already.`, {
    field: 'name',
    id: present.id,
  })
}

/** @throws DomainError NOT_FOUND */
function mustFind(db: ReadableDb, id: string): TagRow {
  const tag = tagById(db, id)
  if (tag?.removed_at === null) return tag
  throw new DomainError('NOT_FOUND', 'This tag does not exist any more.')
}

/**
 * Makes a tag, and puts it on conversations. One that was removed comes back when it is made again by its name, on the
 * conversations that had it.
 * @throws DomainError CONFLICT when there is one of that name; NOT_FOUND, NOT_ALLOWED about the conversations
 */
export function createTag(
  store: Store,
  access: Access,
  { name, color, on }: { name: string; color?: TagColor | undefined; on: readonly string[] },
): { id: string; undo: string | null } {
  let id = tagIdOf(name)
  const undo = undoably(store, access, (done) => {
    const { write, undo: collected } = done
    mustBeFree(write.db, name)
    const present = tagById(write.db, id)
    const values = { name: name.trim(), color: color ?? colorFor(id) }
    if (present && present.removed_at !== null && tagNameKey(present.name) === tagNameKey(name)) {
      collected.append({
        entity: 'tag',
        id,
        kind: 'set',
        values: { ...(color ? values : { name: values.name }), removed_at: null },
      })
    } else {
      // The one that was made by this name has another one now.
      if (present) id = uuidV7(write.now)
      const made = { ...values, created_at: write.now }
      collected.append({ entity: 'tag', id, kind: 'create', values: made })
    }
    write.changed('tags', id)
    if (on.length > 0) putTags(done, access, on, { add: [id], remove: [] })
  })
  return { id, undo }
}

/** @throws DomainError NOT_FOUND, CONFLICT */
export const updateTag = (
  store: Store,
  access: Access,
  { id, name, color }: { id: string; name?: string | undefined; color?: TagColor | undefined },
): string | null =>
  undoably(store, access, ({ write, undo }) => {
    const tag = mustFind(write.db, id)
    if (name !== undefined) mustBeFree(write.db, name, id)
    const values = {
      ...(name !== undefined && name.trim() !== tag.name && { name: name.trim() }),
      ...(color !== undefined && color !== tag.color && { color }),
    }
    if (Object.keys(values).length === 0) return
    undo.append({ entity: 'tag', id, kind: 'set', values })
    write.changed('tags', id)
    // Lists are in the order of the tags' names.
    write.changedAll('threads')
  })

/** Off every conversation; taken back, it is on all of them again. @throws DomainError NOT_FOUND */
export const removeTag = (store: Store, access: Access, id: string): string | null =>
  undoably(store, access, ({ write, undo }) => {
    mustFind(write.db, id)
    undo.append({ entity: 'tag', id, kind: 'set', values: { removed_at: write.now } })
    write.changed('tags', id)
    write.changedAll('threads')
  })
