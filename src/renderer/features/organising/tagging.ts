import type { TagId, ThreadId } from '@contract/ids.ts'
import type { TagView } from '@contract/organising.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { doAll } from '@/stores/do-all.ts'

/** Puts a tag on all of them, or takes it off; what was chosen in the list stays chosen. */
export const setTag = (ids: readonly ThreadId[], tag: TagView, on: boolean): Promise<void> =>
  doAll(
    ids,
    (part) => rpc.threads.tag({ ids: part, ...(on ? { add: [tag.id] } : { remove: [tag.id] }) }),
    (n) => t(on ? 'organising.done.tagged' : 'organising.done.untagged', { n, name: tag.name }, n),
    true,
  )

/** Makes a tag and puts it on all of them. */
export async function makeTag(ids: readonly ThreadId[], name: string): Promise<void> {
  let made: TagId | null = null
  await doAll(
    ids,
    async (part) => {
      if (made !== null) return await rpc.threads.tag({ ids: part, add: [made] })
      const answer = await rpc.tags.create({ name, on: part })
      made = answer.id
      return answer
    },
    (n) => t('organising.done.tagged', { n, name }, n),
    true,
  )
}
