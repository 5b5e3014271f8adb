import type { Logger } from 'pino'
import type { Hop } from '../../../../contract/hosted.ts'
import type { Drivers } from '../../channels/registry.ts'
import { testMessage } from '../../channels/test-message.ts'
import {
  ChannelError,
  NO_SECRETS,
  SendError,
  type ChannelSecrets,
  type MailSession,
} from '../../channels/types.ts'
import type { Probes, ProbeSighting } from '../../ingest/probes.ts'
import { domainOf } from '../../lib/delivery-key.ts'
import type { Store } from '../../store/store.ts'
import { channelServers, type ChannelRow } from '../../store/tables/channels.ts'
import type { HostedRow } from '../../store/tables/hosted.ts'
import { inboxById } from '../../store/tables/inboxes.ts'
import type { Sync } from '../types.ts'
import type { Outcome } from './outcomes.ts'
import type { ReceiverHost } from './receiver-host.ts'
import { sendingChannel } from './sending-channel.ts'

export type RoundTripDeps = {
  store: Store
  drivers: Drivers
  secrets(channelId: string): Promise<ChannelSecrets>
  probes: Probes
  receiver: Pick<ReceiverHost, 'onOutcome'>
  sync: Pick<Sync, 'withSession' | 'retry'>
  log: Logger
  /** How long the message may take from one stage to the next, in ms. */
  limitMs: number
}

/** How often the mailbox is looked at when the server does not report by itself, in ms. */
const LOOK_EVERY_MS = 2000

/** Something that happens once, and can be waited for. */
class Moment<T> {
  #resolve: (value: T) => void = () => undefined
  readonly happened: Promise<T> = new Promise<T>((resolve) => (this.#resolve = resolve))
  now(value: T): void {
    this.#resolve(value)
  }
}

const waiting = (hop: Hop['hop'], message: string): Hop => ({ hop, state: 'waiting', message, tookMs: null })
const ok = (hop: Hop['hop'], message: string, tookMs: number): Hop => ({
  hop,
  state: 'ok',
  message,
  tookMs: Math.max(0, Math.round(tookMs)),
})
const failed = (hop: Hop['hop'], message: string): Hop => ({ hop, state: 'failed', message, tookMs: null })

/**
 * Sends a message to a hosted address and follows it the whole way round: out by SMTP, in by forwarding, into the inbox.
 * A line when a stage begins and one when it ended; the one that failed is the last. The message is recognised when it
 * comes back and becomes no conversation; where it lies in a mailbox it is deleted again.
 */
export async function* roundTrip(
  deps: RoundTripDeps,
  row: HostedRow,
  signal: AbortSignal,
): AsyncGenerator<Hop, void> {
  const through = sendingChannel(deps.store.read, row)
  if (!through) {
    yield failed('sent', 'There is no channel to send through. Connect a mailbox of its domain first.')
    return
  }
  const id = deps.probes.newId(domainOf(row.address))
  const own = new AbortController()
  const ended = AbortSignal.any([signal, own.signal])
  const sighted = new Moment<ProbeSighting>()
  const atTheDoor = new Moment<Outcome>()
  const found = new Moment<'inbox' | 'junk'>()
  const offs = [
    deps.probes.watch(id, (sighting) => sighted.now(sighting)),
    deps.receiver.onOutcome((outcome) => {
      if (outcome.messageId === id) atTheDoor.now(outcome)
    }),
  ]
  let looking: Promise<void> = Promise.resolve()
  const within = <T>(moment: Promise<T>): Promise<T | null> => patience(moment, deps.limitMs, ended)
  try {
    let at = yield* submit(deps, row, through, id)
    if (at === null || ended.aborted) return

    yield waiting('forwarded', `Waiting for the provider to forward it to ${row.forwarding_address}…`)
    if (row.hosted_form === 'alias') looking = look(deps, through, id, found, ended)
    const came = await within(
      Promise.race([sighted.happened.then(() => 'seen' as const), atTheDoor.happened, found.happened]),
    )
    if (ended.aborted) return
    const cameAt = performance.now()
    if (came === null) {
      yield failed('forwarded', notForwarded(row, deps.limitMs))
      return
    }
    yield ok('forwarded', `It came to ${row.forwarding_address}.`, cameAt - at)
    at = cameAt

    if (came === 'junk') {
      yield failed(
        'received',
        `The server of ${through.address} put it into Junk, which is not imported. Mark such mail as no junk there, or allow the sender.`,
      )
      return
    }
    if (typeof came === 'object' && came.state !== 'stored') {
      yield failed(
        'received',
        `It was ${came.state === 'refused' ? 'refused' : 'put aside'} at the door: ${came.reason}`,
      )
      return
    }
    yield waiting('received', 'Waiting until it is here…')
    const sighting = await within(sighted.happened)
    if (ended.aborted) return
    if (sighting === null) {
      yield failed(
        'received',
        row.hosted_form === 'alias'
          ? `It lies in the mailbox of ${through.address}, but was not fetched. See that channel’s state.`
          : 'It was stored, but not read. See the set-aside messages of this channel.',
      )
      return
    }
    yield ok('received', 'It is stored on this computer.', performance.now() - at)
    if (sighting.channelId !== row.id) {
      yield failed(
        'filed',
        `It came to ${through.address}, but nothing in it names ${row.forwarding_address}: no Delivered-To, X-Original-To, To or Cc. It would have been filed with the mail of ${through.address}.`,
      )
      return
    }
    const inbox = inboxById(deps.store.read, row.inbox_id)
    yield ok('filed', `It was recognised as mail for the inbox “${inbox?.name ?? ''}”, and is not kept.`, 0)
  } finally {
    own.abort()
    for (const off of offs) off()
    await looking
    if (row.hosted_form === 'alias') await cleanUp(deps, through, id)
  }
}

/** @returns when the server had taken it (performance.now), or null when it did not */
async function* submit(
  { drivers, secrets }: RoundTripDeps,
  row: HostedRow,
  through: ChannelRow,
  id: string,
): AsyncGenerator<Hop, number | null> {
  const servers = channelServers(through)
  const host = servers.smtp?.host ?? through.address
  yield waiting('sent', `Sending a message from ${through.address} to ${row.address}…`)
  const began = performance.now()
  let leftAt = began
  try {
    const passwords = servers.smtp ? await secrets(through.id) : NO_SECRETS
    const settings = { kind: through.kind, address: through.address, ...servers }
    const transport = drivers(through.kind).transport(settings, passwords)
    try {
      const sending = transport.send(
        { from: through.address, to: [row.address] },
        roundTripMessage(through.address, row.address, id),
        { beforeEndOfData: () => (leftAt = performance.now()) },
      )
      const result = await sending
      const at = performance.now()
      yield ok('sent', `${host} has the whole message.`, leftAt - began)
      const refusal = result.rejected[0]
      if (refusal) {
        yield failed('accepted', `${host} does not take mail for ${row.address}: ${refusal.serverText}`)
        return null
      }
      yield ok('accepted', `${host} answered: ${result.serverText}`, at - leftAt)
      return at
    } finally {
      await transport.close().catch(() => undefined)
    }
  } catch (error) {
    const hop = leftAt > began ? 'accepted' : 'sent'
    if (error instanceof SendError || error instanceof ChannelError) {
      const { message, hint, serverText } = error.problem
      yield failed(hop, [message, hint, serverText ?? ''].filter(Boolean).join(' '))
      return null
    }
    throw error
  }
}

/** Looks for the message in the mailbox itself: there it is before it is here, and in Junk it is never here. */
async function look(
  { sync, log }: RoundTripDeps,
  through: ChannelRow,
  id: string,
  found: Moment<'inbox' | 'junk'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await sync.withSession(through.id, async (session) => {
      const folders = await session.listFolders()
      const junk = folders.find((folder) => folder.role === 'junk' && folder.selectable)
      while (!signal.aborted) {
        await session.open('INBOX')
        if ((await session.findByMessageId('INBOX', id)).length > 0) {
          found.now('inbox')
          // The channel’s own connection may be asleep.
          sync.retry(through.id)
          return
        }
        if (junk && (await session.findByMessageId(junk.path, id)).length > 0) return found.now('junk')
        await session.open('INBOX')
        await session.waitForChange({ maxMs: LOOK_EVERY_MS, signal })
      }
    })
  } catch (error) {
    // The channel’s own sync finds it too; without both, the wait runs out and says so.
    if (!signal.aborted) log.warn({ err: error }, 'the mailbox could not be looked at')
  }
}

/** Deletes the message where it lies on the server; what cannot be deleted is recognised and stays unseen. */
async function cleanUp({ sync, log }: RoundTripDeps, through: ChannelRow, id: string): Promise<void> {
  const remove = async (session: MailSession, path: string): Promise<void> => {
    await session.open(path)
    const uids = await session.findByMessageId(path, id)
    if (uids.length > 0) await session.remove?.(uids)
  }
  try {
    await sync.withSession(through.id, async (session) => {
      if (!session.remove) return
      for (const { path, role, selectable } of await session.listFolders()) {
        if (selectable && (role === 'inbox' || role === 'junk' || role === 'sent'))
          await remove(session, path)
      }
    })
  } catch (error) {
    log.warn({ err: error }, 'a test message could not be deleted')
  }
}

async function patience<T>(moment: Promise<T>, ms: number, signal: AbortSignal): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  let stop: () => void = () => undefined
  const out = new Promise<null>((resolve) => {
    stop = () => resolve(null)
    timer = setTimeout(resolve, ms, null)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) resolve(null)
  })
  try {
    return await Promise.race([moment, out])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function notForwarded(row: HostedRow, limitMs: number): string {
  const seconds = Math.round(limitMs / 1000)
  if (row.hosted_form === 'alias' && row.forwarding_address.toLowerCase() === row.address.toLowerCase())
    return `The server took it, but it did not come into the mailbox within ${seconds} s. Check that ${row.address} is an alias of it.`
  return `The server took it, but nothing came to ${row.forwarding_address} within ${seconds} s. Check that the provider of ${row.address} forwards there, that the forwarding was confirmed, and that its server can reach this one.`
}

/** What goes round; also from a mailbox to itself. @param id  one of the probes, so that it becomes no conversation */
export const roundTripMessage = (from: string, to: string, id: string): Buffer =>
  testMessage({
    from,
    to,
    id,
    subject: 'Round trip test',
    lines: [
      'Anteroom sent this message to see whether mail to this address comes back to it.',
      'It recognises it by itself; if you read this, you can delete it.',
    ],
  })
