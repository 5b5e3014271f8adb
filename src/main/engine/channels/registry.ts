import type { ChannelKind } from '../../../contract/channels.ts'
import { createImapDriver } from './imap/driver.ts'
import { createSampleDriver } from './sample/driver.ts'
import { problem } from './problems.ts'
import { ChannelError, type ChannelDriver } from './types.ts'

/** Every kind of channel, one line a kind. */
const drivers: Record<ChannelKind, () => ChannelDriver> = {
  imap: () => createImapDriver(),
  sample: () => createSampleDriver(),
}

const made = new Map<ChannelKind, ChannelDriver>()

/** The driver of a kind. Throws a ChannelError for a kind that this version does not know. */
export function driverFor(kind: ChannelKind): ChannelDriver {
  const known = made.get(kind)
  if (known) return known
  const make = drivers[kind]
  if (!make) {
    throw new ChannelError(
      problem(
        'unknown',
        `This version has no channels of kind “${kind}”.`,
        'Update Anteroom on this computer.',
      ),
    )
  }
  const driver = make()
  made.set(kind, driver)
  return driver
}
