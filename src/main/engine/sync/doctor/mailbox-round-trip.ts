import { problem } from '../../channels/problems.ts'
import { ChannelError, NO_SECRETS, type MailSession } from '../../channels/types.ts'
import { domainOf } from '../../lib/delivery-key.ts'
import { channelServers, type ChannelRow } from '../../store/tables/channels.ts'
import { roundTripMessage, type RoundTripDeps } from '../hosted/round-trip.ts'

const LOOK_EVERY_MS = 1000

/**
 * Sends a message from a mailbox to itself, waits until it lies there, and deletes it again. It is one of our test
 * messages, so it becomes no conversation when sync finds it first.
 * @returns how long it took, in ms
 * @throws ChannelError or SendError with what went wrong
 */
export async function mailboxRoundTrip(
  deps: RoundTripDeps,
  channel: ChannelRow,
  signal: AbortSignal,
): Promise<number> {
  const id = deps.probes.newId(domainOf(channel.address))
  const servers = channelServers(channel)
  const passwords = servers.smtp ? await deps.secrets(channel.id) : NO_SECRETS
  const settings = { kind: channel.kind, address: channel.address, ...servers }
  const transport = deps.drivers(channel.kind).transport(settings, passwords)
  return await deps.sync.withSession(channel.id, async (session) => {
    const began = performance.now()
    try {
      const envelope = { from: channel.address, to: [channel.address] }
      await transport.send(envelope, roundTripMessage(channel.address, channel.address, id), {
        beforeEndOfData: () => undefined,
      })
    } finally {
      await transport.close().catch(() => undefined)
    }
    const folders = await session.listFolders()
    const junk = folders.find((folder) => folder.role === 'junk' && folder.selectable)
    const sent = folders.filter((folder) => folder.role === 'sent' && folder.selectable)
    try {
      while (performance.now() - began < deps.limitMs) {
        signal.throwIfAborted()
        if (await has(session, 'INBOX', id)) return performance.now() - began
        if (junk && (await has(session, junk.path, id)))
          throw new ChannelError(
            problem(
              'server_error',
              `The message to oneself was put into “${junk.path}”.`,
              'The provider takes it for spam. Add the address to its list of safe senders.',
            ),
          )
        await session.open('INBOX')
        await session.waitForChange({ maxMs: LOOK_EVERY_MS, signal })
      }
      throw new ChannelError(
        problem(
          'timeout',
          `The server took the message, but it did not come back within ${Math.round(deps.limitMs / 1000)} s.`,
          'Check that no rule moves it. It may also just be slow: try again later.',
        ),
      )
    } finally {
      for (const path of ['INBOX', ...(junk ? [junk.path] : []), ...sent.map((one) => one.path)])
        await remove(session, path, id).catch((error: unknown) =>
          deps.log.warn({ err: error, path }, 'a test message could not be deleted'),
        )
    }
  })
}

const has = async (session: MailSession, path: string, id: string): Promise<boolean> => {
  await session.open(path)
  return (await session.findByMessageId(path, id)).length > 0
}

async function remove(session: MailSession, path: string, id: string): Promise<void> {
  await session.open(path)
  const uids = await session.findByMessageId(path, id)
  if (uids.length > 0) await session.remove?.(uids)
}
