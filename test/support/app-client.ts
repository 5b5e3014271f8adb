import { once } from 'node:events'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import type { TestClient } from './engine.ts'

type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket']

/** A client of the running app over its WebSocket, let in by the token in the app's URL. */
export async function connectApp(appUrl: string): Promise<{ client: TestClient; close(): void }> {
  const url = new URL(appUrl)
  const socket = new WebSocket(`ws://${url.host}/rpc`, {
    origin: url.origin,
    headers: { cookie: `anteroom-${url.port}=${url.searchParams.get('token')}` },
  })
  await once(socket, 'open')
  // The app is killed on purpose: what is pending then stays so, and nobody listens for the error.
  socket.on('error', () => undefined)
  const client: TestClient = createORPCClient(new RPCLink({ websocket: socket as unknown as LinkSocket }))
  return { client, close: () => socket.terminate() }
}
