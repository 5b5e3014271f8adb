import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/contract/events.ts'
import { changeStream, PendingChanges } from '../../src/main/engine/api/events.ts'
import type { TestClient } from '../support/engine.ts'
import { until } from '../support/ports.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const change = (entity: 'threads' | 'contacts', id: string) =>
  ws.store.write((write) => {
    write.db.run('UPDATE revision SET rev = rev')
    write.changed(entity, id)
  })

describe('the stream', () => {
  test('names what every commit changed, commits close together as one', async () => {
    const stream = await client.events.stream({})
    const next = stream.next()
    // The subscription is on once the engine has seen the call.
    await client.workspace.get({})
    change('threads', 'a')
    change('threads', 'b')
    change('contacts', 'c')
    const event = (await next).value as ChangeEvent
    expect(event).toEqual({
      rev: ws.store.rev,
      changes: [
        { entity: 'threads', ids: ['a', 'b'] },
        { entity: 'contacts', ids: ['c'] },
      ],
    })
  })

  test('reaches several clients', async () => {
    const streams = await Promise.all([client, ws.connect().client].map((one) => one.events.stream({})))
    const events = streams.map((stream) => stream.next())
    await client.workspace.get({})
    change('threads', 'a')
    for (const event of events) expect(((await event).value as ChangeEvent).changes[0]?.ids).toEqual(['a'])
  })

  test('begins with what was missed since the last rev, by name', async () => {
    const { rev } = await client.workspace.get({})
    change('threads', 'a')
    change('threads', 'b')
    const stream = await client.events.stream({ sinceRev: rev })
    expect((await stream.next()).value).toEqual({
      rev: ws.store.rev,
      changes: [{ entity: 'threads', ids: ['a', 'b'] }],
    })
  })

  test('says "everything" to a client that was away too long, or knew another database', async () => {
    const { rev } = await client.workspace.get({})
    for (let i = 0; i < 600; i++) change('threads', `t${i}`)
    for (const sinceRev of [rev, ws.store.rev + 5]) {
      const stream = await client.events.stream({ sinceRev })
      const event = (await stream.next()).value as ChangeEvent
      expect(event.rev).toBe(ws.store.rev)
      expect(event.changes).toContainEqual({ entity: 'threads', ids: null })
      expect(event.changes).toContainEqual({ entity: 'drafts', ids: null })
      await stream.return?.()
    }
  })

  test('says nothing to a client that missed nothing', async () => {
    const stream = await client.events.stream({ sinceRev: ws.store.rev })
    const next = stream.next()
    await client.workspace.get({})
    change('threads', 'a')
    expect(((await next).value as ChangeEvent).changes).toEqual([{ entity: 'threads', ids: ['a'] }])
  })

  test('folds for a client that does not read, and stays small', async () => {
    const stop = new AbortController()
    const stream = changeStream(ws.store, { userId: ada }, undefined, stop.signal)
    const first = stream.next()
    change('threads', 'first')
    await first
    for (let i = 0; i < 2000; i++) change('threads', `t${i}`)
    const folded = (await stream.next()).value as ChangeEvent
    expect(folded).toEqual({ rev: ws.store.rev, changes: [{ entity: 'threads', ids: null }] })
    stop.abort()
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test('ends with the connection: nothing listens any more', async () => {
    const { client: other, close } = ws.connect()
    let listeners = 0
    const on = ws.store.onChange.bind(ws.store)
    ws.store.onChange = (listener) => {
      listeners += 1
      const off = on(listener)
      return () => {
        listeners -= 1
        off()
      }
    }
    const stream = await other.events.stream({})
    const pending = stream.next().catch(() => 'ended')
    await until('the subscription', () => listeners === 1)
    close()
    await until('the end of the subscription', () => listeners === 0)
    await pending
  })

  test('without a user tells only what the welcome screen shows', async () => {
    const fresh = makeWorkspace()
    const stream = await fresh.connect().client.events.stream({})
    const next = stream.next()
    await fresh.connect().client.workspace.get({})
    fresh.store.write((write) => {
      write.changed('threads', 't')
      write.changed('workspace', 'workspace')
    })
    expect(((await next).value as ChangeEvent).changes).toEqual([{ entity: 'workspace', ids: ['workspace'] }])
    fresh.stop()
  })
})

describe('folding', () => {
  test('once "too many", always too many until taken', () => {
    const pending = new PendingChanges()
    pending.add({ rev: 1, changes: [{ entity: 'threads', ids: null }] })
    pending.add({ rev: 2, changes: [{ entity: 'threads', ids: ['a'] }] })
    expect(pending.take()).toEqual({ rev: 2, changes: [{ entity: 'threads', ids: null }] })
    expect(pending.isEmpty).toBe(true)
  })
})
