import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Cursor, EmptyReason, Timestamp, Undoable } from './common.ts'
import { PipelineId, PropertyId, RecordViewId, StageId, ThreadId, UndoId, UserId } from './ids.ts'

/** The CRM's records share one shape: a name, and values by the key of a property. */
export const RecordType = z.enum(['contact', 'company', 'deal', 'ticket'])
export type RecordType = z.infer<typeof RecordType>

export const RecordRef = z.object({ type: RecordType, id: z.uuid() })
export type RecordRef = z.infer<typeof RecordRef>

/**
 * How a property's value is written: text as it is, a number as a number, a date as "2026-11-21", a choice by its
 * option's value, a user by id, a phone in E.164, an amount in the currency's smallest unit ("minor units"), a time in
 * ms since the epoch.
 */
export const PropertyType = z.enum([
  'text',
  'long_text',
  'number',
  'date',
  'time',
  'choice',
  'boolean',
  'user',
  'email',
  'phone',
  'url',
  'amount',
  'company',
  'stage',
])
export type PropertyType = z.infer<typeof PropertyType>

export const PropertyValue = z.union([z.string().max(20_000), z.number(), z.boolean(), z.null()])
export type PropertyValue = z.infer<typeof PropertyValue>

/** By the key of the property. Built-in keys are words ("lifecycle_stage"), a company's own are their ids. */
export const PropertyValues = z.record(z.string().max(100), PropertyValue)
export type PropertyValues = z.infer<typeof PropertyValues>

export const PropertyView = z.object({
  key: z.string(),
  /** Of a company's own property; null for a built-in one. */
  id: PropertyId.nullable(),
  recordType: RecordType,
  /** As the company named it; null for a built-in one, which the interface names by its key. */
  name: z.string().nullable(),
  type: PropertyType,
  /** Of a choice. A built-in one's options are named by the interface. */
  options: z.array(z.string()),
  /** Nobody writes it: counted or noted by the engine. */
  readOnly: z.boolean(),
  /** Whether a list can be sorted by it. */
  sortable: z.boolean(),
})
export type PropertyView = z.infer<typeof PropertyView>

export const StageView = z.object({
  id: StageId,
  name: z.string(),
  outcome: z.enum(['open', 'won', 'lost']),
  /** Chance of winning, percent. */
  probability: z.number().int().min(0).max(100),
})
export type StageView = z.infer<typeof StageView>

export const PipelineView = z.object({ id: PipelineId, name: z.string(), stages: z.array(StageView) })
export type PipelineView = z.infer<typeof PipelineView>

export const RecordRowView = z.object({
  ref: RecordRef,
  name: z.string(),
  values: PropertyValues,
  /**
   * By the key of the property: the name of the company that a value refers to, a phone number as people write it. Users
   * and stages are known anyway.
   */
  names: z.record(z.string(), z.string()).default({}),
})
export type RecordRowView = z.infer<typeof RecordRowView>

export const AddressView = z.object({
  address: z.string(),
  primary: z.boolean(),
  /** A hard bounce came back from it: when, and what the server said. */
  bounced: z.object({ at: Timestamp, reason: z.string() }).nullable(),
})
export type AddressView = z.infer<typeof AddressView>

export const PhoneView = z.object({
  /** E.164 where it is a number that exists ("+390612345678"), else as it was written. */
  number: z.string(),
  /** As people write it in its country. */
  shown: z.string(),
  valid: z.boolean(),
  label: z.string(),
})
export type PhoneView = z.infer<typeof PhoneView>

export const AssociationView = z.object({
  ref: RecordRef,
  name: z.string(),
  /** One line about it: an address, a domain, a stage and amount, a status. */
  detail: z.string(),
  /** "Company of the contact" and the like hold by themselves and are changed as properties. */
  fixed: z.boolean(),
})
export type AssociationView = z.infer<typeof AssociationView>

export const RecordView = RecordRowView.extend({
  /** Of a contact; empty for the others. The first is the primary one. */
  addresses: z.array(AddressView),
  phones: z.array(PhoneView),
  associations: z.array(AssociationView),
  /** Records that were merged into this one, newest first; each can be taken out again. */
  merged: z.array(
    z.object({ ref: RecordRef, name: z.string(), address: z.string().nullable(), at: Timestamp }),
  ),
  /** The conversation of a ticket. */
  threadId: ThreadId.nullable(),
  createdAt: Timestamp,
  /** Why this user may not change it (A3), or null. */
  refusal: z.string().nullable(),
})
export type RecordView = z.infer<typeof RecordView>

export const FilterCondition = z.object({
  key: z.string().max(100),
  /** `is_empty` and `is_not_empty` take no value; `before`/`after` are for dates and times, `at_least`/`at_most` for numbers. */
  test: z.enum([
    'is',
    'is_not',
    'contains',
    'begins_with',
    'is_empty',
    'is_not_empty',
    'at_least',
    'at_most',
    'before',
    'after',
  ]),
  value: PropertyValue.default(null),
})
export type FilterCondition = z.infer<typeof FilterCondition>

/** What a list shows: a value, kept in the address bar and in saved views. */
export const ListSettings = z.object({
  columns: z.array(z.string().max(100)).max(50),
  filters: z.array(FilterCondition).max(20),
  sort: z.object({ key: z.string().max(100), descending: z.boolean() }),
})
export type ListSettings = z.infer<typeof ListSettings>

export const RecordViewView = z.object({
  id: RecordViewId,
  recordType: RecordType,
  name: z.string(),
  /** Null: shared with everyone. */
  ownerId: UserId.nullable(),
  settings: ListSettings,
})
export type RecordViewView = z.infer<typeof RecordViewView>

/** One field of a merge: what either record has, and what the merged one would have. */
export const MergeField = z.object({
  key: z.string(),
  kept: PropertyValue,
  other: PropertyValue,
  /** Which one is proposed: the kept record's where it has one. */
  proposed: z.enum(['kept', 'other']),
})
export type MergeField = z.infer<typeof MergeField>

export const DuplicateView = z.object({
  a: RecordRowView,
  b: RecordRowView,
  /** In words: "Same name and the same phone number". */
  reason: z.string(),
})
export type DuplicateView = z.infer<typeof DuplicateView>

export const RecordSettings = z.object({
  /** In which phone numbers without "+" are read: two letters (ISO 3166-1), or null where only those with "+" are. */
  phoneCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Write a country by its two letters, like IT.')
    .nullable(),
})
export type RecordSettings = z.infer<typeof RecordSettings>

const Refs = z.array(z.uuid()).min(1).max(100_000)

export const records = {
  properties: base.input(z.object({ type: RecordType })).output(z.array(PropertyView)),
  /** A company's own property; admins only. */
  addProperty: base
    .input(
      z.object({
        type: RecordType,
        name: z.string().trim().min(1).max(100),
        valueType: PropertyType.exclude(['company', 'stage', 'time']),
        options: z.array(z.string().trim().min(1).max(100)).max(200).default([]),
      }),
    )
    .output(Committed.extend({ id: PropertyId })),
  updateProperty: base
    .input(
      z.object({
        id: PropertyId,
        name: z.string().trim().min(1).max(100).optional(),
        options: z.array(z.string().trim().min(1).max(100)).max(200).optional(),
        /** Taken away: its values stay in the history. */
        removed: z.boolean().optional(),
      }),
    )
    .output(Committed),
  pipelines: base.input(z.object({})).output(z.array(PipelineView)),
  /** Makes or changes a pipeline of deals with its stages in order; admins only. A stage in use cannot go. */
  savePipeline: base
    .input(
      z.object({
        id: PipelineId.optional(),
        name: z.string().trim().min(1).max(100),
        stages: z
          .array(StageView.extend({ id: StageId.optional(), name: z.string().trim().min(1).max(100) }))
          .min(1)
          .max(50),
      }),
    )
    .output(Committed.extend({ id: PipelineId })),

  /** What holds for all records. */
  settings: base.input(z.object({})).output(RecordSettings),
  /** Admins only. What was written before stays as it is. */
  saveSettings: base.input(RecordSettings).output(Committed),

  list: base
    .input(
      z.object({
        type: RecordType,
        settings: ListSettings,
        /** Beginnings of words in name, address or domain; empty for all. */
        query: z.string().max(200).default(''),
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(200).default(100),
      }),
    )
    .output(
      z.object({
        rows: z.array(RecordRowView),
        nextCursor: Cursor.nullable(),
        /** At most 10,000; `capped` when there are more. */
        count: z.number().int(),
        capped: z.boolean(),
        emptyReason: EmptyReason.nullable(),
        rev: z.number().int(),
      }),
    ),
  get: base.input(RecordRef).output(RecordView),
  /** For pickers: the nearest of one or all types by the beginnings of words. */
  search: base
    .input(
      z.object({
        query: z.string().max(200),
        types: z.array(RecordType).min(1).default(['contact', 'company', 'deal', 'ticket']),
        limit: z.number().int().min(1).max(50).default(10),
      }),
    )
    .output(z.array(z.object({ ref: RecordRef, name: z.string(), detail: z.string() }))),
  /**
   * A new record. A contact's `email` value is its address, which may be missing; CONFLICT with `data.id` when a contact
   * has it already. A deal without stage begins at the first one of the first pipeline.
   */
  create: base
    .input(
      z.object({
        type: RecordType,
        values: PropertyValues,
        associate: z.array(RecordRef).max(50).default([]),
      }),
    )
    .output(Committed.extend({ id: z.uuid() })),
  /** The same values to one or many. */
  update: base.input(z.object({ type: RecordType, ids: Refs, values: PropertyValues })).output(Undoable),
  /** Out of every list; the history stays. Refused for a contact with mail. */
  remove: base.input(z.object({ type: RecordType, ids: Refs })).output(Undoable),
  associate: base.input(z.object({ a: RecordRef, b: RecordRef, on: z.boolean() })).output(Undoable),
  /** Records that a conversation belongs to beside its contact (D4). */
  ofThread: base.input(z.object({ threadId: ThreadId })).output(z.array(AssociationView)),
  associateThread: base
    .input(z.object({ threadId: ThreadId, ref: RecordRef, on: z.boolean() }))
    .output(Undoable),
  /** Adds an address that no contact has, or takes one away that was added so. The primary one is a property. */
  setAddress: base
    .input(z.object({ contactId: z.uuid(), address: z.email().max(320), on: z.boolean() }))
    .output(Undoable),
  /** One more number at the end, or one fewer; of one that is there, the label. */
  setPhone: base
    .input(
      z.object({
        contactId: z.uuid(),
        number: z.string().trim().min(1).max(100),
        label: z.string().trim().max(50).default(''),
        on: z.boolean(),
      }),
    )
    .output(Undoable),

  /** Field by field, before anything is merged. Contacts with contacts, companies with companies. */
  mergePreview: base.input(z.object({ keep: RecordRef, other: RecordRef })).output(
    z.object({
      kept: RecordRowView,
      other: RecordRowView,
      fields: z.array(MergeField),
      /** What comes over: addresses, conversations, entries, associations. */
      brings: z.object({
        addresses: z.array(z.string()),
        messages: z.number().int(),
        entries: z.number().int(),
        associations: z.number().int(),
      }),
    }),
  ),
  merge: base
    .input(
      z.object({
        keep: RecordRef,
        other: RecordRef,
        /** Keys of the fields whose value is taken from the other one. */
        take: z.array(z.string().max(100)).max(200),
      }),
    )
    .output(Undoable),
  /** Takes a record out of the one that it was merged into; later edits of either stay. */
  unmerge: base.input(RecordRef).output(Committed),
  duplicates: base
    .input(
      z.object({
        type: z.enum(['contact', 'company']),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.array(DuplicateView)),
  /** "These are not the same": not suggested again. */
  dismissDuplicate: base.input(z.object({ a: RecordRef, b: RecordRef })).output(Undoable),
}

const RecordViewInit = z.object({
  type: RecordType,
  name: z.string().trim().min(1).max(100),
  shared: z.boolean(),
  settings: ListSettings,
})

export const recordViews = {
  list: base.input(z.object({ type: RecordType })).output(z.array(RecordViewView)),
  /** Changes to the view `id`, or a new one. */
  save: base
    .input(
      z.union([
        RecordViewInit.omit({ type: true }).partial().extend({ id: RecordViewId }),
        RecordViewInit.extend({ id: z.undefined().optional() }),
      ]),
    )
    .output(Committed.extend({ id: RecordViewId })),
  remove: base.input(z.object({ id: RecordViewId })).output(Committed),
}

export const undo = {
  /**
   * Takes back what one command did: fields that nobody changed since become what they were. `skipped` counts those that
   * somebody did change. CONFLICT when it was taken back already.
   */
  run: base.input(z.object({ id: UndoId })).output(Committed.extend({ skipped: z.number().int() })),
}
