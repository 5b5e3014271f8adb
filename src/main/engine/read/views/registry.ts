import type { ViewKey } from '../../../../contract/threads.ts'
import { closed } from './closed.ts'
import { drafts } from './drafts.ts'
import { following } from './following.ts'
import { inbox } from './inbox.ts'
import { mentions } from './mentions.ts'
import { mine } from './mine.ts'
import { open } from './open.ts'
import { outbox } from './outbox.ts'
import { own } from './own.ts'
import { sent } from './sent.ts'
import { snoozed } from './snoozed.ts'
import { spam } from './spam.ts'
import { tag } from './tag.ts'
import { unassigned } from './unassigned.ts'
import type { NamedView, View } from './view.ts'

/** The named views, in the order in which they are counted and shown. */
export const namedViews: readonly NamedView[] = [
  unassigned,
  mine,
  mentions,
  following,
  open,
  snoozed,
  closed,
  sent,
  drafts,
  spam,
  outbox,
]

const byKey = new Map<string, View>(namedViews.map((view) => [view.key, view]))
const INBOX = 'inbox-'

/** The inbox that a view is about, or null for the named views. */
export const inboxOfView = (key: ViewKey): string | null =>
  key.startsWith(INBOX) ? key.slice(INBOX.length) : null

/** The view of a key; the contract has checked that it is one. */
export function viewOf(key: ViewKey): View {
  const inboxId = inboxOfView(key)
  if (inboxId !== null) return inbox(inboxId)
  const [, kind, id] = /^(tag|view)-(.+)$/.exec(key) ?? []
  if (kind !== undefined && id !== undefined) return kind === 'tag' ? tag(id) : own(id)
  const view = byKey.get(key)
  if (!view) throw new Error(`There is no view "${key}" in the registry.`)
  return view
}
