import { describe, expect, it } from 'vitest'
import type { UserView } from '@contract/workspace.ts'
import { commentPieces } from '@/features/thread/comment-text.ts'

const ben = { id: 'ben', name: 'Ben Bell', email: 'ben@acme.test', role: 'member' } as unknown as UserView
const linksOf = (text: string) =>
  commentPieces(text, [ben]).flatMap(({ text: shown, link }) => (link ? [[shown, link.url]] : []))

describe('a comment', () => {
  it('is text, mentions and links, and nothing is left out', () => {
    const text = 'See https://acme.test/a?b=1, @Ben Bell. Or write to help@acme.test!'
    const pieces = commentPieces(text, [ben])
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    expect(pieces.filter(({ user }) => user).map((piece) => piece.text)).toEqual(['@Ben Bell'])
    expect(linksOf(text)).toEqual([
      ['https://acme.test/a?b=1', 'https://acme.test/a?b=1'],
      ['help@acme.test', 'mailto:help@acme.test'],
    ])
  })

  it('opens nothing but web pages and mail addresses (fault 65)', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'file:///etc/passwd',
      'smb://server/share',
      'ms-word:ofe|u|x',
      'vbscript:x',
    ])
      expect(linksOf(text)).toEqual([])
  })

  it('stays text, whatever it holds (fault 68)', () => {
    const text = '<img src=x onerror=alert(1)> <a href="javascript:alert(1)">x</a> {{constructor}}'
    expect(
      commentPieces(text, [ben])
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
    expect(linksOf(text)).toEqual([])
  })

  it('tells a link that is made to be misread', () => {
    const [piece] = commentPieces('https://bank.example@evil.example/', [ben])
    expect(piece?.link?.url).toBe('https://evil.example/')
    expect(piece?.link?.claims).toBe('bank.example')
  })
})
