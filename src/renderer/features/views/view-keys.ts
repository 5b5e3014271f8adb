const idIn = (view: string, kind: string): string | null =>
  view.startsWith(`${kind}-`) ? view.slice(kind.length + 1) : null

/** The id of the inbox that a view is, or null. */
export const inboxOf = (view: string): string | null => idIn(view, 'inbox')
/** The id of the tag that a view is, or null. */
export const tagOf = (view: string): string | null => idIn(view, 'tag')
/** The id of the view that somebody made, or null. */
export const ownOf = (view: string): string | null => idIn(view, 'view')
