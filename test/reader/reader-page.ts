import { createServer } from 'node:http'
import { readFile, mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize, resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'

export type OpenedPage = {
  page: Page
  context: BrowserContext
  browser: Browser
  /** Everything that was asked of the local server or of anybody since the last `forget`, as text. */
  requests: string[]
  /** Dialogs, console words and errors since the last `forget`. */
  signs: string[]
  origin: string
  forget: () => void
  close: () => Promise<void>
}

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
)

/**
 * Builds a page that holds nothing but the real reader component, serves it on loopback and opens it in
 * Chromium. Every host name leads to the same server, which counts, so that a request that slipped past the
 * interception is seen too. `csp: false` opens it without the page's own policy.
 */
export const openReaderPage = async (): Promise<OpenedPage> => {
  const root = resolve(import.meta.dirname, '../renderer/reader-page')
  const outDir = await mkdtemp(join(tmpdir(), 'anteroom-reader-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [vue()],
    resolve: {
      alias: {
        '@': resolve(root, '../../../src/renderer'),
        '@contract': resolve(root, '../../../src/contract'),
      },
    },
    build: { outDir, emptyOutDir: true, minify: false },
  })

  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const own = request.headers.host === `127.0.0.1:${port}`
    if (own && path.startsWith('/files/')) {
      requests.push(`file ${request.url}`)
      response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL)
      return
    }
    const name = path === '/' ? 'index.html' : normalize(path).replace(/^\/+/, '')
    readFile(join(outDir, name)).then(
      (bytes) => {
        if (!own) requests.push(`server ${request.headers.host}${request.url}`)
        response
          .writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' })
          .end(bytes)
      },
      () => {
        requests.push(`server ${request.headers.host}${request.url}`)
        response.writeHead(404).end()
      },
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`

  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP * 127.0.0.1:${port}`,
    ],
  })
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } })
  const signs: string[] = []
  await context.exposeFunction('arExecuted', (what: string) => signs.push(`executed ${what}`))
  const watch = (opened: Page) => {
    opened.on('dialog', (dialog) => {
      signs.push(`dialog ${dialog.type()} ${dialog.message()}`)
      void dialog.dismiss()
    })
    opened.on('pageerror', (error) => signs.push(`page error ${error.message}`))
    opened.on('popup', (popup) => signs.push(`popup ${popup.url()}`))
    opened.on('download', (download) => signs.push(`download ${download.url()}`))
    opened.on('framenavigated', (frame) => {
      if (!/^(?:about:srcdoc|about:blank|)$/.test(frame.url())) signs.push(`navigated ${frame.url()}`)
    })
  }
  const page = await context.newPage()
  await page.goto(origin)
  await page.waitForFunction("'readerPage' in window")
  watch(page)
  await context.route('**/*', (route) => {
    const url = route.request().url()
    if (url.startsWith(`${origin}/files/`)) return route.continue()
    requests.push(`request ${route.request().resourceType()} ${url}`)
    return route.abort()
  })
  return {
    page,
    context,
    browser,
    requests,
    signs,
    origin,
    forget() {
      requests.length = 0
      signs.length = 0
    },
    async close() {
      await browser.close()
      await new Promise((done) => server.close(done))
      await rm(outDir, { recursive: true, force: true })
    },
  }
}
