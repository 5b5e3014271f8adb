import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { ServerProposal } from '@contract/channels.ts'
import { rpc } from '@/rpc/client.ts'
import { wordsFor } from '@/stores/report.ts'
import { byCertainty } from '../servers.ts'
import { domainOf, isAddress } from './addresses.ts'

/** How long typing may pause before the address is looked up, in ms. */
const PAUSE = 400

/** Who holds an address already, as the engine says it (B3). */
export type Holder = { text: string; releasable: boolean }
/** What the DNS and the bundled table say about where an address lives (B7). */
export type Found = { proposals: readonly ServerProposal[]; evidence: readonly string[] }

/**
 * Watches an address being typed: whether it is free, and whose servers it has. Both answers belong to the address
 * they were asked for; an answer that comes late is dropped.
 */
export function useAddress(address: () => string) {
  const holder = shallowRef<Holder | null>(null)
  const found = shallowRef<Found | null>(null)
  const looking = shallowRef(false)
  const failure = shallowRef('')
  let checked = ''
  let discovered = ''
  let discovery: Promise<void> = Promise.resolve()

  /** Asks whether the address is free. Rejects when the engine cannot be asked. */
  async function check(again = false): Promise<Holder | null> {
    const own = address()
    if (own === checked && !again) return holder.value
    const answer = await rpc.channels.checkAddress({ address: own })
    if (own !== address()) return null
    checked = own
    holder.value = answer.holder === null ? null : { text: answer.holder, releasable: answer.releasable }
    return holder.value
  }

  async function lookUp(own: string): Promise<void> {
    looking.value = true
    found.value = null
    failure.value = ''
    try {
      const proposals = byCertainty(await rpc.channels.discover({ address: own }))
      if (own !== address()) return
      found.value = { proposals, evidence: [] }
      const imapHost = proposals[0]?.imap.host ?? `imap.${domainOf(own)}`
      const { evidence } = await rpc.channels.checkProvider({ address: own, imapHost })
      if (own !== address()) return
      found.value = { proposals, evidence }
    } catch (error) {
      if (own !== address()) return
      // Asked again when it is wanted next.
      discovered = ''
      failure.value = wordsFor(error)
    } finally {
      if (own === address()) looking.value = false
    }
  }

  /** Looks up the servers, once for each address. Never rejects: what went wrong stands in `failure`. */
  function discover(): Promise<void> {
    const own = address()
    if (discovered !== own) {
      discovered = own
      discovery = lookUp(own)
    }
    return discovery
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    address,
    (own) => {
      clearTimeout(timer)
      if (own !== checked) holder.value = null
      if (own !== discovered) {
        found.value = null
        looking.value = false
        failure.value = ''
      }
      if (!isAddress(own)) return
      timer = setTimeout(() => {
        check().catch((error: unknown) => (failure.value = wordsFor(error)))
        void discover()
      }, PAUSE)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))

  return { holder, found, looking, failure, check, discover, best: computed(() => found.value?.proposals[0]) }
}
