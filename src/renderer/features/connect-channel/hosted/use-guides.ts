import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'

/** Every guide with the two addresses filled in; they are part of the program, so they need no network. */
export const useGuides = (address: () => string, forwardingAddress: () => string) =>
  useEngineQuery({
    key: () => ['guides', address(), forwardingAddress()],
    query: ({ signal }) =>
      rpc.hosted.guides({ address: address(), forwardingAddress: forwardingAddress() }, { signal }),
    on: {},
    placeholder: (before) => before,
  })
