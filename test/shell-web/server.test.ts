import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { networkInterfaces, tmpdir } from 'node:os'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { loadStrings } from '../../src/main/shell-shared/strings.ts'
import { judge } from '../../src/main/shell-web/guard.ts'
import { startWebServer } from '../../src/main/shell-web/server.ts'
import type { WebServer } from '../../src/main/shell-web/server.ts'
import { fakeEngine, silent } from './fake-engine.ts'
import type { FakeEngine } from './fake-engine.ts'

const TOKEN = 'a-session-token-that-only-this-test-has-0000'

let dir: string
let server: WebServer
let engine: FakeEngine

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'anteroom-web-'))
  await mkdir(join(dir, 'renderer', 'assets'), { recursive: true })
  await writeFile(join(dir, 'renderer', 'index.html'), '<!doctype html><title>the renderer</title>')
  await writeFile(join(dir, 'renderer', 'assets', 'index-abc123.js'), 'export {}')
  await writeFile(join(dir, 'secret.txt'), 'outside')
  await symlink(join(dir, 'secret.txt'), join(dir, 'renderer', 'link.txt'))
  engine = fakeEngine()
  server = await startWebServer({
    engine,
    rendererDir: join(dir, 'renderer'),
    iconFile: resolve(import.meta.dirname, '../../resources/icons/app/32x32.png'),
    port: 0,
    token: TOKEN,
    log: silent,
    strings: loadStrings(resolve(import.meta.dirname, '../../resources')),
  })
})
afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true })
})
beforeEach(() => {
  engine.requests.length = 0
})

type Answer = { status: number; headers: IncomingHttpHeaders; body: string }
type Wanted = { method?: string; headers?: Record<string, string>; body?: string | Buffer }

/** node:http, because fetch would not let a test choose Host, Origin, Cookie or dots in a path. */
function send(path: string, { method = 'GET', headers = {}, body }: Wanted = {}): Promise<Answer> {
  return new Promise((done, failed) => {
    const req = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () =>
        done({
          status: res.statusCode!,
          headers: res.headers,
          body: Buffer.concat(chunks).toString('latin1'),
        }),
      )
    })
    req.on('error', failed)
    req.end(body)
  })
}

const own = () => `http://127.0.0.1:${server.port}`
const cookie = () => ({ cookie: `anteroom-${server.port}=${TOKEN}` })

describe('who is let in (fault 71)', () => {
  test('the address with the token sets a strict cookie and goes on without the token', async () => {
    const answer = await send(`/threads/7?token=${TOKEN}&view=open`)
    expect(answer.status).toBe(302)
    expect(answer.headers.location).toBe('/threads/7?view=open')
    const set = answer.headers['set-cookie']![0]!
    expect(set).toContain(`anteroom-${server.port}=${TOKEN}`)
    expect(set).toMatch(/; HttpOnly/)
    expect(set).toMatch(/; SameSite=Strict/)
    expect(set).not.toMatch(/Domain/i)
    const next = await send('/threads/7', { headers: cookie() })
    expect(next).toMatchObject({ status: 200, body: expect.stringContaining('the renderer') })
  })

  test.each([
    ['no token', {}],
    ['a wrong cookie', { cookie: 'anteroom-PORT=wrong' }],
    ['the cookie of another port', { cookie: `anteroom-1=${TOKEN}` }],
    ['a cookie that only begins right', { cookie: `anteroom-PORT=${TOKEN.slice(0, -1)}` }],
  ])('%s: 403 with what to do', async (_name, headers: { cookie?: string }) => {
    const sent = headers.cookie?.replace('PORT', String(server.port))
    const answer = await send('/', { headers: sent === undefined ? {} : { cookie: sent } })
    expect(answer.status).toBe(403)
    expect(answer.headers['content-type']).toMatch(/^text\/html/)
    expect(answer.body).toContain('has not been let in')
    expect(answer.body).toContain('Anteroom is ready')
    expect(answer.body).not.toContain(TOKEN)
  })

  test('a wrong token in the address: 403, also beside the right cookie', async () => {
    const answer = await send('/?token=wrong', { headers: cookie() })
    expect(answer.status).toBe(403)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('files never take the token from the address', async () => {
    expect((await send(`/files/page?token=${TOKEN}`)).status).toBe(403)
    expect(engine.requests).toHaveLength(0)
  })

  test.each([
    'evil.test',
    'evil.test:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.evil.test:PORT',
    '[::1]:PORT',
    '0.0.0.0:PORT',
  ])('Host %s: 403 although the cookie is right (rebinding)', async (host) => {
    const answer = await send('/', {
      headers: { ...cookie(), host: host.replace('PORT', String(server.port)) },
    })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('not one of Anteroom')
  })

  test('localhost is us as well', async () => {
    const host = `localhost:${server.port}`
    expect((await send('/', { headers: { ...cookie(), host, origin: `http://${host}` } })).status).toBe(200)
  })

  test.each([
    'null',
    'https://evil.test',
    'http://127.0.0.1:1',
    'http://127.0.0.1',
    'https://127.0.0.1:PORT',
    'http://localhost:PORT',
  ])('Origin %s: 403 although the cookie is right', async (origin) => {
    const headers = { ...cookie(), origin: origin.replace('PORT', String(server.port)) }
    const answer = await send('/files/echo', { method: 'POST', headers, body: 'x' })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('another website or program')
    expect(engine.requests).toHaveLength(0)
  })

  test.each([
    [
      'a POST from another site',
      'POST',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
    [
      'a POST from another port of this machine',
      'POST',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' },
    ],
    [
      'an image of another site',
      'GET',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ],
    [
      'a frame on another port',
      'GET',
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('%s: 403 although the cookie is right', async (_name, method, headers) => {
    const answer = await send('/files/echo', { method, headers: { ...cookie(), ...headers } })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('tried to load something')
    expect(engine.requests).toHaveLength(0)
  })

  test('a link that the user follows from elsewhere is let in by the token', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await send(`/?token=${TOKEN}`, { headers })).status).toBe(302)
    expect((await send('/', { headers })).status).toBe(403)
  })

  test('on port 80, which browsers do not write', () => {
    const headers = { host: '127.0.0.1', origin: 'http://127.0.0.1', cookie: `anteroom-80=${TOKEN}` }
    expect(judge({ method: 'GET', url: '/', headers }, 80, TOKEN).kind).toBe('allow')
    expect(judge({ method: 'GET', url: '/', headers }, 8080, TOKEN).kind).toBe('refuse')
  })

  test('a request line that names another host is refused', async () => {
    expect((await send('http://evil.test/', { headers: cookie() })).status).toBe(403)
    // Two slashes would be a host to a URL parser; here they are a path of ours.
    const answer = await send(`//evil.test/?token=${TOKEN}`)
    expect(answer.headers.location).toBe('/evil.test/')
  })

  test('nothing listens on the other addresses of this machine', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter((entry) => entry.address !== '127.0.0.1' && !entry.address.startsWith('fe80'))
      .map((entry) => entry.address)
    for (const host of ['127.0.0.2', ...others]) {
      await expect(
        new Promise((done, failed) =>
          connect({ host, port: server.port }, () => done(host)).on('error', failed),
        ),
      ).rejects.toThrow()
    }
  })
})

describe('the WebSocket', () => {
  /** Resolves with the status of a refusal, or 101. */
  function open(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; socket: WebSocket }> {
    return new Promise((done, failed) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
      socket.on('open', () => done({ status: 101, socket }))
      socket.on('unexpected-response', (_req, res) => {
        res.resume()
        done({ status: res.statusCode!, socket })
      })
      socket.on('error', failed)
    })
  }

  test('our own page is connected to the engine', async () => {
    const { status, socket } = await open('/rpc', { ...cookie(), origin: own() })
    expect(status).toBe(101)
    const answer = new Promise((done) => socket.on('message', (data) => done(String(data))))
    socket.send('hello')
    expect(await answer).toBe('echo hello')
    socket.close()
  })

  test.each([
    ['a foreign Origin', { origin: 'https://evil.test' }, true],
    ['no Origin', {}, true],
    ['another Host', { host: 'evil.test' }, true],
    ['no cookie', { origin: 'OWN' }, false],
  ])('%s: 403', async (_name, headers: Record<string, string>, withCookie) => {
    const before = engine.sockets.length
    const sent = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, v === 'OWN' ? own() : v]))
    const { status } = await open('/rpc', { ...(withCookie ? cookie() : {}), ...sent })
    expect(status).toBe(403)
    expect(engine.sockets).toHaveLength(before)
  })

  test('the token in the address does not open it', async () => {
    expect((await open(`/rpc?token=${TOKEN}`, { origin: own() })).status).toBe(403)
  })

  test('another path is 404', async () => {
    expect((await open('/other', { ...cookie(), origin: own() })).status).toBe(404)
  })
})

describe('the renderer', () => {
  test('is served under a strict policy', async () => {
    const { headers } = await send('/', { headers: cookie() })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("object-src 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).toContain("form-action 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port}`)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
  })

  test('assets are immutable, the page is asked for again', async () => {
    const asset = await send('/assets/index-abc123.js', { headers: cookie() })
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(asset.headers['cache-control']).toContain('immutable')
    const page = await send('/', { headers: cookie() })
    expect(page.headers['cache-control']).toBe('no-cache')
    const again = await send('/', { headers: { ...cookie(), 'if-none-match': page.headers.etag! } })
    expect(again.status).toBe(304)
  })

  test('a page that is open gets its assets even when a newer one was built over them', async () => {
    const path = join(dir, 'renderer', 'assets', 'later-def456.js')
    await writeFile(path, 'export const answer = 42')
    await send('/assets/later-def456.js', { headers: cookie() })
    await rm(path)
    const again = await send('/assets/later-def456.js', { headers: cookie() })
    expect(again).toMatchObject({ status: 200, body: 'export const answer = 42' })
    const unknown = await send('/assets/never-def456.js', { headers: cookie() })
    expect(unknown.status).toBe(404)
  })

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/link.txt',
    '/assets/index-abc123.js%00.txt',
    '/%E0%A4%A.js',
    '/assets/missing.js',
  ])('%s is not found', async (path) => {
    const answer = await send(path, { headers: cookie() })
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain('outside')
  })

  test('the tab has a picture, for those who were let in', async () => {
    expect((await send('/favicon.ico')).status).toBe(403)
    const icon = await send('/favicon.ico', { headers: cookie() })
    expect([icon.status, icon.headers['content-type'], icon.body.slice(1, 4)]).toEqual([
      200,
      'image/png',
      'PNG',
    ])
  })

  test('other methods are refused', async () => {
    expect((await send('/', { method: 'DELETE', headers: cookie() })).status).toBe(405)
    expect(await send('/', { method: 'HEAD', headers: cookie() })).toMatchObject({ status: 200, body: '' })
  })
})

describe('files', () => {
  test('stream up and down unchanged, without the cookie', async () => {
    const body = Buffer.alloc(3_000_000, 'anteroom')
    const answer = await send('/files/echo', {
      method: 'POST',
      headers: { ...cookie(), origin: own(), 'content-type': 'application/octet-stream', 'x-thing': 'one' },
      body,
    })
    expect(answer.status).toBe(200)
    expect(Buffer.from(answer.body, 'latin1').equals(body)).toBe(true)
    expect(engine.requests[0]!.headers.get('x-thing')).toBe('one')
    expect(engine.requests[0]!.headers.get('cookie')).toBeNull()
    expect(new URL(engine.requests[0]!.url).pathname).toBe('/files/echo')
  })

  test('a page in a file cannot run as our own', async () => {
    const { headers } = await send('/files/page', { headers: cookie() })
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*; sandbox$/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  test('what the engine refuses and where it fails is said', async () => {
    expect((await send('/files/nothing', { headers: cookie() })).status).toBe(404)
    const failed = await send('/files/throws', { headers: cookie() })
    expect(failed.status).toBe(500)
    expect(failed.body).not.toContain('boom')
  })
})
