import { describe, expect, test } from 'vitest'
import { filedFor } from '../../src/main/engine/ingest/hosted.ts'
import type { ChannelRow } from '../../src/main/engine/store/tables/channels.ts'
import type { HostedRow } from '../../src/main/engine/store/tables/hosted.ts'
import { deliveryKey } from '../../src/main/engine/lib/delivery-key.ts'

const mailbox = { id: 'mailbox', kind: 'imap', address: 'support@acme.test' } as ChannelRow
const other = { id: 'other', kind: 'imap', address: 'info@acme.test' } as ChannelRow

const alias = (name: string, forwarding: string, more: Partial<HostedRow> = {}): HostedRow =>
  ({
    id: name,
    kind: 'hosted',
    hosted_form: 'alias',
    parent_channel_id: 'mailbox',
    address: `${name}@acme.test`,
    forwarding_address: forwarding,
    forwarding_key: deliveryKey(forwarding),
    custom_from: null,
    ...more,
  }) as HostedRow

const hosted = [
  alias('sales', 'support+sales@acme.test', { custom_from: 'hello@acme.test' }),
  alias('jobs', 'jobs@acme.test'),
  alias('far', 'far@mx.acme.test', { hosted_form: 'receiver', parent_channel_id: null }),
]

type Heads = { to?: string[]; cc?: string[]; traces?: string[]; list?: string; from?: string }
const message = ({ to = [], cc = [], traces = [], list, from = 'carla@customer.test' }: Heads) => ({
  from: { name: '', address: from },
  to: to.map((address) => ({ name: '', address })),
  cc: cc.map((address) => ({ name: '', address })),
  deliveredTo: traces,
  listId: list ?? null,
})

describe('mail that came to a mailbox is filed', () => {
  const inbound: [string, Heads, string][] = [
    [
      'by the tag that the server noted',
      { to: ['sales@acme.test'], traces: ['support+sales@acme.test'] },
      'sales',
    ],
    ['by the tag, however it is written', { traces: ['Support+Sales@ACME.test'] }, 'sales'],
    [
      'for the mailbox, when only that was noted',
      { to: ['support@acme.test'], traces: ['support@acme.test'] },
      'mailbox',
    ],
    ['by an alias in To', { to: ['jobs@acme.test'], traces: ['support@acme.test'] }, 'jobs'],
    ['by an alias in Cc', { to: ['x@y.test'], cc: ['jobs@acme.test'] }, 'jobs'],
    ['by a public address in To', { to: ['sales@acme.test'] }, 'sales'],
    ['by the trace before To', { to: ['jobs@acme.test'], traces: ['support+sales@acme.test'] }, 'sales'],
    ['by the list', { to: ['x@y.test'], list: 'sales.acme.test' }, 'sales'],
    [
      'for the mailbox, when written to both and nothing was noted',
      { to: ['support@acme.test'], cc: ['sales@acme.test'] },
      'mailbox',
    ],
    [
      'not by an address that comes by another way',
      { to: ['far@acme.test'], traces: ['far@mx.acme.test'] },
      'mailbox',
    ],
    ['for the mailbox, when nobody is named', {}, 'mailbox'],
  ]
  test.each(inbound)('%s', (_, heads, expected) => {
    expect(filedFor(mailbox, 'inbox', message(heads), hosted).id).toBe(expected)
  })

  test('an alias of another mailbox plays no part', () => {
    expect(filedFor(other, 'inbox', message({ traces: ['support+sales@acme.test'] }), hosted).id).toBe(
      'other',
    )
  })
})

describe('sent mail is filed by its From', () => {
  test.each([
    ['sales@acme.test', 'sales'],
    ['hello@acme.test', 'sales'],
    ['far@acme.test', 'far'],
    ['support@acme.test', 'mailbox'],
    ['ada@acme.test', 'mailbox'],
  ])('%s: %s', (from, expected) => {
    expect(filedFor(mailbox, 'sent', message({ from }), hosted).id).toBe(expected)
  })
})
