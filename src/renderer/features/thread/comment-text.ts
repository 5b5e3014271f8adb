import type { UserView } from '@contract/workspace.ts'
import { splitMentions } from './mentions.ts'
import { readLink, type LinkTarget } from './reader/links.ts'
import { findLinks } from './reader/plain-text.ts'

/** What can be opened from a comment: only web pages and mail addresses (fault 65). */
export type CommentLink = Extract<LinkTarget, { kind: 'web' | 'mail' }>

/** A piece of a comment: text, somebody who is mentioned, or a link. */
export type CommentPiece = { text: string; user: UserView | null; link: CommentLink | null }

/** A comment as pieces. It is plain text and stays that, whatever it holds (fault 68). */
export const commentPieces = (text: string, users: readonly UserView[]): CommentPiece[] =>
  splitMentions(text, users).flatMap((piece): CommentPiece[] =>
    piece.user
      ? [{ ...piece, link: null }]
      : findLinks(piece.text).map(({ text: shown, href }) => {
          const target = href === null ? null : readLink(href, shown)
          const link = target?.kind === 'web' || target?.kind === 'mail' ? target : null
          return { text: shown, user: null, link }
        }),
  )
