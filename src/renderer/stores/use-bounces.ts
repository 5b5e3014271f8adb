import { computed, type ComputedRef } from 'vue'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from './engine-query.ts'

export type DeadAddress = Awaited<ReturnType<typeof rpc.messages.bounces>>[number]

/** More than anybody looks at one by one. */
const ASKED = 500

/** Which of these addresses our mail came back from for good, by address in lower case. */
export function useBounces(
  addresses: () => readonly string[],
): ComputedRef<ReadonlyMap<string, DeadAddress>> {
  const asked = computed(() =>
    [...new Set(addresses().map((address) => address.trim().toLowerCase()))]
      .filter((address) => address.includes('@'))
      .sort()
      .slice(0, ASKED),
  )
  const { data } = useEngineQuery({
    key: () => ['bounces', ...asked.value],
    query: ({ signal }) => rpc.messages.bounces({ addresses: asked.value }, { signal }),
    on: { contacts: true },
    enabled: () => asked.value.length > 0,
    placeholder: (before) => before,
  })
  return computed(() => {
    const wanted = new Set(asked.value)
    return new Map(
      (data.value ?? []).filter((one) => wanted.has(one.address)).map((one) => [one.address, one]),
    )
  })
}
