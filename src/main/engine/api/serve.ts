import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/websocket'
import type { EnginePort, EngineSocket } from '../types.ts'
import type { ApiContext } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { createRouter } from './router.ts'

/** Serves the contract to clients, each with a session of its own. */
export function createApi(deps: ApiDeps): {
  connectSocket(socket: EngineSocket): void
  connectPort(port: EnginePort): void
} {
  const router = createRouter(deps)
  const sockets = new SocketHandler(router)
  const ports = new PortHandler(router)
  const newContext = (): ApiContext => ({ session: { userId: null }, store: deps.store, log: deps.log })
  return {
    connectSocket(socket) {
      sockets.upgrade(socket as Parameters<typeof sockets.upgrade>[0], { context: newContext() })
    },
    connectPort(port) {
      ports.upgrade(port as Parameters<typeof ports.upgrade>[0], { context: newContext() })
    },
  }
}
