import type { UserId } from '@contract/ids.ts'
import type { UserView } from '@contract/workspace.ts'

/** Where a mention is being typed: from the `@` to the caret. */
export type MentionQuery = { start: number; text: string }

/** The mention that the caret stands in, or null. */
export const mentionAt = (text: string, caret: number): MentionQuery | null => {
  const match = /(?:^|[\s(])@([^\s@]{0,30}(?: [^\s@]{0,30})?)$/u.exec(
    text.slice(Math.max(0, caret - 70), caret),
  )
  if (!match) return null
  const typed = match[1] ?? ''
  return { start: caret - typed.length - 1, text: typed }
}

/** Users whose name or address has a part that begins with what was typed. */
export const matchingUsers = (users: readonly UserView[], typed: string, limit = 6): UserView[] => {
  const wanted = fold(typed)
  return users
    .filter((user) => {
      const name = fold(user.name)
      return (
        name.startsWith(wanted) ||
        name.split(/\s+/).some((part) => part.startsWith(wanted)) ||
        fold(user.email).startsWith(wanted)
      )
    })
    .slice(0, limit)
}

/** Puts a user in the place of what was typed. */
export const insertMention = (
  text: string,
  query: MentionQuery,
  caret: number,
  user: UserView,
): { text: string; caret: number } => {
  const mention = `@${user.name} `
  return {
    text: text.slice(0, query.start) + mention + text.slice(caret).replace(/^ /, ''),
    caret: query.start + mention.length,
  }
}

/** The users whose whole name stands behind an @ in the text. */
export const mentionedIn = (text: string, users: readonly UserView[]): UserId[] =>
  splitMentions(text, users)
    .flatMap((piece) => (piece.user ? [piece.user.id] : []))
    .filter((id, index, all) => all.indexOf(id) === index)

/** A comment as pieces: text, and the users that are mentioned in it. */
export const splitMentions = (
  text: string,
  users: readonly UserView[],
): { text: string; user: UserView | null }[] => {
  // Longer names first, so that "@Ada Agent" is not read as "@Ada".
  const named = users.filter((user) => user.name !== '').toSorted((a, b) => b.name.length - a.name.length)
  const pieces: { text: string; user: UserView | null }[] = []
  let done = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (at < done || /[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')) continue
    const rest = text.slice(at + 1, at + 202)
    const user = named.find(
      ({ name }) =>
        fold(rest.slice(0, name.length)) === fold(name) && !/[\p{L}\p{N}]/u.test(rest[name.length] ?? ' '),
    )
    if (!user) continue
    if (at > done) pieces.push({ text: text.slice(done, at), user: null })
    done = at + 1 + user.name.length
    pieces.push({ text: text.slice(at, done), user })
  }
  if (done < text.length) pieces.push({ text: text.slice(done), user: null })
  return pieces
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
