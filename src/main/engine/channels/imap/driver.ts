import type { ServerSettings } from '../../../../contract/channels.ts'
import { problem } from '../problems.ts'
import { createSmtpTransport, type SmtpOptions } from '../smtp/transport.ts'
import { ChannelError, type ChannelDriver } from '../types.ts'
import type { ImapOptions } from './connect.ts'
import { openImapSession } from './session.ts'

/** Channels of kind `imap`: IMAP in, SMTP out. `options` reach every connection; tests bring certificates and times. */
export function createImapDriver(options: { imap?: ImapOptions; smtp?: SmtpOptions } = {}): ChannelDriver {
  return {
    kind: 'imap',
    filesSentCopy: false,
    async connect(settings, secrets, signal) {
      const server = required(settings.imap, 'IMAP')
      const user = server.user || settings.address
      return openImapSession({ ...server, user }, secrets.imapPassword, signal, options.imap)
    },
    transport(settings, secrets) {
      return createSmtpTransport(required(settings.smtp, 'SMTP'), secrets.smtpPassword, options.smtp)
    },
  }
}

function required(server: ServerSettings | null, protocol: string): ServerSettings {
  if (server) return server
  throw new ChannelError(
    problem(
      'unknown',
      `This channel has no ${protocol} server.`,
      'Enter one under Inbox settings, Channels.',
    ),
  )
}
