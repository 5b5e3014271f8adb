import type { TimelineFilter } from '../../../../contract/activities.ts'
import type { RecordEntryShape } from '../shapes.ts'
import type { TimelineScope } from './scope.ts'

/** A place in a source's own order: what its next page begins after. Numbers and texts, of the kinds it declares. */
export type Position = readonly (number | string)[]

export type Found<Row> = {
  /** ms */
  at: number
  position: Position
  row: Row
}

/** One kind of thing that happens on records. A new kind is a file with one of these and a line in the registry. */
export type SourceDefinition<Row> = {
  filter: TimelineFilter
  /** The place before everything: the newest there can be. Its kinds are those of every position. */
  start: Position
  /** Up to `limit` rows that come after a place, newest first. */
  read(scope: TimelineScope, after: Position, limit: number): Found<Row>[]
  /** The entries of each of some rows, in their order. A row may be several entries, or none. */
  show(scope: TimelineScope, rows: readonly Row[]): RecordEntryShape[][]
}

/** What was found, and the entries of its first `count` rows. */
export type Opened = {
  moments: readonly { at: number; position: Position }[]
  show(count: number): RecordEntryShape[][]
}

export type TimelineSource = {
  filter: TimelineFilter
  start: Position
  open(scope: TimelineScope, after: Position, limit: number): Opened
}

/** Makes a source, whatever its rows are, one of the registry. */
export const defineSource = <Row>(definition: SourceDefinition<Row>): TimelineSource => ({
  filter: definition.filter,
  start: definition.start,
  open(scope, after, limit) {
    const found = definition.read(scope, after, limit)
    return {
      moments: found,
      show: (count) =>
        definition.show(
          scope,
          found.slice(0, count).map(({ row }) => row),
        ),
    }
  },
})

/** What entries have in common: nothing of anything in particular. */
export const blank = {
  actorId: null,
  threadId: null,
  messageId: null,
  title: '',
  detail: '',
  record: null,
  note: null,
  call: null,
  task: null,
  quote: null,
} satisfies Partial<RecordEntryShape>

/** As much of a text as an entry shows; the whole of a note comes with it. */
export const excerpt = (text: string): string => text.slice(0, 500)
