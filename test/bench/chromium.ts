import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { until } from '../support/ports.ts'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** What a page marks once it is drawn and takes input; the renderer does, and so do the pages it is held against. */
export const DRAWN = 'first-screen'

/** A page with one word on it, which says when it is drawn as the renderer does. */
export const BLANK = `<!doctype html><title>Blank</title><body>Blank<script>
requestAnimationFrame(() => setTimeout(() => performance.mark('${DRAWN}')))</script>`

export type ColdBrowser = {
  pid: number
  page: Page
  /** From the start of the browser's process until the page was drawn, in ms. */
  drawnAfterMs: number
  close(): Promise<void>
}

/**
 * Starts a browser with a new profile on an address, as a person does by a click, and looks at it only when the
 * page has its title: the measured start is not disturbed. Times are the page's own.
 */
export async function startCold(profile: string, url: string, title: RegExp): Promise<ColdBrowser> {
  const program = process.env.CHROMIUM_PATH ?? CANDIDATES.find((path) => existsSync(path))
  if (program === undefined) throw new Error('Chromium is not installed')
  const startedAt = performance.timeOrigin + performance.now()
  const child = spawn(
    program,
    [
      '--headless',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--window-size=1440,900',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      url,
    ],
    { stdio: 'ignore' },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const close = async () => {
    child.kill('SIGTERM')
    await exited
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  try {
    const portFile = join(profile, 'DevToolsActivePort')
    const port = await until('the browser to open its port', () => {
      if (child.exitCode !== null) throw new Error(`Chromium ended with ${child.exitCode}`)
      return existsSync(portFile) && Number(readFileSync(portFile, 'utf8').split('\n')[0])
    })
    await until('the page to have its title', async () => {
      const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { title: string }[]
      return pages.some((one) => title.test(one.title))
    })
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    const page = browser
      .contexts()[0]!
      .pages()
      .find((one) => !one.url().startsWith('devtools:'))!
    const handle = await page.waitForFunction((name) => {
      const mark = performance.getEntriesByName(name)[0]
      return mark ? performance.timeOrigin + mark.startTime : 0
    }, DRAWN)
    const drawnAt = await handle.jsonValue()
    return { pid: child.pid!, page, drawnAfterMs: drawnAt - startedAt, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** How large the window is that is measured in. */
export const WINDOW = { viewport: { width: 1440, height: 900 } }

/** The list of all that is open, with its first rows drawn, in a page of its own. */
export async function openList(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage(WINDOW)
  await page.goto(`${url}#/open`)
  await page.getByRole('listbox', { name: 'Conversations' }).getByRole('option').first().waitFor()
  return page
}

/** Opens in `floor` what `app` shows now: the same elements and styles, and no program. */
export async function openCopy(app: Page, floor: Page): Promise<void> {
  const html = await app.evaluate(() => {
    const styles = [...document.styleSheets].flatMap((sheet) =>
      [...sheet.cssRules].map((rule) => rule.cssText),
    )
    const copy = document.documentElement.cloneNode(true) as HTMLElement
    for (const one of copy.querySelectorAll('script, style, link, meta[http-equiv]')) one.remove()
    const style = document.createElement('style')
    style.textContent = styles.join('\n')
    copy.querySelector('head')!.append(style)
    return `<!doctype html>${copy.outerHTML}`
  })
  // At an address of its own, so that its frames have an origin as the app's have.
  await floor.route('http://copy.test/', (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await floor.goto('http://copy.test/')
}
