import type {} from './editor-page/window.ts'
import { simpleParser } from 'mailparser'
import pixelmatch from 'pixelmatch'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fontStack } from '../../src/contract/mail-fonts.ts'
import { buildMessage } from '../../src/main/engine/outbox/build-message.ts'
import { outgoingHtml } from '../../src/main/engine/outbox/clean-html.ts'
import { hasFocus } from '../support/becomes.ts'
import { launchChromium, violations, watchForErrors } from '../support/browser.ts'
import { HOSTILE } from './editor-page/clipboards.ts'
import { MAILS } from './editor-page/mails.ts'
import type { MadeMail } from './editor-page/mails.ts'
import { serveShellPage } from './shell-page/serve.ts'

/** The editor of mail by itself, in Chromium: what is pasted into it, what it writes, how that looks at the receiver. */
let served: { url: string; close(): Promise<void> }
let browser: Browser
let context: BrowserContext
let page: Page
/** Where mail is read: a window of its own, so that neither is in the background and slowed down. */
let reader: Page
let errors: string[] = []
/** What was asked of anybody but our own page. */
const asked: string[] = []

const RED = redPicture(40, 20)

function redPicture(width: number, height: number): Buffer {
  const png = new PNG({ width, height })
  for (let at = 0; at < png.data.length; at += 4) png.data.set([220, 30, 30, 255], at)
  return PNG.sync.write(png)
}

beforeAll(async () => {
  ;[served, browser] = await Promise.all([
    serveShellPage('test/renderer/editor-page/index.html'),
    launchChromium(),
  ])
  context = await browser.newContext({ viewport: { width: 640, height: 800 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  await context.route('**/*', (route) => {
    const url = route.request().url()
    if (url.startsWith(new URL(served.url).origin)) return route.continue()
    asked.push(url)
    return route.abort()
  })
  reader = await (await browser.newContext({ viewport: { width: 616, height: 2600 } })).newPage()
  errors = watchForErrors(page)
  await page.goto(served.url)
  await body().waitFor()
})
beforeEach(async () => {
  await page.setViewportSize({ width: 640, height: 800 })
  await page.evaluate(() => window.editorPage.set(''))
})
afterAll(async () => {
  await browser?.close()
  await served?.close()
  expect(errors).toEqual([])
})

const body = () => page.getByRole('textbox', { name: 'Message body' })
const html = () => page.evaluate(() => window.editorPage.html())
const tool = (name: string) => page.getByRole('toolbar').getByRole('button', { name, exact: true })

/** Makes a mail as a person does, and answers what would be saved. */
async function make(mail: MadeMail): Promise<string> {
  await page.evaluate(({ html: start, run, paste }) => {
    window.editorPage.set(start ?? '')
    window.editorPage.run(['focus', 'end'], ...(run ?? []))
    if (paste !== undefined) window.editorPage.paste({ html: paste })
  }, mail)
  // The editor takes the focus with the next frame.
  await hasFocus(page.locator('.mail-editor'))
  if (mail.type !== undefined) await page.keyboard.type(mail.type)
  for (const key of mail.keys ?? []) await page.keyboard.press(key)
  if (mail.picture) {
    await page.evaluate((picture) => window.editorPage.paste({ picture }), RED.toString('base64'))
    // Its bytes arrive, and it is shown and measured.
    await expect.poll(html).toMatch(/<img src="cid:[^"]+" alt="picture" width="40">/)
  }
  return await html()
}

const contentIds = (text: string) => [...text.matchAll(/cid:([^"]+)"/g)].map(([, id]) => id!)

async function build(mail: MadeMail, own: string): Promise<Buffer> {
  const pictures = [...new Set(contentIds(own))].map((contentId) => ({
    name: `${contentId}.png`,
    mimeType: 'image/png',
    contentId,
    inline: true,
    content: RED,
  }))
  const files = (mail.files ?? []).map((name, index) => ({
    name,
    mimeType: 'application/x-test',
    contentId: `file${index}@acme.test`,
    inline: false,
    content: Buffer.from(`content of ${name}`),
  }))
  return await buildMessage({
    messageId: 'one@acme.test',
    date: Date.UTC(2025, 8, 2),
    from: { name: 'Ada', address: 'ada@acme.test' },
    to: [{ name: '', address: 'carla@kunde.test' }],
    cc: [],
    subject: mail.name,
    html: own,
    quotedHtml: mail.quoted ?? '',
    signatureHtml: mail.signature ?? '',
    font: mail.font ?? '',
    inReplyTo: null,
    references: [],
    files: [...pictures, ...files],
  })
}

const lines = (text: string | undefined | false) => (text || '').replace(/\r\n/g, '\n').trimEnd()
const bytes = (content: ArrayBuffer | Uint8Array | string) =>
  Buffer.from(content as Uint8Array).toString('base64')

/** The message as two parsers that share no code read it, part by part. */
async function parse(raw: Buffer) {
  const [one, two] = await Promise.all([
    simpleParser(raw, { keepCidLinks: true }),
    PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }),
  ])
  return [
    {
      subject: one.subject,
      html: lines(one.html),
      text: lines(one.text),
      parts: one.attachments.map((part) => ({
        name: part.filename,
        type: part.contentType,
        id: part.contentId ?? null,
        disposition: part.contentDisposition,
        content: bytes(part.content),
      })),
    },
    {
      subject: two.subject,
      html: lines(two.html),
      text: lines(two.text),
      parts: two.attachments.map((part) => ({
        name: part.filename,
        type: part.mimeType,
        id: part.contentId ?? null,
        disposition: part.disposition,
        content: bytes(part.content),
      })),
    },
  ] as const
}

/** Words of a text, without what draws lists and tables. */
const words = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? []

/** Words that a text has, or has more often, than another. */
function lacking(some: readonly string[], all: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const word of all) left.set(word, (left.get(word) ?? 0) + 1)
  return some.filter((word) => {
    const count = left.get(word) ?? 0
    left.set(word, count - 1)
    return count < 1
  })
}

describe('forty mails', () => {
  test('are read by two parsers part by part as they were made, and their text says all that they show', async () => {
    const size = { plain: { html: 0, text: 0 }, tables: { html: 0, text: 0 } }
    for (const mail of MAILS) {
      const own = await make(mail)
      if (mail.has) expect(own, mail.name).toMatch(mail.has)
      expect(own, mail.name).not.toBe('')
      // Opening what was saved and saving it again changes nothing.
      const again = await make({ name: mail.name, html: own })
      expect(again, mail.name).toBe(own)

      const raw = await build(mail, own)
      const [one, two] = await parse(raw)
      expect(two, mail.name).toEqual(one)
      const wanted = outgoingHtml(own, mail.quoted ?? '', mail.signature ?? '', mail.font ?? '')
      expect(one.html, mail.name).toMatch(/^<!DOCTYPE html><html><head>.*<\/head><body>.*<\/body><\/html>$/s)
      expect(/<body>(.*)<\/body>/s.exec(one.html)?.[1], mail.name).toBe(wanted.html)
      expect(one.parts, mail.name).toEqual([
        ...[...new Set(contentIds(own))].map((id) => ({
          name: `${id}.png`,
          type: 'image/png',
          id: `<${id}>`,
          disposition: 'inline',
          content: RED.toString('base64'),
        })),
        ...(mail.files ?? []).map((name) => ({
          name,
          type: 'application/x-test',
          id: null,
          disposition: 'attachment',
          content: Buffer.from(`content of ${name}`).toString('base64'),
        })),
      ])

      // What mail clients stumble over is not there, what they need is.
      const mine = outgoingHtml(own, '', '', mail.font ?? '').html
      expect(mine, mail.name).not.toMatch(
        /\s(?:class|id|on\w+|data-[\w-]+)=|<(?:style|script|link|meta|col)\b|url\(|rgb\(|mso|var\(/i,
      )
      for (const [cell] of mine.matchAll(/<t[dh]\b[^>]*>/g))
        expect(cell, mail.name).toMatch(/style="[^"]*border: 1px solid[^"]*font: 14px[^"]*".*valign="top"/)
      for (const [table] of mine.matchAll(/<table\b[^>]*>/g))
        expect(table, mail.name).toContain('border="0" cellpadding="0" cellspacing="0"')
      for (const [image] of mine.matchAll(/<img\b[^>]*>/g)) expect(image, mail.name).toMatch(/ width="\d+"/)

      await reader.setContent(one.html.replaceAll(/src="cid:[^"]+"/g, ''))
      const seen = await reader.evaluate(() => document.body.innerText)
      expect(lacking(words(seen), words(one.text)), `${mail.name}: not in the text`).toEqual([])
      const kind = mine.includes('<table') ? 'tables' : 'plain'
      size[kind].html += Buffer.byteLength(one.html)
      size[kind].text += Buffer.byteLength(one.text)
    }
    const ratio = ({ html, text }: { html: number; text: number }) => html / text
    console.log(
      `HTML to text: ${ratio(size.plain).toFixed(1)} to one without tables, ${ratio(size.tables).toFixed(1)} with them`,
    )
    // Short mails are mostly their frame. A cell repeats its font for Outlook, which is what a table weighs.
    expect(ratio(size.plain)).toBeLessThan(6)
    expect(ratio(size.tables)).toBeLessThan(45)
    expect(MAILS).toHaveLength(40)
  })

  test('look at the receiver, without any style sheet, as in the editor', async () => {
    // High, so that the longest mail lies on it whole.
    await page.setViewportSize({ width: 640, height: 2600 })
    const differences: [string, number][] = []
    for (const mail of MAILS) {
      const own = await make(mail)
      const family = fontStack(mail.font ?? 'Arial')
      await page.evaluate((font) => {
        document.documentElement.style.setProperty('--mail-font', font)
        const editor = document.querySelector<HTMLElement>('.mail-editor')!
        editor.style.width = '600px'
        // No selection is part of what is sent.
        window.editorPage.run(['setTextSelection', 0])
        editor.blur()
        getSelection()?.removeAllRanges()
      }, family)
      await expect
        .poll(() =>
          page.evaluate(() =>
            [...document.querySelectorAll<HTMLImageElement>('.mail-image img')].every(
              ({ naturalWidth }) => naturalWidth > 0,
            ),
          ),
        )
        .toBe(true)
      const mine = outgoingHtml(own, '', '', mail.font ?? '').html
      const source = `data:image/png;base64,${RED.toString('base64')}`
      await reader.setContent(
        `<!DOCTYPE html><html><body>${mine.replaceAll(/cid:[^"]+/g, source)}</body></html>`,
      )
      const [written, received] = await Promise.all([shot(page, '.mail-editor'), shot(reader, 'body > div')])
      differences.push([mail.name, difference(written, received)])
    }
    const worst = differences.toSorted(([, a], [, b]) => b - a).slice(0, 5)
    console.log(worst.map(([name, share]) => `${name}: ${(share * 100).toFixed(2)} %`).join('\n'))
    // Both are drawn by the same browser on the same machine, so only what is said differently differs: a line that is
    // moved by one pixel is two per cent of a page of text, and a wrong colour of a cell more.
    for (const [name, share] of differences) expect(share, name).toBeLessThan(0.005)
  })
})

/** The content of an element, to the end of its last line that holds something. */
async function shot(on: Page, selector: string): Promise<PNG> {
  const clip = await on.locator(selector).evaluate((element) => {
    const { x } = element.getBoundingClientRect()
    const parts = [...element.children].filter(
      (child) =>
        (child.textContent ?? '') !== '' || child.querySelector('img, td') !== null || child.matches('hr'),
    )
    const tops = parts.map((part) => part.getBoundingClientRect().top)
    const bottoms = parts.map((part) => part.getBoundingClientRect().bottom)
    return {
      x,
      y: Math.min(...tops),
      width: 600,
      height: Math.max(1, Math.max(...bottoms) - Math.min(...tops)),
    }
  })
  return PNG.sync.read(await on.screenshot({ clip }))
}

/** The share of pixels that differ, of the larger picture; what one has more of differs. */
function difference(one: PNG, two: PNG): number {
  const { width } = one
  const height = Math.min(one.height, two.height)
  const cut = ({ data }: PNG) => data.subarray(0, width * height * 4)
  const pixels = pixelmatch(cut(one), cut(two), undefined, width, height, { threshold: 0.1 })
  return (pixels + Math.abs(one.height - two.height) * width) / (width * Math.max(one.height, two.height))
}

/** The elements, attributes and addresses of some HTML that no mail of ours has. */
const foreign = (text: string) =>
  page.evaluate((source) => {
    const { body } = new DOMParser().parseFromString(source, 'text/html')
    return [...body.querySelectorAll('*')].flatMap((element) => {
      const tag =
        /^(?:P|BR|H[123]|[UO]L|LI|BLOCKQUOTE|PRE|HR|TABLE|TBODY|T[RDH]|A|IMG|SPAN|STRONG|EM|U|S|CODE)$/
      const names =
        /^(?:href|src|alt|width|start|colspan|rowspan|style|class|draggable|contenteditable|data-[\w-]+|rel)$/
      return [
        ...(tag.test(element.nodeName) ? [] : [element.nodeName]),
        ...[...element.attributes].flatMap(({ name, value }) =>
          names.test(name) && !/javascript:|evil|url\(|expression/i.test(value) ? [] : [`${name}=${value}`],
        ),
      ]
    })
  }, text)

test('hostile HTML on the clipboard runs nothing, asks for nothing and leaves nothing', async () => {
  asked.length = 0
  for (const hostile of HOSTILE) {
    const own = await make({ name: 'hostile', paste: hostile })
    expect(await foreign(own), hostile.slice(0, 200)).toEqual([])
    expect(await foreign(await body().innerHTML()), hostile.slice(0, 200)).toEqual([])
    expect(outgoingHtml(own, '').html).not.toMatch(/javascript:|evil\.test|<script|\son\w+=/i)
    // As a draft that somebody else wrote past the editor, and as what an old version kept.
    await page.evaluate((text) => window.editorPage.set(text), hostile)
    // What is let run runs at the latest when pictures have failed to load.
    await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => setTimeout(go))))
  }
  expect(await page.evaluate(() => window.ran)).toBeUndefined()
  expect(asked).toEqual([])
  await page.evaluate(() => (window.editorPage.leftOut = 0))
  await make({
    name: 'pictures',
    paste: '<p>a<img src="https://a.test/p.jpg"><img src="https://a.test/t.gif" width="1" height="1"></p>',
  })
  expect(await page.evaluate(() => window.editorPage.leftOut)).toBe(1)
  expect(asked).toEqual([])
})

describe('the toolbar', () => {
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

  test('is whole at 420 pixels, by keyboard, in both themes', async () => {
    await page.setViewportSize({ width: 420, height: 700 })
    await make({ name: 'text', html: '<p>some words</p>' })
    const toolbar = page.getByRole('toolbar', { name: 'Formatting' })
    await expect
      .poll(() => toolbar.evaluate((element) => element.scrollWidth <= element.clientWidth))
      .toBe(true)
    await tool('More formatting').waitFor()
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      expect(await violations(page, { within: ['#app'] }), scheme).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'light' })

    // From the text, along the buttons, into the menu of what has no room.
    await page.evaluate(() => window.editorPage.run(['selectAll']))
    await body().focus()
    await page.keyboard.press('Alt+F10')
    await expect.poll(focused).toBe('Bold')
    await page.keyboard.press('End')
    await expect.poll(focused).toBe('More formatting')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemcheckbox', { name: 'Centred' }).click()
    await expect.poll(html).toBe('<p style="text-align:center">some words</p>')
    await expect.poll(focused).toBe('Message body')

    await page.keyboard.press('Alt+F10')
    await page.keyboard.press('Home')
    for (let n = 0; n < 3; n += 1) await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toBe('Text colour')
    await page.keyboard.press('Enter')
    await hasFocus(page.getByRole('dialog', { name: 'Text colour' }))
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toBe('Red')
    await page.keyboard.press('Enter')
    await expect.poll(html).toContain('<span style="color:#b3261e">some words</span>')
    await page.keyboard.press('Alt+F10')
    await page.keyboard.press('Escape')
    await expect.poll(focused).toBe('Message body')
    await tool('Font').click()
    await page.getByRole('menuitemcheckbox', { name: 'Georgia' }).click()
    await expect.poll(html).toContain('color:#b3261e;font-family:Georgia, serif')
  })

  test('makes tables and changes them', async () => {
    await body().focus()
    await tool('Table').click()
    await page.getByRole('menuitem', { name: 'Insert a table…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Insert a table' })
    await dialog.getByRole('textbox', { name: 'Rows' }).fill('0')
    await dialog.getByRole('button', { name: 'Insert' }).click()
    await dialog.getByText('A number from 1 to 100.').waitFor()
    await dialog.getByRole('textbox', { name: 'Rows' }).fill('2')
    await dialog.getByRole('textbox', { name: 'Columns' }).fill('2')
    await dialog.getByRole('button', { name: 'Insert' }).click()
    await expect.poll(html).toContain('<tr><th width="160"><br></th><th width="160"><br></th></tr>')
    await hasFocus(body())
    await page.keyboard.type('Tea')
    await page.keyboard.press('Tab')
    await page.keyboard.type('4.50')
    await tool('Table').click()
    await page.getByRole('menuitem', { name: 'Row below' }).click()
    await expect
      .poll(html)
      .toBe(
        `<table><tbody><tr><th width="160">Tea</th><th width="160">4.50</th></tr>${'<tr><td><br></td><td><br></td></tr>'.repeat(2)}</tbody></table>`,
      )
    await tool('Table').click()
    await page.getByRole('menuitem', { name: 'Delete table' }).click()
    await expect.poll(html).toBe('')
  })

  test('a picture is made wider by its handle, by keys and by number, and described', async () => {
    await make({ name: 'picture', picture: true })
    await body().getByRole('img', { name: 'picture' }).click()
    const handle = page.getByRole('slider', { name: 'Width of the picture' })
    await handle.waitFor()
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(html).toContain('width="44"')
    await handle.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(html).toContain('width="54"')
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe('54')
    const box = (await handle.boundingBox())!
    await page.mouse.move(box.x + 7, box.y + 7)
    await page.mouse.down()
    await page.mouse.move(box.x + 57, box.y + 7)
    await page.mouse.up()
    await expect.poll(html).toContain('width="104"')

    const bar = page.getByRole('group', { name: 'Picture' })
    const width = bar.getByRole('spinbutton', { name: 'Width' })
    await expect.poll(() => width.inputValue()).toBe('104')
    await width.fill('300')
    await width.press('Enter')
    await expect.poll(html).toContain('width="300"')
    await bar.getByRole('textbox', { name: 'Description' }).fill('a red field')
    await bar.getByRole('button', { name: 'Original size' }).click()
    await expect.poll(html).toMatch(/alt="a red field" width="40"/)
    await page.evaluate(() => window.editorPage.run(['focus'], ['undo'], ['undo']))
    await expect.poll(html).toMatch(/alt="picture" width="300"/)
  })
})
