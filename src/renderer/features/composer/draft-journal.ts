import type { DraftContent } from '@contract/composing.ts'

/** What was typed last, kept beside the engine until it confirms the save: survives a killed tab or engine. */
export type JournalEntry = { version: number; content: DraftContent; at: number }

/** The part of Storage that is used; tests bring a Map. */
export type JournalStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export type DraftJournal = {
  /** Keeps the newest text. False when the browser refuses (full or switched off): saving goes on without it. */
  write(draftId: string, entry: JournalEntry): boolean
  read(draftId: string): JournalEntry | null
  /** Forgets the text if it is still the one that was saved; newer text, from this tab or another, stays. */
  confirm(draftId: string, saved: DraftContent): void
  drop(draftId: string): void
}

const keyOf = (draftId: string) => `anteroom.draft.${draftId}`

/** Equal in all that a draft saves. */
export function sameContent(a: DraftContent, b: DraftContent): boolean {
  const mailboxes = (list: DraftContent['to']) => list.map(({ name, address }) => [name, address])
  const plain = (content: DraftContent) =>
    JSON.stringify([
      content.channelId,
      mailboxes(content.to),
      mailboxes(content.cc),
      mailboxes(content.bcc),
      content.subject,
      content.html,
    ])
  return plain(a) === plain(b)
}

function isEntry(value: unknown): value is JournalEntry {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Partial<JournalEntry>
  const content = entry.content as Partial<DraftContent> | undefined
  return (
    typeof entry.version === 'number' &&
    typeof content?.html === 'string' &&
    typeof content.subject === 'string' &&
    Array.isArray(content.to) &&
    Array.isArray(content.cc) &&
    Array.isArray(content.bcc)
  )
}

export function createDraftJournal(storage: JournalStorage): DraftJournal {
  const read = (draftId: string): JournalEntry | null => {
    try {
      const value: unknown = JSON.parse(storage.getItem(keyOf(draftId)) ?? 'null')
      return isEntry(value) ? value : null
    } catch {
      // Unreadable text helps nobody; the engine's copy is the one to show.
      return null
    }
  }
  const drop = (draftId: string) => {
    try {
      storage.removeItem(keyOf(draftId))
    } catch {
      // A browser that refuses storage has nothing to forget.
    }
  }
  return {
    write(draftId, entry) {
      try {
        storage.setItem(keyOf(draftId), JSON.stringify(entry))
        return true
      } catch {
        return false
      }
    },
    read,
    confirm(draftId, saved) {
      const entry = read(draftId)
      if (entry && sameContent(entry.content, saved)) drop(draftId)
    },
    drop,
  }
}
