import type { ListSettings, RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import { recordViewById, type RecordViewRow } from '../../store/tables/record-views.ts'
import type { Doing } from './doing.ts'

/** Saved views of lists: one's own, or everybody's, whom everybody may change. */

function mustFind(doing: Doing, id: string): RecordViewRow {
  const row = recordViewById(doing.write.db, id)
  if (row?.removed_at !== null || (row.owner_id !== null && row.owner_id !== doing.actorId))
    throw new DomainError(
      'NOT_FOUND',
      'This view does not exist any more, or it is the one of somebody else.',
    )
  return row
}

type ViewInit = { name: string; shared: boolean; settings: ListSettings }

/** Makes a view, or changes what is given of one. @returns the view's id. @throws DomainError NOT_FOUND */
export function saveView(
  doing: Doing,
  view: ({ id?: undefined; type: RecordType } & ViewInit) | ({ id: string } & Partial<ViewInit>),
): string {
  const { write, undo } = doing
  const values = {
    ...(view.name !== undefined && { name: view.name }),
    ...(view.shared !== undefined && { owner_id: view.shared ? null : doing.actorId }),
    ...(view.settings !== undefined && { settings: JSON.stringify(view.settings) }),
  }
  if (view.id === undefined) {
    const id = uuidV7(write.now)
    const made = { ...values, record_type: view.type, created_at: write.now }
    undo.append({ entity: 'record_view', id, kind: 'create', values: made })
    write.changed('recordViews', id)
    return id
  }
  const row = mustFind(doing, view.id)
  const differing = Object.fromEntries(
    Object.entries(values).filter(([field, value]) => row[field as keyof typeof values] !== value),
  )
  if (Object.keys(differing).length > 0) {
    undo.append({ entity: 'record_view', id: row.id, kind: 'set', values: differing })
    write.changed('recordViews', row.id)
  }
  return row.id
}

/** @throws DomainError NOT_FOUND */
export function removeView(doing: Doing, id: string): void {
  const row = mustFind(doing, id)
  const values = { removed_at: doing.write.now }
  doing.undo.append({ entity: 'record_view', id: row.id, kind: 'set', values })
  doing.write.changed('recordViews', row.id)
}
