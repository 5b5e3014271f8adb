import { implement, ORPCError } from '@orpc/server'
import type { UndoId } from '@contract/ids.ts'
import type { z } from 'zod'
import type { ChangeEvent } from '@contract/events.ts'
import {
  records,
  recordViews,
  undo,
  type AssociationView,
  type FilterCondition,
  type ListSettings,
  type PipelineView,
  type PropertyType,
  type PropertyValue,
  type PropertyView,
  type RecordRowView,
  type RecordType,
  type RecordViewView,
} from '@contract/records.ts'

type Announce = (...changes: z.infer<typeof ChangeEvent>['changes']) => void
type Row = { id: string; values: Record<string, PropertyValue> }

const uuid = (kind: number, index: number) =>
  `00000000-0000-4000-8${String(kind).padStart(3, '0')}-${String(index).padStart(12, '0')}`
const FIRST = ['Ada', 'Bo', 'Carla', 'Dmitri', 'Ewa', 'Fatima', 'Gil', 'Hana']
const LAST = ['Smith', 'Chen', 'Rossi', 'Ivanov', 'Nowak', 'Khan', 'Costa', 'Ito']
const COMPANIES = ['Northwind', 'Rossi Luci', 'Bright Lamps', 'Acme Tools']
const STAGES = ['lead', 'opportunity', 'customer']
const ENTITY = { contact: 'contacts', company: 'companies', deal: 'deals', ticket: 'tickets' } as const

const property = (
  recordType: RecordType,
  key: string,
  type: PropertyType = 'text',
  rest: Partial<PropertyView> = {},
): PropertyView => ({
  key,
  id: null,
  recordType,
  name: null,
  type,
  options: [],
  readOnly: false,
  sortable: true,
  ...rest,
})
const own = (
  recordType: RecordType,
  index: number,
  name: string,
  type: PropertyType,
  options: string[] = [],
) => property(recordType, uuid(20, index), type, { id: uuid(20, index) as PropertyView['id'], name, options })

const unsorted = { sortable: false }
const noted = { readOnly: true }

/** The records of the double: real enough to be listed, filtered, sorted, changed and taken back. */
export function fakeRecords(many: number, announce: Announce) {
  const properties: Record<RecordType, PropertyView[]> = {
    contact: [
      property('contact', 'name', 'text', noted),
      property('contact', 'first_name'),
      property('contact', 'last_name'),
      property('contact', 'email', 'email'),
      property('contact', 'job_title'),
      property('contact', 'company', 'company', unsorted),
      property('contact', 'owner_id', 'user', unsorted),
      property('contact', 'lifecycle_stage', 'choice', { options: STAGES }),
      property('contact', 'message_count', 'number', noted),
      property('contact', 'last_seen_at', 'time', noted),
      property('contact', 'notes', 'long_text', unsorted),
      own('contact', 1, 'Favourite lamp', 'choice', ['Desk', 'Ceiling']),
    ],
    company: [
      property('company', 'name'),
      property('company', 'domain'),
      property('company', 'website', 'url'),
      property('company', 'owner_id', 'user', unsorted),
    ],
    deal: [
      property('deal', 'name'),
      property('deal', 'amount', 'amount'),
      property('deal', 'currency'),
      property('deal', 'stage', 'stage'),
      property('deal', 'close_date', 'date'),
      property('deal', 'owner_id', 'user', unsorted),
    ],
    ticket: [
      property('ticket', 'number', 'number', noted),
      property('ticket', 'subject'),
      property('ticket', 'status', 'choice', { options: ['new', 'closed'] }),
    ],
  }
  const pipelines: PipelineView[] = [
    {
      id: uuid(21, 0) as PipelineView['id'],
      name: 'Sales',
      stages: (['Talking', 'Offer sent', 'Won', 'Lost'] as const).map((name, index) => ({
        id: uuid(22, index) as PipelineView['stages'][number]['id'],
        name,
        outcome: name === 'Won' ? 'won' : name === 'Lost' ? 'lost' : 'open',
        probability: [30, 60, 100, 0][index] ?? 0,
      })),
    },
  ]
  const rows: Record<RecordType, Row[]> = {
    contact: Array.from({ length: many }, (_, index) => ({
      id: uuid(10, index),
      values: {
        first_name: FIRST[index % FIRST.length] ?? '',
        last_name: `${LAST[Math.floor(index / FIRST.length) % LAST.length]} ${String(index).padStart(6, '0')}`,
        email: `person${index}@example.test`,
        company: uuid(11, index % COMPANIES.length),
        lifecycle_stage: STAGES[index % STAGES.length] ?? '',
        owner_id: index % 4 === 0 ? uuid(1, 1) : null,
        message_count: index % 90,
        last_seen_at: Date.UTC(2026, 4, 5) - index * 60_000,
      },
    })),
    company: COMPANIES.map((name, index) => ({
      id: uuid(11, index),
      values: { name, domain: `${name.toLowerCase().replace(' ', '-')}.test` },
    })),
    deal: ['Forty lamps', 'A lighthouse'].map((name, index) => ({
      id: uuid(12, index),
      values: {
        name,
        amount: 120_000 * (index + 1),
        currency: 'EUR',
        stage: uuid(22, index),
        close_date: '2026-12-24',
      },
    })),
    ticket: [{ id: uuid(13, 0), values: { number: 7, subject: 'The lamp flickers', status: 'new' } }],
  }
  let views: RecordViewView[] = []
  const associations = new Map<string, [string, string]>()
  const undos = new Map<string, () => void>()
  let made = 0

  const nameOf = (type: RecordType, { values }: Row): string => {
    if (type === 'contact') return [values['first_name'], values['last_name']].filter(Boolean).join(' ')
    return String(values[type === 'ticket' ? 'subject' : 'name'] ?? '')
  }
  const find = (type: RecordType, id: string) => rows[type].find((row) => row.id === id)
  const viewOf = (type: RecordType, row: Row): RecordRowView => {
    const company = find('company', String(row.values['company']))
    const name = nameOf(type, row)
    return {
      ref: { type, id: row.id },
      name,
      values: { ...row.values, name },
      names: company ? { company: nameOf('company', company) } : {},
    }
  }
  const fits = (type: RecordType, row: Row, { key, test, value }: FilterCondition): boolean => {
    const has = key === 'name' ? nameOf(type, row) : (row.values[key] ?? null)
    const text = String(has ?? '').toLowerCase()
    const wanted = String(value ?? '').toLowerCase()
    switch (test) {
      case 'is':
        return text === wanted
      case 'is_not':
        return text !== wanted
      case 'contains':
        return text.includes(wanted)
      case 'begins_with':
        return text.startsWith(wanted)
      case 'is_empty':
        return text === ''
      case 'is_not_empty':
        return text !== ''
      case 'at_least':
      case 'after':
        return Number(has) >= Number(value)
      default:
        return Number(has) <= Number(value)
    }
  }
  const undoable = (back: () => void) => {
    const id = uuid(30, undos.size) as UndoId
    undos.set(id, back)
    return id
  }
  let version = 0
  function changed(type: RecordType): void {
    version += 1
    announce({ entity: ENTITY[type], ids: null })
  }
  const associationsOf = (key: string): AssociationView[] =>
    [...associations.values()].flatMap(([a, b]) => {
      const other = a === key ? b : b === key ? a : null
      const [type, id] = (other?.split(':') ?? []) as [RecordType, string]
      const row = other && find(type, id)
      return row
        ? [
            {
              ref: { type, id },
              name: nameOf(type, row),
              detail: String(row.values['domain'] ?? ''),
              fixed: false,
            },
          ]
        : []
    })
  function associate(a: string, b: string, on: boolean) {
    const key = [a, b].sort().join(' ')
    if (on) associations.set(key, [a, b])
    else associations.delete(key)
    announce({ entity: 'contacts', ids: null }, { entity: 'threads', ids: null })
    return { rev: 1, undo: undoable(() => associate(a, b, !on)) }
  }

  // Sorting a hundred thousand anew for each page would measure the double.
  let last = { asked: '', found: [] as Row[] }
  function listed(
    type: RecordType,
    query: string,
    filters: FilterCondition[],
    sort: ListSettings['sort'],
  ): Row[] {
    const asked = JSON.stringify([type, query, filters, sort, version])
    if (last.asked === asked) return last.found
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    const found = rows[type].filter(
      (row) =>
        filters.every((filter) => fits(type, row, filter)) &&
        words.every((word) => `${nameOf(type, row)} ${row.values['email']}`.toLowerCase().includes(word)),
    )
    const valueOf = (row: Row) => (sort.key === 'name' ? nameOf(type, row) : (row.values[sort.key] ?? ''))
    found.sort((a, b) => {
      const [x, y] = [valueOf(a), valueOf(b)]
      const order = x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : 1
      return sort.descending ? -order : order
    })
    last = { asked, found }
    return found
  }

  const os = implement({ records, recordViews, undo })
  const handlers = {
    records: {
      properties: os.records.properties.handler(({ input }) => properties[input.type]),
      addProperty: os.records.addProperty.handler(({ input }) => {
        made += 1
        const added = own(input.type, 100 + made, input.name, input.valueType, input.options)
        properties[input.type].push(added)
        announce({ entity: 'properties', ids: null })
        return { rev: 1, id: added.id ?? (uuid(20, 0) as never) }
      }),
      pipelines: os.records.pipelines.handler(() => pipelines),
      list: os.records.list.handler(({ input }) => {
        const { type, query, cursor, limit } = input
        const { filters, sort } = input.settings
        const found = listed(type, query, filters, sort)
        const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1
        const page = found.slice(from, from + limit)
        return {
          rows: page.map((row) => viewOf(type, row)),
          nextCursor: from + limit < found.length ? (page.at(-1)?.id ?? null) : null,
          count: Math.min(10_000, found.length),
          capped: found.length > 10_000,
          emptyReason:
            found.length > 0
              ? null
              : filters.length > 0 || query
                ? ('no_match' as const)
                : ('nothing_here' as const),
          rev: 1,
        }
      }),
      get: os.records.get.handler(({ input }) => {
        const row = find(input.type, input.id)
        if (!row) throw new ORPCError('NOT_FOUND', { message: 'This record is gone.' })
        const isContact = input.type === 'contact'
        return {
          ...viewOf(input.type, row),
          addresses:
            isContact && row.values['email']
              ? [
                  {
                    address: String(row.values['email']),
                    primary: true,
                    bounced: { at: Date.UTC(2026, 4, 4), reason: '550 5.2.2 Mailbox full' },
                  },
                  { address: 'other@example.test', primary: false, bounced: null },
                ]
              : [],
          phones: isContact
            ? [{ number: '+390612345678', shown: '06 1234 5678', valid: true, label: 'Office' }]
            : [],
          associations: associationsOf(`${input.type}:${input.id}`),
          merged: isContact
            ? [
                {
                  ref: { type: 'contact' as const, id: uuid(10, 900_000) },
                  name: 'A. Smith',
                  address: 'asmith@old.test',
                  at: Date.UTC(2026, 4, 4),
                },
              ]
            : [],
          threadId: null,
          createdAt: Date.UTC(2026, 4, 1),
          refusal: null,
        }
      }),
      search: os.records.search.handler(({ input }) =>
        input.types
          .flatMap((type) =>
            rows[type]
              .filter((row) => nameOf(type, row).toLowerCase().includes(input.query.toLowerCase()))
              .slice(0, input.limit)
              .map((row) => ({
                ref: { type, id: row.id },
                name: nameOf(type, row),
                detail: String(row.values['email'] ?? row.values['domain'] ?? ''),
              })),
          )
          .slice(0, input.limit),
      ),
      create: os.records.create.handler(({ input }) => {
        const taken = rows[input.type].find(
          (row) => input.values['email'] && row.values['email'] === input.values['email'],
        )
        if (taken)
          throw new ORPCError('CONFLICT', {
            message: `${input.values['email']} is a contact already.`,
            data: { id: taken.id },
          })
        made += 1
        const id = uuid(14, made)
        rows[input.type].push({ id, values: { ...input.values } })
        for (const other of input.associate)
          associate(`${input.type}:${id}`, `${other.type}:${other.id}`, true)
        changed(input.type)
        return { rev: 1, id }
      }),
      update: os.records.update.handler(({ input }) => {
        const ids = new Set(input.ids)
        const before = rows[input.type]
          .filter(({ id }) => ids.has(id))
          .map((row) => [row, row.values] as const)
        before.forEach(([row]) => (row.values = { ...row.values, ...input.values }))
        changed(input.type)
        return {
          rev: 1,
          undo: undoable(() => {
            before.forEach(([row, values]) => (row.values = values))
            changed(input.type)
          }),
        }
      }),
      remove: os.records.remove.handler(({ input }) => {
        const before = rows[input.type]
        rows[input.type] = before.filter(({ id }) => !input.ids.includes(id))
        changed(input.type)
        return {
          rev: 1,
          undo: undoable(() => {
            rows[input.type] = before
            changed(input.type)
          }),
        }
      }),
      associate: os.records.associate.handler(({ input: { a, b, on } }) =>
        associate(`${a.type}:${a.id}`, `${b.type}:${b.id}`, on),
      ),
      ofThread: os.records.ofThread.handler(({ input }) => associationsOf(`thread:${input.threadId}`)),
      associateThread: os.records.associateThread.handler(({ input: { threadId, ref, on } }) =>
        associate(`thread:${threadId}`, `${ref.type}:${ref.id}`, on),
      ),
    },
    recordViews: {
      list: os.recordViews.list.handler(({ input }) =>
        views.filter(({ recordType }) => recordType === input.type),
      ),
      save: os.recordViews.save.handler(({ input }) => {
        const ownerOf = (shared: boolean) => (shared ? null : (uuid(1, 0) as RecordViewView['ownerId']))
        made += 1
        const id = input.id ?? (uuid(23, made) as RecordViewView['id'])
        if (input.id === undefined) {
          const { type: recordType, name, shared, settings } = input
          views = [...views, { id, recordType, name, ownerId: ownerOf(shared), settings }]
        } else {
          views = views.map((each) => ({
            ...each,
            ...(each.id === id && {
              name: input.name ?? each.name,
              ownerId: input.shared === undefined ? each.ownerId : ownerOf(input.shared),
              settings: input.settings ?? each.settings,
            }),
          }))
        }
        announce({ entity: 'recordViews', ids: null })
        return { rev: 1, id }
      }),
      remove: os.recordViews.remove.handler(({ input }) => {
        views = views.filter(({ id }) => id !== input.id)
        announce({ entity: 'recordViews', ids: null })
        return { rev: 1 }
      }),
    },
    undo: {
      run: os.undo.run.handler(({ input }) => {
        undos.get(input.id)?.()
        return { rev: 1, skipped: 0 }
      }),
    },
  }
  return { handlers, undoable }
}
