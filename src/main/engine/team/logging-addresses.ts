import { loggingAddresses } from '../ingest/logging-addresses.ts'
import { deliveryKey } from '../lib/delivery-key.ts'
import { DomainError } from '../lib/domain-error.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store } from '../store/store.ts'
import { connectedChannels } from '../store/tables/channels.ts'
import { mustAdminister, type Access } from './access.ts'

/** The addresses that log, as they are shown to be copied, and why there are none or what to look out for. */
export function shownLoggingAddresses(db: ReadableDb): {
  bcc: string | null
  forward: string | null
  problem: string
} {
  const { bcc, forward } = loggingAddresses(db)
  const problem =
    bcc === null || forward === null
      ? 'There is none yet: connect a team address first. Its plus-addresses log, or an alias of it that an admin sets here.'
      : ''
  return { bcc, forward, problem }
}

/**
 * An alias of a connected mailbox instead of its plus-address; null goes back to that one. What is not given stays.
 * @throws DomainError NOT_ALLOWED, BAD_INPUT for an address that is a channel itself, or one for both
 */
export function setLoggingAddresses(
  store: Store,
  access: Access,
  changes: { bcc?: string | null; forward?: string | null },
): void {
  mustAdminister(access, 'set the addresses that log')
  const wanted = { ...loggingAddresses(store.read), ...changes }
  if (
    wanted.bcc !== null &&
    wanted.forward !== null &&
    deliveryKey(wanted.bcc) === deliveryKey(wanted.forward)
  ) {
    throw new DomainError('BAD_INPUT', 'The two addresses have to differ: each means something else.', {
      field: 'forward',
    })
  }
  for (const field of ['bcc', 'forward'] as const) {
    const address = changes[field] ?? null
    if (address === null) continue
    const holder = connectedChannels(store.read).find((row) =>
      [row.address, row.forwarding_address].some(
        (one) => one !== null && deliveryKey(one) === deliveryKey(address),
      ),
    )
    if (!holder) continue
    throw new DomainError(
      'BAD_INPUT',
      `${address} is connected as a channel of its own, so its mail could not be told apart. Choose an alias that is used for nothing else.`,
      { field },
    )
  }
  if (changes.bcc === undefined && changes.forward === undefined) return
  store.write(
    (write) => {
      appendOp(write, store.hlc, access.user.id, {
        entity: 'workspace',
        id: 'workspace',
        kind: 'set',
        values: {
          ...(changes.bcc !== undefined && { log_bcc_address: changes.bcc }),
          ...(changes.forward !== undefined && { log_forward_address: changes.forward }),
        },
      })
      write.changed('workspace', 'workspace')
      write.changed('logging', 'addresses')
    },
    { durable: true },
  )
}
