import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { Contract } from '../../src/contract/index.ts'
import type { ChannelView } from '../../src/contract/channels.ts'
import type { App } from '../support/app.ts'

export type Rpc = { client: ContractRouterClient<Contract>; close(): void }

/** Speaks to a running web shell as its own page does: over its WebSocket, with its session cookie. */
export async function connectRpc(app: App): Promise<Rpc> {
  const url = new URL(app.url)
  const socket = new WebSocket(`ws://${url.host}/rpc`, {
    headers: {
      origin: url.origin,
      cookie: `anteroom-${url.port}=${url.searchParams.get('token') ?? ''}`,
    },
    perMessageDeflate: false,
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })
  return { client: createORPCClient(link), close: () => socket.close() }
}

/** The only channel of a measured workspace. */
export async function channelOf({ client }: Rpc): Promise<ChannelView> {
  const [channel] = await client.channels.list({})
  if (!channel) throw new Error('the measured workspace has no channel')
  return channel
}

/** Whether the channel has everything and waits for more. Throws with its words when it fails for good. */
export async function isLive(rpc: Rpc): Promise<boolean> {
  const { health } = await channelOf(rpc)
  if (health.state === 'failing') throw new Error(health.problem?.message ?? 'the channel fails')
  return health.state === 'live'
}

/** How many conversations a search finds, at most `limit`. */
export async function hits({ client }: Rpc, query: string, limit = 1): Promise<number> {
  return (await client.search.threads({ query, limit })).rows.length
}
