import type { PropertyType, RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { propertiesOfType } from '../../store/tables/properties.ts'

/** What records have: the built-in properties, in the order in which pages show them, and a company's own. */
export type Property = {
  /** A word for a built-in one, its id for a company's own. */
  key: string
  id: string | null
  name: string | null
  type: PropertyType
  options: readonly string[]
  readOnly: boolean
  sortable: boolean
}

export const LIFECYCLE_STAGES = [
  'subscriber',
  'lead',
  'marketing_qualified_lead',
  'sales_qualified_lead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
] as const
export const CONSENTS = ['unknown', 'granted', 'refused'] as const
const STATUSES = ['new', 'waiting_on_contact', 'waiting_on_us', 'closed'] as const
const PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const

type Traits = Partial<Pick<Property, 'options' | 'readOnly' | 'sortable'>>
const builtIn = (key: string, type: PropertyType, traits: Traits = {}): Property => ({
  key,
  id: null,
  name: null,
  type,
  options: [],
  readOnly: false,
  sortable: true,
  ...traits,
})
const UNSORTED = { sortable: false }
const NOTED = { readOnly: true }

const BUILT_IN: Record<RecordType, readonly Property[]> = {
  contact: [
    builtIn('name', 'text', NOTED),
    builtIn('first_name', 'text'),
    builtIn('last_name', 'text'),
    builtIn('email', 'email'),
    builtIn('phone', 'phone', UNSORTED),
    builtIn('job_title', 'text'),
    builtIn('company', 'company', UNSORTED),
    builtIn('owner_id', 'user', UNSORTED),
    builtIn('lifecycle_stage', 'choice', { options: LIFECYCLE_STAGES }),
    builtIn('consent', 'choice', { options: CONSENTS }),
    builtIn('first_seen_at', 'time', NOTED),
    builtIn('last_seen_at', 'time', NOTED),
    builtIn('message_count', 'number', NOTED),
    builtIn('created_at', 'time', NOTED),
    builtIn('notes', 'long_text', UNSORTED),
  ],
  company: [
    builtIn('name', 'text'),
    builtIn('domain', 'text'),
    builtIn('phone', 'phone'),
    builtIn('website', 'url'),
    builtIn('industry', 'text'),
    builtIn('city', 'text'),
    builtIn('country', 'text'),
    builtIn('owner_id', 'user', UNSORTED),
    builtIn('contact_count', 'number', { readOnly: true, sortable: false }),
    builtIn('created_at', 'time', NOTED),
    builtIn('notes', 'long_text', UNSORTED),
  ],
  deal: [
    builtIn('name', 'text'),
    builtIn('amount', 'amount'),
    builtIn('currency', 'text'),
    builtIn('stage', 'stage'),
    builtIn('pipeline', 'text', { readOnly: true, sortable: false }),
    builtIn('close_date', 'date'),
    builtIn('owner_id', 'user', UNSORTED),
    builtIn('company', 'company', UNSORTED),
    builtIn('created_at', 'time', NOTED),
    builtIn('notes', 'long_text', UNSORTED),
  ],
  ticket: [
    builtIn('number', 'number', NOTED),
    builtIn('subject', 'text'),
    builtIn('status', 'choice', { options: STATUSES }),
    builtIn('priority', 'choice', { options: PRIORITIES }),
    builtIn('category', 'text'),
    builtIn('pipeline', 'text'),
    builtIn('owner_id', 'user', UNSORTED),
    builtIn('created_at', 'time', NOTED),
    builtIn('closed_at', 'time', NOTED),
  ],
}

export const builtInProperties = (type: RecordType): readonly Property[] => BUILT_IN[type]

/** Every property of a type: the built-in ones, then the company's own in the order in which they were added. */
export const propertiesOf = (db: ReadableDb, type: RecordType): Property[] => [
  ...BUILT_IN[type],
  ...propertiesOfType(db, type).map((row): Property => ({
    key: row.id,
    id: row.id,
    name: row.name,
    type: row.type,
    options: row.options === '' ? [] : row.options.split('\n'),
    readOnly: false,
    sortable: row.type !== 'long_text' && row.type !== 'user',
  })),
]

/** What a property is called in messages: as the company named it, else what its key says. */
export function propertyName({ name, key }: Pick<Property, 'name' | 'key'>): string {
  if (name !== null) return name
  const words = key.replace(/_id$/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The words for types of records in messages. */
export const TYPE_NAMES: Record<RecordType, { one: string; many: string }> = {
  contact: { one: 'contact', many: 'contacts' },
  company: { one: 'company', many: 'companies' },
  deal: { one: 'deal', many: 'deals' },
  ticket: { one: 'ticket', many: 'tickets' },
}

/** The property with a key among some. @throws DomainError BAD_INPUT */
export function mustHaveProperty(
  properties: readonly Property[],
  type: RecordType,
  key: string,
  field: string,
): Property {
  const property = properties.find((each) => each.key === key)
  if (property) return property
  throw new DomainError(
    'BAD_INPUT',
    `${TYPE_NAMES[type].many} have no property "${key}" (any more). Leave it out.`.replace(/^./, (first) =>
      first.toUpperCase(),
    ),
    { field },
  )
}
