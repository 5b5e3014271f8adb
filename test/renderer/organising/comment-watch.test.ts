import { expect, it } from 'vitest'
import type { FollowedComment } from '@contract/organising.ts'
import { createCommentWatch } from '@/features/organising/comment-watch.ts'

const comment = (id: string, more: Partial<FollowedComment> = {}) =>
  ({ id, at: 100, mentionsMe: false, text: id, ...more }) as unknown as FollowedComment

it('tells once of each new comment, not of what is old, edited or a mention', async () => {
  const told: string[] = []
  const asked: string[][] = []
  const all = [
    comment('a'),
    comment('old', { at: 1 }),
    comment('mention', { mentionsMe: true }),
    comment('b'),
  ]
  const watch = createCommentWatch({
    since: 50,
    followed: async (ids) => {
      asked.push(ids)
      return all.filter(({ id }) => ids.includes(id))
    },
    notify: ({ id }) => void told.push(id),
  })
  await watch.look(['a', 'old', 'mention', 'elsewhere'])
  expect(told).toEqual(['a'])
  await watch.look(['a'])
  await watch.look(['a', 'b'])
  expect(told).toEqual(['a', 'b'])
  expect(asked).toHaveLength(2)
})

it('outlives a lost connection', async () => {
  const watch = createCommentWatch({
    since: 0,
    followed: () => Promise.reject(new Error('gone')),
    notify: () => expect.unreachable(),
  })
  await expect(watch.look(['a'])).resolves.toBeUndefined()
})
