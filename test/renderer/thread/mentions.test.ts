import { describe, expect, it } from 'vitest'
import type { UserView } from '@contract/workspace.ts'
import {
  insertMention,
  matchingUsers,
  mentionAt,
  mentionedIn,
  splitMentions,
} from '@/features/thread/mentions.ts'

const user = (name: string) =>
  ({ id: name, name, email: `${name.split(' ')[0]}@acme.test`, role: 'member' }) as unknown as UserView
const ada = user('Ada')
const agent = user('Ada Agent')
const zoe = user('Zoë Żak')
const users = [ada, agent, zoe]

describe('mentions', () => {
  it('begin with an @ at the start of a word', () => {
    expect(mentionAt('Hello @ad', 9)).toEqual({ start: 6, text: 'ad' })
    expect(mentionAt('@', 1)).toEqual({ start: 0, text: '' })
    expect(mentionAt('mail ada@ac', 11)).toBeNull()
    expect(mentionAt('@ada is here and', 16)).toBeNull()
  })

  it('find people by any part of their name, without accents', () => {
    expect(matchingUsers(users, 'zoe').map(({ name }) => name)).toEqual(['Zoë Żak'])
    expect(matchingUsers(users, 'za').map(({ name }) => name)).toEqual(['Zoë Żak'])
    expect(matchingUsers(users, '').length).toBe(3)
    expect(matchingUsers(users, 'xy')).toEqual([])
  })

  it('stand in the text with a space after them', () => {
    expect(insertMention('Hi @zo!', { start: 3, text: 'zo' }, 6, zoe)).toEqual({
      text: 'Hi @Zoë Żak !',
      caret: 12,
    })
  })

  it('name the longest user that fits, once each', () => {
    expect(mentionedIn('@Ada Agent and @zoë żak, @Ada Agent', users)).toEqual(['Ada Agent', 'Zoë Żak'])
    expect(mentionedIn('@Ada: yes. @Adam', users)).toEqual(['Ada'])
    expect(mentionedIn('me@Ada', users)).toEqual([])
  })

  it('leave the text as it is', () => {
    const text = 'Hi @Ada Agent, look (@Ada) @nobody'
    const pieces = splitMentions(text, users)
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    expect(pieces.filter((piece) => piece.user).map((piece) => piece.text)).toEqual(['@Ada Agent', '@Ada'])
  })
})
