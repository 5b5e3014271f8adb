import type { Mailbox } from '../../../contract/common.ts'
import { HALF_LIFE, rankOf } from '../lib/frecency.ts'
import {
  companiesMatching,
  companyPeople,
  contactsMatching,
  latestContacts,
} from '../store/queries/recipients.ts'
import type { ReadableDb } from '../store/statements.ts'
import { pastRecipients, pastRecipientsMatching } from '../store/tables/past-recipients.ts'
import { allTeamMembers, allTeams } from '../store/tables/teams.ts'
import { allUsers } from '../store/tables/users.ts'

/** So many of the most used ones are looked at one by one: whoever is among them is found, however common the word is. */
const MOST_USED = 1000
/** And so many of all that match, so that a letter that everybody has costs no more than a name. */
const MATCHING = 300
/** Having been written to counts as four doublings of having been seen. */
const WRITTEN_TO = 4 * HALF_LIFE
/** A larger company is no group that anybody means. */
const MAX_GROUP = 300

export type RecipientShape =
  | { kind: 'person'; name: string; address: string }
  | { kind: 'team' | 'company'; id: string; name: string; count: number }

type Person = Mailbox & { rank: number }

const PLAIN = /^[\x00-\x7f]*$/
/** As the index has it: lower case, without accents. Most names need no look at their accents, and this is asked often. */
const folded = (text: string): string =>
  PLAIN.test(text) ? text.toLowerCase() : text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const wordsOf = (text: string): string[] =>
  folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

const IN_A_WORD = /[\p{L}\p{N}]/u

/** Whether each of `words` begins a word of the text. */
function holds(text: string, words: readonly string[]): boolean {
  const own = folded(text)
  return words.every((word) => {
    for (let at = own.indexOf(word); at >= 0; at = own.indexOf(word, at + 1))
      if (at === 0 || !IN_A_WORD.test(own[at - 1]!)) return true
    return false
  })
}

/**
 * Whom a user may mean by the beginnings of words in names and addresses: people by how lately and how often they were
 * written to or seen, then teams and companies of that name.
 */
export function findRecipients(
  db: ReadableDb,
  userId: string,
  query: string,
  limit: number,
): RecipientShape[] {
  const words = wordsOf(query)
  const match = words.map((word) => `"${word}"*`).join(' ')
  const byAddress = new Map<string, Person>()
  const add = (list: readonly Person[]): void => {
    for (const person of list) {
      const known = byAddress.get(person.address)
      if (!known) byAddress.set(person.address, person)
      else
        byAddress.set(person.address, {
          address: person.address,
          name: known.name || person.name,
          rank: Math.max(known.rank, person.rank),
        })
    }
  }
  const fits = ({ name, address }: Mailbox): boolean => holds(`${name} ${address}`, words)

  const contacts = latestContacts(db, words.length === 0 ? limit : MOST_USED)
  const past = pastRecipients(db, userId, words.length === 0 ? limit : MOST_USED)
  // Names of contacts first: those are looked after.
  add(
    [...contacts, ...(words.length === 0 ? [] : contactsMatching(db, match, MATCHING))]
      .map((row) => ({
        name: row.name,
        address: row.address,
        rank: rankOf(row.count, row.at),
      }))
      .filter(fits),
  )
  add(
    [...past, ...(words.length === 0 ? [] : pastRecipientsMatching(db, match, userId, MATCHING))]
      .map(({ name, address, rank }) => ({ name, address, rank: rank + WRITTEN_TO }))
      .filter(fits),
  )
  if (words.length > 0) {
    const own = allUsers(db).filter((user) => user.active === 1 && user.id !== userId)
    add(own.map(({ name, email }) => ({ name, address: email.toLowerCase(), rank: 0 })).filter(fits))
  }
  const people = [...byAddress.values()]
    .sort((a, b) => b.rank - a.rank || (a.address < b.address ? -1 : 1))
    .slice(0, limit)
    .map(({ name, address }) => ({ kind: 'person' as const, name, address }))
  const groups = words.length === 0 ? [] : findGroups(db, userId, words, match)
  // Groups keep their place at the end, whatever number of people fits.
  return [...people.slice(0, Math.max(limit - groups.length, 1)), ...groups].slice(0, limit)
}

function findGroups(
  db: ReadableDb,
  userId: string,
  words: readonly string[],
  match: string,
): RecipientShape[] {
  const teams = allTeams(db)
    .filter(({ name }) => holds(name, words))
    .map(({ id, name }) => ({ kind: 'team' as const, id, name }))
  const companies = companiesMatching(db, match, 5).map(({ id, name }) => ({
    kind: 'company' as const,
    id,
    name,
  }))
  return (
    [...teams.slice(0, 2), ...companies]
      .map((group) => ({ ...group, count: membersOf(db, userId, group.kind, group.id).length }))
      // One person alone is found by name.
      .filter(({ count }) => count > 1 && count <= MAX_GROUP)
      .slice(0, 3)
  )
}

/** The addresses of a team or company, by name; of the user nothing. */
export function membersOf(db: ReadableDb, userId: string, kind: 'team' | 'company', id: string): Mailbox[] {
  if (kind === 'company') return companyPeople(db, id, MAX_GROUP + 1)
  const members = new Set(
    allTeamMembers(db)
      .filter((row) => row.team_id === id)
      .map((row) => row.user_id),
  )
  return allUsers(db)
    .filter((user) => user.active === 1 && user.id !== userId && members.has(user.id))
    .map(({ name, email }) => ({ name, address: email.toLowerCase() }))
}
