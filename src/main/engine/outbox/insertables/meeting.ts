import { randomUUID } from 'node:crypto'
import { DomainError } from '../../lib/domain-error.ts'
import { addressKey } from '../../lib/address-key.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { connectedChannels } from '../../store/tables/channels.ts'
import { timesProposed, type LibraryItemRow } from '../../store/tables/library.ts'
import { allUsers } from '../../store/tables/users.ts'
import { addressProblem } from '../addresses.ts'
import { escapeHtml, insertedHtml, insertedLink } from './link.ts'
import { calendarFile } from './meetings/calendar.ts'
import { freeTimes } from './meetings/free-times.ts'
import type { Insertable, InsertedFile, Inserting, Insertion } from './registry.ts'

/** How long a time that was offered to somebody counts as offered, in ms: none is offered further ahead. */
const OFFERED_MS = 62 * 24 * 3_600_000

/** When somebody has time: the page on which one books it, or times of their week to choose from. */
export const meeting: Insertable = {
  kind: 'meeting',
  ways: ({ url, weekly }) => [
    ...(weekly === '' ? [] : (['times'] as const)),
    ...(url === '' ? [] : (['link'] as const)),
  ],
  check({ url, meeting: written }, _samples, db) {
    if (!written)
      throw new DomainError('BAD_INPUT', 'A meeting link says how long it takes.', { field: 'meeting' })
    if (url === '' && written.weekly.length === 0)
      throw new DomainError('BAD_INPUT', 'Say where one books a time, or when you have time each week.', {
        field: 'url',
      })
    if (
      written.weekly.length > 0 &&
      written.weekly.every(({ from, until }) => until - from < written.duration)
    )
      throw new DomainError('BAD_INPUT', 'No time of the week is as long as the meeting.', {
        field: 'weekly',
      })
    if (written.organiser !== '') mustOrganise(db, written.organiser)
    else if (written.weekly.length > 0)
      throw new DomainError('BAD_INPUT', 'Say whose invitation it is: an address of your own.', {
        field: 'organiser',
      })
  },
  insert: (item, into) => (into.way === 'link' ? insertedLink(item) : proposal(item, into)),
}

/**
 * B6: who is invited by a team's address would answer to all of the team, and nobody's calendar would have it.
 * @throws DomainError BAD_INPUT
 */
export function mustOrganise(db: ReadableDb, address: string): void {
  const problem = addressProblem(address)
  if (problem) throw new DomainError('BAD_INPUT', problem, { field: 'organiser' })
  const isTeams = connectedChannels(db).some(
    (row) =>
      row.purpose === 'team' &&
      [row.address, row.custom_from].some(
        (each) => each !== null && addressKey(each) === addressKey(address),
      ),
  )
  if (!isTeams) return
  throw new DomainError(
    'BAD_INPUT',
    `${address} is the address of a team, so it cannot invite to a meeting. Choose an address of your own.`,
    { field: 'organiser' },
  )
}

/** The times of a meeting link from now on, and which of them stand in a mail already. */
export const timesOf = (db: ReadableDb, item: LibraryItemRow, now: number, limit: number) =>
  freeTimes(item, now, new Set(timesProposed(db, item.id, now - OFFERED_MS)), limit)

/** Whose address it is, as far as it is known here; several may share a meeting link. */
function organiserOf(db: ReadableDb, address: string): { name: string; address: string } {
  const key = addressKey(address)
  const users = allUsers(db)
  const owner = connectedChannels(db).find((row) => addressKey(row.address) === key)?.user_id
  const user = users.find(({ email }) => addressKey(email) === key) ?? users.find(({ id }) => id === owner)
  return { name: user?.name ?? '', address }
}

function proposal(item: LibraryItemRow, { db, now, proposal: wished }: Inserting): Insertion {
  if (!wished) throw new DomainError('BAD_INPUT', 'Choose at least one time.', { field: 'proposal' })
  mustOrganise(db, item.organiser)
  const known = new Map(timesOf(db, item, now, 2000).map((time) => [time.at, time]))
  const times = [...new Set(wished.times)]
    .sort((a, b) => a - b)
    .map((at) => {
      const time = known.get(at)
      if (time) return time
      throw new DomainError(
        'CONFLICT',
        'One of these times is over, or not offered any more. Choose again.',
        {
          field: 'proposal',
        },
      )
    })
  const say = writers(wished)
  const list = times.map(({ at, until }) => `<li>${escapeHtml(say.time(at, until))}</li>`).join('')
  const place = [
    item.place === '' ? '' : escapeHtml(item.place),
    item.url === '' ? '' : `<a href="${escapeHtml(item.url)}">${escapeHtml(item.url)}</a>`,
  ].filter(Boolean)
  return {
    ...insertedHtml(`<ul>${list}</ul>${place.length > 0 ? `<p>${place.join('<br>')}</p>` : ''}`),
    files: times.map(({ at, until }): InsertedFile => ({
      name: `${item.name} ${say.fileName(at)}.ics`.replace(/[\\/:*?"<>|\p{Cc}]/gu, ' '),
      mimeType: 'text/calendar',
      content: Buffer.from(
        calendarFile({
          uid: `${randomUUID()}@anteroom.invalid`,
          at,
          until,
          name: item.name,
          place: item.place,
          url: item.url,
          organiser: organiserOf(db, item.organiser),
          now,
        }),
      ),
    })),
    times: times.map(({ at }) => at),
  }
}

/** How a time is written for whom it is proposed to. */
function writers({ language, timeZone }: { language: string; timeZone: string }) {
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone })
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone })
  const end = new Intl.DateTimeFormat(language, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'long',
  })
  const stamp = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone })
  return {
    time(at: number, until: number) {
      const zone = end.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
      return `${day.format(at)}, ${clock.format(at)} – ${clock.format(until)} (${zone})`.replaceAll(
        '\u202f',
        ' ',
      )
    },
    /** "2026-11-24 10.00" */
    fileName: (at: number) => stamp.format(at).replace(':', '.'),
  }
}
