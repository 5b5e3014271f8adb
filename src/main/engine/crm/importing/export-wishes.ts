import { randomUUID } from 'node:crypto'
import type { ListSettings, RecordType } from '../../../../contract/records.ts'
import type { Clock } from '../../types.ts'

export type ExportWish = {
  userId: string
  type: RecordType
  format: 'csv' | 'vcard' | 'vcard3'
  ids: readonly string[]
  list: { settings: ListSettings; query: string } | null
}

const KEPT_MS = 60 * 60_000
const KEPT = 50

/** What was asked to be exported, until its file is fetched: a list of ids is too long for an address. */
export class ExportWishes {
  private readonly clock: Clock
  private readonly wishes = new Map<string, ExportWish & { at: number }>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** @returns what the address names it by */
  keep(wish: ExportWish): string {
    const now = this.clock.now()
    for (const [id, { at }] of this.wishes) {
      if (now - at > KEPT_MS || this.wishes.size >= KEPT) this.wishes.delete(id)
    }
    const id = randomUUID()
    this.wishes.set(id, { ...wish, at: now })
    return id
  }

  /** What that user asked for, or null when it was too long ago. */
  find(id: string, userId: string): ExportWish | null {
    const wish = this.wishes.get(id)
    return wish && wish.userId === userId && this.clock.now() - wish.at <= KEPT_MS ? wish : null
  }
}
