import type { ThreadRowView, ThreadView } from '@contract/threads.ts'
import type { PropertyValue, RecordRowView, RecordType } from '@contract/records.ts'
import type { InsertTarget, TextEditorHandle } from './insert-target.ts'
import { defineAsyncComponent, shallowReactive, type AsyncComponentLoader, type Component } from 'vue'

/**
 * The places of the frame, and what they pass to what fills them. A feature fills a place; the frame and
 * other features show whatever is there, and nothing where nothing is.
 */
export type SlotProps = {
  /** The navigation at the left. */
  views: Record<string, never>
  /** In the navigation, below the inboxes: where else one can go. */
  navigation: Record<string, never>
  /** The list in the middle, of a view or of a search. */
  list: { view: string | null; query: string | null }
  /** The conversation. */
  thread: { threadId: string }
  /** At the top of a conversation, below its subject: what it is marked with, and who is there. */
  threadMarks: { thread: ThreadView }
  /** In a row of the list, before its time: what it is marked with. */
  rowMarks: { row: ThreadRowView }
  /** In the bar of chosen conversations: what else can be done with all of them. `reason`: why not (A3). */
  bulkActions: { ids: readonly string[]; rows: readonly ThreadRowView[]; reason: string | null }
  /** Beside the conversation, above the contact: its ticket. */
  ticket: { threadId: string }
  /** Beside the conversation: the contact. */
  record: { threadId: string }
  /** In the contact beside the conversation, below the name: what can be done with it, and what its record says. */
  contact: { contactId: string; threadId: string }
  /** In the contact beside the conversation, below its fields: the records that the conversation belongs to. */
  contactRecords: { contactId: string; threadId: string }
  /** In the contact beside the conversation, at its end: what happened. */
  contactTimeline: { contactId: string }
  /** The whole window beside the navigation: a list of records, or the page of one (`recordId`). */
  records: { type: RecordType; recordId: string | null }
  /** The whole window beside the navigation: one's own tasks. */
  tasks: Record<string, never>
  /** The whole window beside the navigation: records that may be the same. */
  duplicates: Record<string, never>
  /** Within a line, the name of a property by its key. */
  propertyName: { type: RecordType; property: string }
  /** Within a line, the value of a property in words; nothing where there is none. `row` names what it refers to. */
  propertyValue: {
    type: RecordType
    property: string
    value: PropertyValue
    row: Pick<RecordRowView, 'values' | 'names'>
  }
  /** On a record's page, beside its name: what can be done with it. */
  recordActions: { type: RecordType; id: string }
  /** The middle of a record's page: what happened. */
  recordMain: { type: RecordType; id: string }
  /** On a record's page, below what it is associated with. */
  recordAside: { type: RecordType; id: string }
  /** At the end of the conversation: the answer being written. */
  reply: { threadId: string }
  /** Docked at the bottom right, above everything: new mails being written. Always there. */
  composers: Record<string, never>
  /** First start: the whole window, while the workspace has no name. */
  welcome: Record<string, never>
  /** At the end of a channel's card: what more there is to tell about it, and its doctor. */
  channel: { channelId: string }
  /** Below one's own addresses: what is the same for all of them. */
  accounts: Record<string, never>
  /** In an open message above its text, and on the timeline: what there is to say about it. `personal`: it is known to be one's own mail. */
  messageNote: { messageId: string; threadId: string; personal?: boolean }
  /** In the composer, below the text: who else is in the conversation that it answers; null for a new mail. */
  composerPeople: { threadId: string | null }
  /** In the composer, below the text: what else can be chosen for this mail. `change` keeps it in the draft. */
  composerOptions: {
    channelId: string
    /** The conversation that the mail answers; null for a new one. */
    threadId: string | null
    /** An answer to a personal mail that is not logged. */
    answersPersonal: boolean
    log: boolean
    logOriginal: boolean
    change: (part: { log?: boolean; logOriginal?: boolean }) => void
  }
  /** In a forward, below what is attached: which files of the original go along. */
  composerFiles: { draftId: string }
  /** In the composer beside Send: what can be put into the mail. `wanted` rises when it is asked for by keyboard. */
  composerInsert: { draftId: string; target: InsertTarget; wanted: number }
  /** An editor of a text with the formatting of mail, beside its label. `ready` is given the handle to it. */
  textEditor: {
    html: string
    label: string
    placeholder: string
    change: (html: string) => void
    ready: (editor: TextEditorHandle) => void
  }
  /** The whole window beside the navigation: the library, or one entry of it (an id, or "new-" and a kind). */
  library: { entry: string | null }
  /** In the settings of an inbox: its channels with their health. */
  inboxChannels: { inboxId: string }
  /** A window of its own for a mail that is being written. */
  draft: { draftId: string }
  /** A window that shows one message, whole. */
  message: { messageId: string }
  /** The search box in the bar at the top. */
  search: Record<string, never>
  /** Above the frame: dialogs and popovers that a feature opens by itself. Always there. */
  layers: Record<string, never>
}
export type SlotName = keyof SlotProps

type Filling = { component: Component; order: number }
const filled = shallowReactive(new Map<SlotName, readonly Filling[]>())
const loaders: (() => Promise<unknown>)[] = []

/**
 * Fills a place. Give a loader (`() => import('./X.vue')`) for all that the first screen does not need. Where several
 * fill one place, the lower `order` comes first.
 */
export function fillSlot(name: SlotName, content: Component | AsyncComponentLoader, order = 0): void {
  const filling = { component: isLoader(content) ? later(content) : content, order }
  filled.set(
    name,
    [...(filled.get(name) ?? []), filling].sort((a, b) => a.order - b.order),
  )
}

function later(load: AsyncComponentLoader): Component {
  loaders.push(load)
  return defineAsyncComponent(load)
}

/** A loader is a bare function; functional components are not used for slots. */
const isLoader = (content: Component | AsyncComponentLoader): content is AsyncComponentLoader =>
  typeof content === 'function'

/** What fills a place: by `order`, then in the order of registration. */
export const slotContent = (name: SlotName): readonly Component[] =>
  (filled.get(name) ?? []).map(({ component }) => component)

/** Fetches what was left for later, one after the other, while nothing else is to be done. */
export function loadTheRest(): void {
  const next = loaders.shift()
  if (!next) return
  requestIdleCallback(
    () =>
      void next()
        // Whoever shows it meets the failure again and says so.
        .catch(() => {})
        .then(loadTheRest),
    { timeout: 2_000 },
  )
}
