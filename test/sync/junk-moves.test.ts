import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ThreadId } from '../../src/contract/ids.ts'
import { ChannelError, type MailSession } from '../../src/main/engine/channels/types.ts'
import { foldersOf, upsertFolder } from '../../src/main/engine/store/tables/folders.ts'
import { adoptCopy, insertRemoteMessage } from '../../src/main/engine/store/tables/remote-messages.ts'
import { moveJunk } from '../../src/main/engine/sync/junk-moves.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

/** What can happen between a command to the server and its answer, and what servers refuse. */

let ws: Workspace
let channel: string
let client: TestClient
let thread: ThreadId

beforeEach(async () => {
  ws = makeWorkspace()
  const ada = ws.user('Ada', 'super_admin')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
  thread = ws.mail(channel, { from: 'win@prizes.test' }).threadId as ThreadId
  inboxCopy(7)
})
afterEach(() => ws.stop())

/** A copy of the message in INBOX, as sync notes it. */
function inboxCopy(uid: number): void {
  ws.store.write(({ db }) => {
    const { id } = upsertFolder(db, channel, 'INBOX', 'inbox')
    db.run("UPDATE folders SET uid_validity = '1'")
    const flags = { internal_date: 0, size: 1, seen: 0, answered: 0, problem: null }
    insertRemoteMessage(db, { folder_id: id, uid, state: 'raw', raw_hash: null, ...flags })
    const { rowid } = db.get<{ rowid: number }>('SELECT rowid FROM messages')!
    adoptCopy(db, id, uid, { rowid, direction: 'in' })
  })
}

const done: string[] = []
beforeEach(() => void (done.length = 0))

/** A server with these folders that says what was asked of it. */
function session(more: Partial<MailSession> = {}): MailSession {
  let open = ''
  return {
    async open(path: string) {
      open = path
      return {
        path,
        uidValidity: path === 'INBOX' ? '1' : '9',
        uidNext: null,
        highestModseq: null,
        exists: 0,
      }
    },
    uids: async () => [101],
    findByMessageId: async () => [],
    async move(uids: readonly number[], path: string) {
      done.push(`${open} ${uids.join(',')} -> ${path}`)
      return { uidValidity: '9', uids: new Map(uids.map((uid) => [uid, uid + 94])) }
    },
    ...more,
  } as MailSession
}

const JUNK = { path: 'Junk', role: 'junk', selectable: true } as const
const move = (server: MailSession, folders: readonly (typeof JUNK)[] = [JUNK], again = false) =>
  moveJunk({
    session: server,
    inbox: foldersOf(ws.store.read, channel)[0]!,
    folders,
    store: ws.store,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    again,
  })
const mark = () => client.spam.mark({ ids: [thread], block: 'nobody' })
const state = async () => (await client.spam.ofThread({ id: thread }))?.server

describe('moving spam on the server', () => {
  test('by UID, there and back, by the place that the server told', async () => {
    await mark()
    expect(await move(session())).toBe(true)
    expect(await state()).toMatchObject({ state: 'moved' })
    expect(await move(session())).toBe(false)
    await client.spam.unmark({ ids: [thread] })
    await move(session())
    expect(done).toEqual(['INBOX 7 -> Junk', 'Junk 101 -> INBOX'])
    expect(ws.store.read.all('SELECT * FROM junk_places')).toEqual([])
  })

  test('"not spam" while it is being moved: it is moved back, not left behind', async () => {
    await mark()
    const server = session()
    await move({
      ...server,
      move: async (uids, path) => (await client.spam.unmark({ ids: [thread] }), server.move!(uids, path)),
    })
    expect(done).toEqual(['INBOX 7 -> Junk', 'Junk 101 -> INBOX'])
    expect(ws.store.read.all('SELECT * FROM junk_moves')).toEqual([])
  })

  test('spam again while it is being taken back: it goes from INBOX once more', async () => {
    await mark()
    await move(session())
    await client.spam.unmark({ ids: [thread] })
    const server = session()
    await move({ ...server, move: async (uids, path) => (await mark(), server.move!(uids, path)) })
    // It is in INBOX now, under another number, which sync finds first.
    inboxCopy(8)
    await move(session())
    expect(done).toEqual(['INBOX 7 -> Junk', 'Junk 101 -> INBOX', 'INBOX 8 -> Junk'])
  })

  test('a mailbox without Junk, and a kind that cannot move, leave it where it is and say so', async () => {
    await mark()
    expect(await move(session(), [])).toBe(false)
    expect(await state()).toMatchObject({ state: 'no_junk' })
    const { move: _none, ...unable } = session()
    await move(unable as MailSession, [JUNK], true)
    expect(await state()).toMatchObject({ state: 'no_junk' })
    // Somebody made one.
    await move(session(), [JUNK], true)
    expect(await state()).toMatchObject({ state: 'moved' })
  })

  test('a refusal is shown in its words and tried again with the next look at everything; five times at most', async () => {
    await mark()
    const problem = { code: 'server_error' as const, message: 'x', hint: '', serverText: 'NO Quota exceeded' }
    let asked = 0
    const refusing = session({ move: () => ((asked += 1), Promise.reject(new ChannelError(problem))) })
    await move(refusing)
    expect(await state()).toEqual({ state: 'failed', serverText: 'NO Quota exceeded' })
    await move(refusing)
    expect(asked).toBe(1)
    for (let n = 0; n < 9; n += 1) await move(refusing, [JUNK], true)
    expect(asked).toBe(5)
  })

  test('a line that is lost is the channel\u2019s business: it waits for the next one', async () => {
    await mark()
    const problem = { code: 'unreachable' as const, message: 'x', hint: '', serverText: null }
    const lost = session({ move: () => Promise.reject(new ChannelError(problem)) })
    await expect(move(lost)).rejects.toThrow('x')
    expect(await state()).toMatchObject({ state: 'waiting' })
  })

  test('a folder that was rebuilt meanwhile is left alone: its numbers mean other messages', async () => {
    await mark()
    const server = session()
    await move({ ...server, open: async (path) => ({ ...(await server.open(path)), uidValidity: '2' }) })
    expect(done).toEqual([])
    await move(session(), [JUNK], true)
    expect(done).toEqual(['INBOX 7 -> Junk'])
  })

  test('what is not in Junk any more is not looked for for ever', async () => {
    await mark()
    await move(session())
    await client.spam.unmark({ ids: [thread] })
    await move(session({ uids: async () => [] }))
    expect(ws.store.read.all('SELECT * FROM junk_moves')).toEqual([])
  })
})
