import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FrameLocator, Page } from 'playwright-core'
import { openReaderPage } from './reader-page.ts'
import type { OpenedPage } from './reader-page.ts'

type Mail = {
  html?: string
  text?: string
  files?: { contentId: string | null; url: string; state: string }[]
  remoteAllowed?: boolean
  dark?: boolean
}

/** What the reader does for the person who reads, in Chromium. */
describe('the mail reader', () => {
  let opened: OpenedPage
  let page: Page
  let mail: FrameLocator
  beforeAll(async () => {
    opened = await openReaderPage()
    page = opened.page
    mail = page.frameLocator('iframe')
  })
  afterAll(async () => {
    await opened.close()
  })
  beforeEach(() => opened.forget())

  const show = async (props: Mail): Promise<number> => {
    await page.evaluate(`window.readerPage.said.length = 0, window.readerPage.show(${JSON.stringify(props)})`)
    return (await page.evaluate('window.readerPage.took')) as number
  }
  /** The best of some tries: on a busy machine any one of them may have been held up. */
  const best = async (props: Mail): Promise<number> => {
    let took = Infinity
    for (let tries = 0; tries < 6 && took >= 1_000; tries += 1) took = Math.min(took, await show(props))
    return took
  }
  const said = () => page.evaluate('window.readerPage.said') as Promise<[string, string][]>
  const height = async () => (await page.locator('iframe').boundingBox())?.height ?? 0
  /** The height, once the frame has been fitted to what is in it. */
  const settled = async () => {
    let last = 0
    await expect
      .poll(async () => {
        const before = last
        last = await height()
        return last > 0 && last === before
      })
      .toBe(true)
    return last
  }

  it('opens web addresses outside and begins a mail for mailto', async () => {
    await show({
      html: '<a href="https://acme.test/a?b=1#c">our page</a> <a href="mailto:ada@acme.test?subject=Hi">write</a>',
    })
    await mail.getByRole('link', { name: 'our page' }).click()
    await mail.getByRole('link', { name: 'write' }).press('Enter')
    expect(await said()).toEqual([
      ['open', 'https://acme.test/a?b=1#c'],
      ['compose', 'mailto:ada@acme.test?subject=Hi'],
    ])
  })

  it('says where a link leads when its text says otherwise, and asks before it opens', async () => {
    await show({ html: '<p>Go to <a href="https://evil.test/login">https://bank.test/login</a> now</p>' })
    await expect.poll(() => mail.locator('p').innerText()).toContain('⚠ leads to evil.test')
    await mail.getByRole('link').click()
    const dialog = page.getByRole('dialog', { name: 'This link does not lead where it says' })
    await dialog.waitFor()
    expect(await dialog.innerText()).toContain('Its text says bank.test, but it leads to evil.test.')
    expect(await dialog.innerText()).toContain('https://evil.test/login')
    expect(await said()).toEqual([])
    await dialog.getByRole('button', { name: 'Open anyway' }).click()
    expect(await said()).toEqual([['open', 'https://evil.test/login']])
  })

  it('a style sheet of the mail cannot hide the warning', async () => {
    await show({
      html: '<style>span{display:none!important;opacity:0!important;font-size:0!important}*{visibility:hidden!important}</style><a href="https://evil.test">bank.test</a>',
    })
    const badge = mail.getByText('leads to evil.test')
    await badge.waitFor()
    expect((await badge.boundingBox())?.width).toBeGreaterThan(60)
  })

  it.each(['file:///etc/passwd', 'smb://server/share', 'ms-msdt:/id', 'javascript:alert(1)', 'tel:123'])(
    'shows and blocks %s (fault 65)',
    async (href) => {
      await show({ html: `<a href="${href}">click me</a>` })
      await expect.poll(() => mail.locator('body').innerText()).toContain(`blocked: ${href.split(':')[0]}`)
      await mail.getByRole('link').click({ force: true })
      const dialog = page.getByRole('dialog', { name: 'This link is blocked' })
      expect(await dialog.innerText()).toContain(href)
      expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['Cancel', 'Copy address'])
      await page.keyboard.press('Escape')
      expect(await said()).toEqual([])
    },
  )

  it('resolves cid pictures to the files of the message, whatever their case and brackets', async () => {
    await show({
      html: '<img alt="one" src="cid:Part1@x"><img alt="two" src="cid:part%32@x"><img alt="three" src="cid:gone">',
      files: [
        { contentId: 'part1@X', url: '/files/a?token=1', state: 'stored' },
        { contentId: '<part2@x>', url: '/files/b', state: 'stored' },
        { contentId: 'gone', url: '/files/c', state: 'missing' },
      ],
    })
    await expect.poll(() => opened.requests.toSorted()).toEqual(['file /files/a?token=1', 'file /files/b'])
    await expect
      .poll(() =>
        mail
          .getByAltText('one')
          .evaluate((node) => (node as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBe(10)
    expect(await mail.getByAltText('three').getAttribute('src')).toBeNull()
  })

  it('asks before it loads pictures from elsewhere', async () => {
    const html = '<p>Hello</p><img alt="logo" src="http://news.test/logo.png" width="100" height="40">'
    await show({ html })
    await page.getByRole('button', { name: 'Show pictures' }).click()
    await page.getByRole('button', { name: 'Always show from ada@acme.test' }).click()
    expect(await said()).toEqual([
      ['allow', 'message'],
      ['allow', 'sender'],
    ])
    expect(opened.requests).toEqual([])
    await show({ html, remoteAllowed: true })
    await expect.poll(() => opened.requests).toEqual(['request image https://news.test/logo.png'])
    await expect.poll(() => page.getByRole('note').count()).toBe(0)
  })

  const QUOTES: Record<string, string> = {
    gmail:
      '<div>New words</div><div class="gmail_quote"><div class="gmail_attr">On Tue, Ada wrote:<br></div><blockquote class="gmail_quote">OLD WORDS</blockquote></div>',
    apple:
      '<div>New words</div><br><blockquote type="cite"><div>On 5 May 2026, at 10:12, Ada wrote:</div>OLD WORDS</blockquote>',
    thunderbird:
      '<p>New words</p><div class="moz-cite-prefix">Am 05.05.26 um 10:12 schrieb Ada:<br></div><blockquote type="cite" cite="mid:x">OLD WORDS</blockquote>',
    italian:
      '<p>New words</p><div>Il giorno mar 5 mag 2026 alle ore 10:12 Ada &lt;ada@acme.test&gt; ha scritto:</div><blockquote>OLD WORDS</blockquote>',
    'outlook on the web':
      '<div>New words</div><hr tabindex="-1"><div id="divRplyFwdMsg"><b>From:</b> Ada<br><b>Sent:</b> today<br><b>Subject:</b> x</div><div>OLD WORDS</div>',
    'outlook, polish':
      '<div class="WordSection1"><p>New words</p><div style="border-top:solid #E1E1E1 1pt"><p><b>Od:</b> Ada<br><b>Wysłano:</b> 5 maja<br><b>Do:</b> Ben<br><b>Temat:</b> x</p></div><p>OLD WORDS</p></div>',
    'outlook, in a table':
      '<table><tr><td><p>New words</p></td></tr><tr><td><p>Von: Ada<br>Gesendet: gestern<br>An: Ben<br>Betreff: x</p><p>OLD WORDS</p></td></tr></table>',
    'original message': '<p>New words</p><p>-----Original Message-----</p><p>OLD WORDS</p>',
  }
  it.each(Object.entries(QUOTES))('folds quoted text and brings it back: %s', async (_name, html) => {
    await show({ html })
    const words = mail.locator('body')
    expect(await words.innerText()).toContain('New words')
    expect(await words.innerText()).not.toContain('OLD WORDS')
    const folded = await settled()
    await mail.getByRole('button', { name: 'Show quoted text' }).click()
    await expect.poll(() => words.innerText()).toContain('OLD WORDS')
    await expect.poll(height).toBeGreaterThan(folded)
    await mail.getByRole('button', { name: 'Hide quoted text' }).click()
    await expect.poll(() => words.innerText()).not.toContain('OLD WORDS')
    await expect.poll(height).toBe(folded)
  })

  it.each(
    Object.entries({
      'a forwarded message':
        '<div>FYI</div><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: Eve</div>FORWARDED WORDS</div>',
      'nothing but a quotation': '<blockquote type="cite">FORWARDED WORDS</blockquote>',
      'a quotation with the answer right below':
        '<blockquote type="cite">FORWARDED WORDS</blockquote><p>Yes.</p>',
      'a quotation of a book': '<p>As they say:</p><blockquote>FORWARDED WORDS</blockquote>',
    }),
  )('leaves unfolded: %s', async (_name, html) => {
    await show({ html })
    expect(await mail.locator('body').innerText()).toContain('FORWARDED WORDS')
  })

  it('shows plain text with links, and folds what it quotes', async () => {
    await show({
      text: 'See https://acme.test/a_(b). Or ask ada@acme.test!\n\nOn Tue, 5 May 2026, Ben <ben@acme.test>\nwrote:\n\n> OLD WORDS\n> more\n',
    })
    const body = page.locator('main')
    expect(await body.innerText()).not.toContain('OLD WORDS')
    await page.getByRole('button', { name: 'Show quoted text' }).press('Enter')
    await expect.poll(() => body.innerText()).toContain('> OLD WORDS')
    await page.getByRole('link', { name: 'https://acme.test/a_(b)', exact: true }).click()
    await page.getByRole('link', { name: 'ada@acme.test', exact: true }).press('Enter')
    expect(await said()).toEqual([
      ['open', 'https://acme.test/a_(b)'],
      ['compose', 'mailto:ada@acme.test'],
    ])
  })

  it('is as high as the mail, and lets a wide table scroll inside', async () => {
    await show({ html: `<div style="height:1234px">tall</div>` })
    await expect.poll(height).toBe(1234)
    await show({ html: `<table width="3000"><tr><td style="height:100px">wide</td></tr></table>` })
    expect((await page.locator('iframe').boundingBox())?.width).toBeLessThan(901)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(
      await page.evaluate(`document.querySelector('iframe').contentDocument.documentElement.scrollWidth`),
    ).toBeGreaterThan(2999)
  })

  it('does not grow for ever with a mail that wants the height of its window', async () => {
    await show({
      html: `<style>html,body,div{height:100vh;min-height:110%}</style><div style="height:120vh">x</div>`,
    })
    const before = await settled()
    await page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))',
    )
    expect(await height()).toBe(before)
    expect(before).toBeLessThan(500)
  })

  it('keeps mail readable in the dark: its own colours on white, none of its own on dark', async () => {
    const background = () =>
      page.evaluate(`getComputedStyle(document.querySelector('iframe')).backgroundColor`)
    await page.evaluate(
      `document.documentElement.style.cssText = 'color-scheme: dark; color: #eee; background: #111'`,
    )
    await show({ html: '<p style="color:#222">Ink</p>', dark: true })
    expect(await background()).toBe('rgb(255, 255, 255)')
    await show({ html: '<p>Plain</p>', dark: true })
    expect(await background()).toBe('rgba(0, 0, 0, 0)')
    expect(
      await page.evaluate(
        `getComputedStyle(document.querySelector('iframe').contentDocument.querySelector('p')).color`,
      ),
    ).toBe('rgb(238, 238, 238)')
    await page.evaluate(`document.documentElement.style.cssText = ''`)
  })

  it('lets the focus in and out, and passes shortcuts on', async () => {
    await page.evaluate(`(() => {
      window.keys = []
      document.addEventListener('keydown', (event) => window.keys.push(event.key))
      for (const [id, where] of [['before', 'prepend'], ['after', 'append']]) {
        const button = document.createElement('button')
        button.id = id
        button.textContent = id
        document.body[where](button)
      }
    })()`)
    await show({ html: '<a href="https://acme.test/">first</a> <a href="https://acme.test/2">second</a>' })
    await page.locator('#before').focus()
    const focused = () =>
      page.evaluate(`(() => {
      const active = document.activeElement
      return (active.nodeName === 'IFRAME' ? active.contentDocument.activeElement : active).textContent
    })()`)
    const order: unknown[] = []
    for (let presses = 0; presses < 6 && order.at(-1) !== 'after'; presses += 1) {
      await page.keyboard.press('Tab')
      order.push(await focused())
    }
    expect(order.filter((text) => text === 'first' || text === 'second' || text === 'after')).toEqual([
      'first',
      'second',
      'after',
    ])
    await mail.getByRole('link', { name: 'first' }).focus()
    await page.evaluate('void (window.keys.length = 0)')
    await page.keyboard.press('e')
    await page.keyboard.press('Escape')
    expect(await page.evaluate('window.keys')).toEqual(['e', 'Escape'])
  })

  it.each(
    Object.entries({
      '10 MB of HTML': () => '<div>words </div>'.repeat(620_000),
      '10 MB without tags': () => 'words '.repeat(1_700_000),
      '100,000 nested tags': () => '<div>'.repeat(100_000) + 'x',
      '100,000 nested tables': () => '<table><tr><td>'.repeat(100_000) + 'x',
      'formatting left open': () =>
        Array.from({ length: 900 }, (_, n) => `<font size=${n}>`).join('') + '<p>x'.repeat(2_000),
      'a style of 1 MB': () => `<p style="${'color:red;'.repeat(100_000)}">x</p>`,
      'a sheet of 1 MB': () => `<style>${'p:has(a b c d){color:red}'.repeat(40_000)}</style><p>x</p>`,
      '10,000 styled cells': () =>
        `<table>${'<tr><td style="background:url(x) var(--y);padding:0 1px">x</td></tr>'.repeat(2_900)}</table>`,
    }),
  )('never waits long: %s (fault 57)', async (_name, make) => {
    expect(await best({ html: make(), text: 'The text instead' })).toBeLessThan(1_000)
  })

  it('shows the text, and says so, when the HTML is too much', async () => {
    await show({ html: '<div>'.repeat(100_000), text: 'The text instead' })
    expect(await page.getByRole('note').innerText()).toContain('nested too deeply')
    expect(await page.locator('main').innerText()).toContain('The text instead')
  })

  it('shows a text of 10 MB piece by piece', async () => {
    expect(
      await best({ text: `${'http://a.b/'.repeat(20_000)}\n${'> quoted words\n'.repeat(600_000)}` }),
    ).toBeLessThan(1_000)
    await page.getByRole('button', { name: /Show more/ }).waitFor()
  })
})
