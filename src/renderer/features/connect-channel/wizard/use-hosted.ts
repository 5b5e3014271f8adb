import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { DomainView } from '@contract/admin.ts'
import type { ChannelView } from '@contract/channels.ts'
import type { ReceiverView, SenderPreview, SenderSettings } from '@contract/hosted.ts'
import { rpc } from '@/rpc/client.ts'
import { wordsFor } from '@/stores/report.ts'
import { touches } from '@/stores/change.ts'
import { onEngineChange } from '@/stores/changes.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { useSaving } from '@/stores/saving.ts'

/** Every hosted address that the user can see, with its confirmations. */
export const useHosted = (enabled: () => boolean = () => true) =>
  useEngineQuery({
    key: ['hosted'],
    query: ({ signal }) => rpc.hosted.list({}, { signal }),
    on: { channels: true, inboxes: true, domains: true, workspace: true },
    enabled,
  })

/** The channels that an alias can lie on: team mailboxes that are read here. */
export const parentsOf = (channels: readonly ChannelView[]): ChannelView[] =>
  channels.filter((channel) => channel.kind === 'imap' && channel.purpose === 'team')

/** The receiver of this machine: asked when it is first wanted, and after it was set. */
export function useReceiver() {
  const view = shallowRef<ReceiverView | null>(null)
  const failure = shallowRef('')
  async function ask(): Promise<void> {
    try {
      view.value = await rpc.receiver.get({})
      failure.value = ''
    } catch (error) {
      failure.value = wordsFor(error)
    }
  }
  // A port that somebody else had is tried again by itself.
  onEngineChange((change) => {
    if (view.value && touches(change, { receiver: true })) void ask()
  })
  return { view, failure, ask }
}

/** The domains of custom From addresses, with what was found in the DNS (H3). */
export function useDomains() {
  const { data, refetch } = useEngineQuery({
    key: ['domains'],
    query: ({ signal }) => rpc.domains.list({}, { signal }),
    on: { domains: true, workspace: true },
  })
  const { busy, problem: failure, run } = useSaving()
  const change = (command: () => Promise<unknown>) =>
    run(async () => {
      await command()
      await refetch()
    })

  return {
    busy,
    failure,
    of: (domain: string): DomainView | null => data.value?.find((each) => each.domain === domain) ?? null,
    add: (domain: string) => change(() => rpc.domains.add({ domain })),
    check: (id: DomainView['id']) => change(() => rpc.domains.check({ id })),
  }
}

/** How long typing may pause before the preview is asked for, in ms. */
const PAUSE = 250

/** What recipients will see, as the engine renders it, following what is typed (H5). The newest answer wins. */
export function usePreview(wanted: () => { sender: SenderSettings; address: string } | null) {
  const preview = shallowRef<SenderPreview | null>(null)
  const failure = shallowRef('')
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(input: { sender: SenderSettings; address: string }): Promise<void> {
    const own = (turn += 1)
    try {
      const answer = await rpc.hosted.preview(input)
      if (own !== turn) return
      preview.value = answer
      failure.value = ''
    } catch (error) {
      if (own === turn) failure.value = wordsFor(error)
    }
  }
  watch(
    computed(() => JSON.stringify(wanted())),
    (_, before) => {
      clearTimeout(timer)
      const input = wanted()
      if (!input) return
      timer = setTimeout(() => void ask(input), before === undefined ? 0 : PAUSE)
    },
    { immediate: true },
  )
  // A domain that is proved meanwhile changes the address, a new name of the user the name.
  onEngineChange((change) => {
    const input = touches(change, { domains: true, channels: true, users: true }) ? wanted() : null
    if (input) void ask(input)
  })
  onScopeDispose(() => clearTimeout(timer))
  return { preview, failure }
}
