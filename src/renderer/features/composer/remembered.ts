import type { DraftId } from '@contract/ids.ts'

const KEY = 'anteroom.composers'

/** Keeps which drafts are docked in this window, for its next load. */
export function remember(ids: readonly DraftId[]): void {
  try {
    if (ids.length > 0) sessionStorage.setItem(KEY, JSON.stringify(ids))
    else sessionStorage.removeItem(KEY)
  } catch {
    // Without storage they are found under Drafts.
  }
}

/** The drafts that were docked before this load. */
export function remembered(): DraftId[] {
  try {
    const ids: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return Array.isArray(ids) ? ids.filter((id): id is DraftId => typeof id === 'string') : []
  } catch {
    return []
  }
}

export const hasRemembered = (): boolean => remembered().length > 0
