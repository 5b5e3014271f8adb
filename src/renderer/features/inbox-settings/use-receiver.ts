import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'

/** How Anteroom's own mail receiver is on this machine. */
export const useReceiver = () =>
  useEngineQuery({
    key: ['receiver'],
    query: ({ signal }) => rpc.receiver.get({}, { signal }),
    on: { receiver: true, workspace: true },
  })
