import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromMarkdown } from '../../../src/main/engine/outbox/insertables/markdown.ts'
import type { TestClient } from '../../support/engine.ts'
import { makeWorkspace, type Workspace } from '../../support/workspace.ts'
import { cpuTime } from '../../support/cpu-time.ts'

describe('Markdown', () => {
  test('becomes the HTML of a mail', () => {
    expect(
      fromMarkdown(
        '# Lamps\n\nA **bright** one, see https://acme.test/a.\n\n1. On\n2. Off\n\n|a|b|\n|-|-|\n|1|2|',
      ),
    ).toMatchInlineSnapshot(`
      "<h1>Lamps</h1>
      <p>A <strong>bright</strong> one, see <a href="https://acme.test/a">https://acme.test/a</a>.</p>
      <ol>
      <li>On</li>
      <li>Off</li>
      </ol>
      <table>
      <thead>
      <tr>
      <th>a</th>
      <th>b</th>
      </tr>
      </thead>
      <tbody>
      <tr>
      <td>1</td>
      <td>2</td>
      </tr>
      </tbody>
      </table>"
    `)
  })

  test.each([
    ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
    ['<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>'],
    ['[a](javascript:alert(1))', '<p>[a](javascript:alert(1))</p>'],
    ['[a](JaVaScRiPt&colon;alert(1))', '<p>[a](JaVaScRiPt:alert(1))</p>'],
    ['<javascript:alert(1)>', '<p>&lt;javascript:alert(1)&gt;</p>'],
    ['[a](data:text/html;base64,PHN2Zz4=)', '<p>[a](data:text/html;base64,PHN2Zz4=)</p>'],
    ['![x](https://track.test/a.png)', '<p></p>'],
    [
      '[a](https://a.test "\\" onclick=x)',
      '<p>[a](<a href="https://a.test">https://a.test</a> "" onclick=x)</p>',
    ],
    ['```js" onclick="x\na\n```', '<pre><code>a\n</code></pre>'],
    ['{{ contact.email }}{% for i in (1..9) %}', '<p>{{ contact.email }}{% for i in (1..9) %}</p>'],
  ])('%s runs and loads nothing', (text, html) => expect(fromMarkdown(text)).toBe(html))

  test.each([
    '['.repeat(50_000),
    '*a_ '.repeat(25_000),
    '> '.repeat(50_000),
    '- '.repeat(50_000),
    '`'.repeat(100_000),
    '![[]()'.repeat(16_000),
    '<'.repeat(100_000),
    'https://a.test/('.repeat(6_000),
    '|a'.repeat(50_000) + '\n' + '|-'.repeat(50_000),
    `${'|'.repeat(300)}\n${'|-'.repeat(300)}|\n${'a\n'.repeat(40_000)}`,
    '[a]: b\n'.repeat(14_000),
    'a@b.test '.repeat(11_000),
  ])('ends soon: %.20s', (text) => {
    const begun = cpuTime()
    try {
      fromMarkdown(text.slice(0, 100_000))
    } catch (error) {
      expect((error as Error).message).toMatch(/more than a mail can hold/)
    }
    expect(cpuTime() - begun).toBeLessThan(10_000)
  })
})

describe('in the library', () => {
  let ws: Workspace
  let client: TestClient
  beforeEach(async () => {
    ws = makeWorkspace()
    const ada = ws.user('Ada Agent')
    await ws.channel(ws.inbox('Support'), 'support@acme.test')
    client = await ws.as(ada)
  })
  afterEach(() => ws.stop())

  const draftId = async () => (await client.drafts.open({ mode: 'new' })).id
  const upload = async (input: {
    kind: 'document' | 'video'
    name: string
    mimeType: string
    id?: never
  }) => {
    const { url } = await client.library.uploadUrl({ ...input, audience: 'me' })
    return ws.fetch(url, { method: 'POST', body: `the bytes of ${input.name}` })
  }
  const uploaded = async (input: Parameters<typeof upload>[0]) =>
    ((await (await upload(input)).json()) as { id: never }).id

  test('an article goes in as text, or as a link to where it can be read', async () => {
    const article = {
      kind: 'article' as const,
      name: 'How to <clean> a lamp',
      content: 'Use *water*.',
      audience: 'everyone' as const,
    }
    const { id } = await client.library.save(article)
    expect(await client.library.get({ id })).toMatchObject({ ways: ['text'], snippet: 'Use *water*.' })
    expect((await client.library.insert({ id, draftId: await draftId() })).html).toBe(
      '<p>Use <em>water</em>.</p>',
    )
    await expect(client.library.insert({ id, draftId: await draftId(), as: 'link' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    await client.library.save({ ...article, id, url: 'https://help.acme.test/lamp' })
    expect((await client.library.insert({ id, draftId: await draftId(), as: 'link' })).html).toBe(
      '<a href="https://help.acme.test/lamp">How to &lt;clean&gt; a lamp</a>',
    )
    expect((await client.library.list({ query: 'help.acme' })).rows).toMatchObject([{ id, uses: 2 }])
    for (const url of ['javascript:alert(1)', 'https://', 'file:///etc/passwd', 'https://a b'])
      await expect(client.library.save({ ...article, id, url })).rejects.toThrow('begins with https://')
    expect((await client.library.export({})).entries).toMatchObject([
      { kind: 'article', content: 'Use *water*.', url: 'https://help.acme.test/lamp' },
    ])
    expect(
      await client.library.preview({ kind: 'article', subject: '', content: '**b** {{ x' }),
    ).toMatchObject({ html: '<p><strong>b</strong> {{ x</p>', problem: null })
  })

  test('a document can be linked to where it has an address, and only then', async () => {
    const id = await uploaded({ kind: 'document', name: 'prices.pdf', mimeType: 'application/pdf' })
    expect((await client.library.get({ id })).ways).toEqual(['attachment'])
    await client.library.save({
      id,
      kind: 'document',
      name: 'Prices',
      audience: 'me',
      url: 'https://acme.test/p',
    })
    const { ways, file } = await client.library.get({ id })
    expect(ways).toEqual(['attachment', 'link'])
    const { html, attachments } = await client.library.insert({ id, draftId: await draftId(), as: 'link' })
    expect([html, attachments]).toEqual(['<a href="https://acme.test/p">Prices</a>', []])
    // Its file is replaced, and everything else stays.
    await uploaded({ kind: 'document', name: 'new.pdf', mimeType: 'application/pdf', id })
    expect(await client.library.get({ id })).toMatchObject({ name: 'Prices', ways })
    expect(await (await ws.fetch(file!.url)).text()).toBe('the bytes of new.pdf')
  })

  test('a video is its file, or a picture that leads to it', async () => {
    const picture = await uploaded({ kind: 'video', name: 'lamp.png', mimeType: 'image/png' })
    const entry = { kind: 'video' as const, name: 'A "lamp"', audience: 'me' as const }
    await expect(client.library.save({ ...entry, id: picture })).rejects.toThrow('leads to a video')
    await client.library.save({ ...entry, id: picture, url: 'https://video.test/1' })
    const draft = await draftId()
    const { html, attachments } = await client.library.insert({ id: picture, draftId: draft })
    expect(attachments).toMatchObject([{ name: 'A "lamp".png', mimeType: 'image/png', inline: true }])
    expect(html).toBe(
      `<p><a href="https://video.test/1"><img src="cid:${attachments[0]!.contentId}" alt="A &quot;lamp&quot;" width="320" /></a></p>`,
    )
    const film = await uploaded({ kind: 'video', name: 'lamp.mp4', mimeType: 'video/mp4' })
    expect((await client.library.get({ id: film })).ways).toEqual(['attachment'])
    expect((await client.library.insert({ id: film, draftId: draft })).attachments).toMatchObject([
      { name: 'lamp.mp4', inline: false },
    ])
    const link = await client.library.save({ ...entry, url: 'https://video.test/2' })
    expect((await client.library.get({ id: link.id })).ways).toEqual(['link'])
    await expect(client.library.save(entry)).rejects.toThrow('where the video is shown')
    expect((await upload({ kind: 'video', name: 'a.html', mimeType: 'text/html' })).status).toBe(400)
    expect((await upload({ kind: 'video', name: 'a.svg', mimeType: 'image/svg+xml' })).status).toBe(400)
    await expect(
      client.library.uploadUrl({
        kind: 'video',
        id: link.id,
        name: 'a',
        mimeType: 'image/png',
        audience: 'me',
      }),
    ).resolves.toBeTruthy()
  })

  test('what belongs to another kind is not kept', async () => {
    const { id } = await client.library.save({
      kind: 'snippet',
      name: 'S',
      audience: 'me',
      content: '<p>a</p>',
      url: 'https://acme.test',
    })
    expect((await client.library.get({ id })).url).toBe('')
    await expect(client.library.save({ kind: 'quote', name: 'Q', audience: 'me' })).rejects.toThrow(
      'its own editor',
    )
    await expect(client.library.save({ kind: 'document', name: 'D', audience: 'me' })).rejects.toThrow(
      'begins with its file',
    )
  })
})
