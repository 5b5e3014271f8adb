import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { net, protocol } from 'electron'
import type { Session } from 'electron'
import { documentHeaders, filePolicy, resourceHeaders } from '../shell-shared/content-security.ts'
import { isMissing, rendererTarget } from '../shell-shared/renderer-files.ts'
import { ORIGIN, SCHEME } from './origin.ts'

/**
 * Registers our scheme as one like https: with an origin, storage and fetch, and under a policy. Must run
 * before Electron's `ready`, and once.
 */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ])
}

export type ProtocolOptions = {
  rendererDir: string
  /** Answers `/files/…`: the engine. */
  fetchFile(request: Request): Promise<Response>
  /** A document that waits to be printed at this path; null where none does. */
  takePaper(pathname: string): string | null
  /** The development server of electron-vite; null in every installed program. */
  devServer: string | null
}

/** What a document to be printed may do: show pictures. The one that it carries in itself is narrower. */
const PAPER_POLICY =
  "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** Serves the application to a session's windows at `anteroom://app/`. */
export function serveApplication(session: Session, options: ProtocolOptions): void {
  session.protocol.handle(SCHEME, (request) => answer(request, options))
}

/**
 * Answers one request to `anteroom://app/`: `/files/…` by the engine, everything else from the folder of
 * the built renderer, all under the policy that the web shell sends too.
 */
export async function answer(request: Request, options: ProtocolOptions): Promise<Response> {
  const url = new URL(request.url)
  if (url.host !== 'app') return refusal(404)
  // A mail frame has the origin "null"; only our own page may write or read by script.
  const origin = request.headers.get('origin')
  if (origin !== null && origin !== ORIGIN) return refusal(403)
  if (url.pathname.startsWith('/files/')) return withFilePolicy(await options.fetchFile(request))
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405)
  if (url.pathname.startsWith('/paper/')) return paperResponse(options.takePaper(url.pathname))
  if (options.devServer !== null) return fromDevServer(url, options.devServer)
  const target = rendererTarget(url.pathname)
  if (target === null) return refusal(404)
  try {
    // Read as one piece: Electron's fs knows the inside of the asar archive, streams and descriptors do not.
    const content = await readFile(join(options.rendererDir, ...target.segments))
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(content), {
      headers: {
        ...documentHeaders(),
        'content-type': target.contentType,
        'cache-control': target.cacheControl,
      },
    })
  } catch (error) {
    if (isMissing(error)) return refusal(404)
    throw error
  }
}

function paperResponse(html: string | null): Response {
  if (html === null) return refusal(404)
  return new Response(html, {
    headers: {
      ...resourceHeaders,
      'content-security-policy': PAPER_POLICY,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    },
  })
}

function withFilePolicy(response: Response): Response {
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(resourceHeaders)) headers.set(name, value)
  if (!headers.has('content-security-policy')) {
    headers.set('content-security-policy', filePolicy(headers.get('content-type') ?? ''))
  }
  return new Response(response.body, { status: response.status, headers })
}

/** The unbuilt renderer under the same origin and policy; only its live reload may talk to the server. */
async function fromDevServer(url: URL, devServer: string): Promise<Response> {
  const response = await net.fetch(new URL(url.pathname + url.search, devServer).href)
  const headers = new Headers(response.headers)
  const server = new URL(devServer).host
  for (const [name, value] of Object.entries(documentHeaders([`ws://${server}`, `http://${server}`]))) {
    headers.set(name, value)
  }
  return new Response(response.body, { status: response.status, headers })
}

function refusal(status: 403 | 404 | 405): Response {
  return new Response(null, { status, headers: documentHeaders() })
}
