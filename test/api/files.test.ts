import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelId, MessageId } from '../../src/contract/ids.ts'
import type { TestClient } from '../support/engine.ts'
import { until } from '../support/ports.ts'
import { makeWorkspace, type MailInit, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let channel: string
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  const ada = ws.user('Ada', 'super_admin')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

async function attached(
  file: NonNullable<MailInit['attachments']>[number],
): Promise<{ url: string; messageId: MessageId }> {
  const messageId = ws.mail(channel, { attachments: [file] }).messageId as MessageId
  const message = await client.messages.get({ id: messageId })
  return { url: message.attachments[0]!.url, messageId }
}

describe('attachments', () => {
  test.each([
    ['image/png', 'image/png', 'inline'],
    ['application/pdf', 'application/pdf', 'inline'],
    ['text/plain', 'text/plain; charset=utf-8', 'inline'],
    ['text/csv', 'text/plain; charset=utf-8', 'inline'],
    ['text/html', 'application/octet-stream', 'attachment'],
    ['image/svg+xml', 'application/octet-stream', 'attachment'],
    ['application/xhtml+xml', 'application/octet-stream', 'attachment'],
    ['text/xml', 'application/octet-stream', 'attachment'],
    ['application/javascript', 'application/octet-stream', 'attachment'],
    ['application/x-msdownload', 'application/octet-stream', 'attachment'],
  ])('%s is served as %s, %s', async (mimeType, served, how) => {
    const { url } = await attached({ name: 'file', mimeType })
    const response = await ws.fetch(url)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(served)
    expect(response.headers.get('content-disposition')).toMatch(new RegExp(`^${how};`))
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    if (mimeType !== 'application/pdf') expect(policy).toContain('sandbox')
  })

  test('with ?download what could be shown is saved, under its true name', async () => {
    const { url } = await attached({ name: 'Żółć "2".png', mimeType: 'image/png' })
    const header = (await ws.fetch(`${url}?download`)).headers.get('content-disposition')!
    expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''/)
    expect(decodeURIComponent(header.split("UTF-8''")[1]!)).toBe('Żółć "2".png')
    expect(header.split('filename="')[1]).toMatch(/^[^"]*"; filename\*/)
  })

  test('in ranges, as a PDF viewer asks', async () => {
    const { url } = await attached({ name: 'a.pdf', mimeType: 'application/pdf', content: '0123456789' })
    const part = async (range: string, more: Record<string, string> = {}) => {
      const response = await ws.fetch(url, { headers: { range, ...more } })
      return [response.status, response.headers.get('content-range'), await response.text()]
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89'])
    expect(await part('bytes=10-')).toEqual([416, 'bytes */10', ''])
    expect(await part('bytes=-0')).toEqual([416, 'bytes */10', ''])
    for (const ignored of ['bytes=0-1,3-4', 'items=1-2', 'bytes=5-2']) {
      expect(await part(ignored)).toEqual([200, null, '0123456789'])
    }
    expect(await part('bytes=2-4', { 'if-range': '"another"' })).toEqual([200, null, '0123456789'])
  })

  test('are cached for good, and not sent twice', async () => {
    const { url } = await attached({ name: 'a.txt' })
    const first = await ws.fetch(url)
    expect(first.headers.get('cache-control')).toContain('immutable')
    const again = await ws.fetch(url, { headers: { 'if-none-match': first.headers.get('etag')! } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const head = await ws.fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', ''])
  })

  test('text that is not UTF-8 is not called that', async () => {
    const messageId = ws.mail(channel, { attachments: [{ name: 'a.txt', content: 'x' }] })
      .messageId as MessageId
    const latin1 = Buffer.from([0x63, 0x61, 0x66, 0xe9])
    const [hash] = ws.store.write(({ db }) => ws.store.blobs.put(db, [latin1]))
    ws.store.write(({ db }) => db.run('UPDATE attachments SET hash = ?', [hash!]))
    const { url } = (await client.messages.get({ id: messageId })).attachments[0]!
    expect((await ws.fetch(url)).headers.get('content-type')).toBe('text/plain; charset=windows-1252')
  })

  test('any other path leads nowhere, and so does another method', async () => {
    const { url } = await attached({ name: 'a.txt' })
    const parts = url.split('/')
    const altered = [
      '/files/',
      '/files/attachment',
      `${url}x`,
      url.replace('a.txt', 'b.txt'),
      url.replace('/attachment/', '/raw/'),
      [...parts.slice(0, 5), 'A'.repeat(27), parts[6]].join('/'),
      url.replace('/files/', '/files/%2e%2e/'),
      '/files/attachment/%E0%A4%A/x/y/z',
    ]
    for (const path of altered) expect((await ws.fetch(path)).status, path).toBe(404)
    expect((await ws.fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await ws.fetch(url, { method: 'DELETE' })).status).toBe(405)
  })
})

describe('the raw message', () => {
  test('is shown as text, never as what it says it is, and saved as .eml', async () => {
    const messageId = ws.mail(channel).messageId as MessageId
    const { rawUrl } = await client.messages.get({ id: messageId })
    const shown = await ws.fetch(rawUrl)
    expect(shown.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await shown.text()).toMatch(/^raw /)
    const saved = await ws.fetch(`${rawUrl}?download`)
    expect(saved.headers.get('content-type')).toBe('message/rfc822')
    expect(saved.headers.get('content-disposition')).toContain('filename="Subject 1.eml"')
  })
})

describe('fault 41: a stored file was altered or removed', () => {
  const damage = () => {
    const path = join(ws.dataDir, 'blobs', '000000.seg')
    const bytes = readFileSync(path)
    writeFileSync(path, Buffer.alloc(bytes.byteLength, 0x5a))
  }

  test('410 says so, the attachment is marked, and comes back from the raw message', async () => {
    const { url, messageId } = await attached({ name: 'plan.txt', content: 'the plan' })
    const row = ws.store.read.get<{ raw_hash: Uint8Array; hash: Uint8Array }>(
      'SELECT m.raw_hash, a.hash FROM attachments a JOIN messages m ON m.rowid = a.message_rowid',
    )!
    const raw = await ws.store.blobs.get(ws.store.read, row.raw_hash)
    damage()
    // The raw message is whole again before the attachment is asked for.
    ws.store.write(({ db }) => ws.store.blobs.forget(db, row.raw_hash))
    ws.store.write(({ db }) => ws.store.blobs.put(db, [raw]))
    const gone = await ws.fetch(url)
    expect(gone.status).toBe(410)
    expect(await gone.text()).toContain('plan.txt')
    const state = async () => (await client.messages.get({ id: messageId })).attachments[0]!.state
    await until('the attachment to be back', async () => (await state()) === 'stored')
    expect(await (await ws.fetch(url)).text()).toBe('the plan')
  })

  test('where nothing has it any more it stays missing, and says so', async () => {
    const { url, messageId } = await attached({ name: 'plan.txt', content: 'the plan' })
    damage()
    expect((await ws.fetch(url)).status).toBe(410)
    expect((await client.messages.get({ id: messageId })).attachments[0]!.state).toBe('missing')
    expect((await ws.fetch(url)).status).toBe(410)
  })

  test('HTML that is damaged falls back to the text, with a warning', async () => {
    const messageId = ws.mail(channel, { html: '<p>hello</p>', text: 'hello' }).messageId as MessageId
    rmSync(join(ws.dataDir, 'blobs', '000000.seg'))
    const message = await client.messages.get({ id: messageId })
    expect(message.body).toMatchObject({ html: null, text: 'hello' })
    expect(message.warnings).toMatchObject([{ kind: 'body_fallback' }])
  })
})

describe('files of a draft', () => {
  const newDraft = () => client.drafts.open({ mode: 'new', channelId: channel as ChannelId })

  test('are uploaded by URL, shown, and sent along', async () => {
    const draft = await newDraft()
    const { url } = await client.drafts.attachUrl({
      id: draft.id,
      name: 'Plan ż.pdf',
      mimeType: 'application/pdf',
    })
    const response = await ws.fetch(url, { method: 'POST', body: 'content of the plan' })
    expect(response.status).toBe(201)
    const shape = (await response.json()) as { id: string; url: string }
    expect(shape).toMatchObject({ name: 'Plan ż.pdf', mimeType: 'application/pdf', size: 19, inline: false })
    const opened = await client.drafts.get({ id: draft.id })
    expect(opened.attachments).toMatchObject([shape])
    expect(await (await ws.fetch(shape.url)).text()).toBe('content of the plan')
  })

  test('over 50 MB are refused in words, announced or not', async () => {
    const draft = await newDraft()
    const { url } = await client.drafts.attachUrl({
      id: draft.id,
      name: 'big.bin',
      mimeType: 'application/zip',
    })
    const announced = await ws.fetch(url, {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': String(51 * 1024 * 1024) },
    })
    expect(announced.status).toBe(413)
    expect(await announced.text()).toContain('50 MB')
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        controller.enqueue(new Uint8Array(1024 * 1024))
        if (sent > 200) controller.close()
      },
    })
    const streamed = await ws.fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(streamed.status).toBe(413)
    expect(sent).toBeLessThan(60)
    expect((await client.drafts.get({ id: draft.id })).attachments).toEqual([])
  })

  test('belong to the writer alone', async () => {
    const draft = await newDraft()
    const { url } = await client.drafts.attachUrl({ id: draft.id, name: 'a.txt', mimeType: 'text/plain' })
    const file = (await (await ws.fetch(url, { method: 'POST', body: 'mine' })).json()) as { url: string }
    const ben = ws.user('Ben', 'super_admin')
    const asBen = await ws.as(ben)
    await expect(
      asBen.drafts.attachUrl({ id: draft.id, name: 'b', mimeType: 'text/plain' }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await client.drafts.discard({ id: draft.id })
    expect((await ws.fetch(url, { method: 'POST', body: 'late' })).status).toBe(404)
    expect((await ws.fetch(file.url)).status).toBe(404)
  })
})
