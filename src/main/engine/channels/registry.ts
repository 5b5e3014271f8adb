import type { ChannelKind } from '../../../contract/channels.ts'
import type { ImapOptions } from './imap/connect.ts'
import { createImapDriver } from './imap/driver.ts'
import { createHostedDriver } from './hosted/driver.ts'
import { createSampleDriver } from './sample/driver.ts'
import { problem } from './problems.ts'
import type { SmtpOptions } from './smtp/transport.ts'
import { ChannelError, type ChannelDriver } from './types.ts'

export type DriverOptions = { imap?: ImapOptions; smtp?: SmtpOptions }

/** The driver of a kind. Throws a ChannelError for a kind that this version does not know. */
export type Drivers = (kind: ChannelKind) => ChannelDriver

/** Every kind of channel, one line a kind. */
const makers: Record<ChannelKind, (options: DriverOptions) => ChannelDriver> = {
  imap: (options) => createImapDriver(options),
  hosted: () => createHostedDriver(),
  sample: () => createSampleDriver(),
}

/** The drivers of all kinds, each made when it is first asked for. */
export function createDrivers(options: DriverOptions = {}): Drivers {
  const made = new Map<ChannelKind, ChannelDriver>()
  return (kind) => {
    const known = made.get(kind)
    if (known) return known
    const make = makers[kind]
    if (!make) {
      throw new ChannelError(
        problem(
          'unknown',
          `This version has no channels of kind “${kind}”.`,
          'Update Anteroom on this computer.',
        ),
      )
    }
    const driver = make(options)
    made.set(kind, driver)
    return driver
  }
}

/** The drivers with everything at its default. */
export const driverFor: Drivers = createDrivers()
