import { realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** A file of the built renderer, ready to be sent. */
export type RendererFile = {
  path: string
  /** Bytes. */
  size: number
  contentType: string
  cacheControl: string
  etag: string
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/** What a URL path of the application names, before anybody looked whether it exists. */
export type RendererTarget = Pick<RendererFile, 'contentType' | 'cacheControl'> & {
  /** Below the folder of the built renderer. */
  segments: string[]
}

/**
 * Reads a URL path as a file of the renderer. A path without an extension is a screen of the application,
 * which the page itself routes: it means index.html. Null for what would leave the folder, by dots,
 * encoding or NUL, and for kinds of files that the renderer does not have.
 *
 * @param pathname the path of the URL, still percent-encoded, beginning with a slash
 */
export function rendererTarget(pathname: string): RendererTarget | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const segments = decoded.split('/').filter((segment) => segment !== '')
  if (segments.some((segment) => segment === '..' || segment === '.')) return null
  const extension = extname(decoded).toLowerCase()
  const contentType = TYPES[extension === '' ? '.html' : extension]
  if (contentType === undefined) return null
  return {
    segments: extension === '' ? ['index.html'] : segments,
    contentType,
    // The build names what lies in assets/ after its content: such a name never means anything else.
    cacheControl:
      extension !== '' && segments[0] === 'assets' ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
}

/**
 * Finds the file that a URL path names in the renderer's folder. Null where there is none, and where a
 * symbolic link leads out of the folder.
 *
 * @param root the folder of the built renderer
 * @param pathname as for {@link rendererTarget}
 */
export async function findRendererFile(root: string, pathname: string): Promise<RendererFile | null> {
  const target = rendererTarget(pathname)
  if (target === null) return null
  try {
    const realRoot = await realpath(root)
    const path = await realpath(join(realRoot, ...target.segments))
    if (!path.startsWith(realRoot + sep)) return null
    const stats = await stat(path)
    if (!stats.isFile()) return null
    return {
      path,
      size: stats.size,
      contentType: target.contentType,
      cacheControl: target.cacheControl,
      etag: `"${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}"`,
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Whether a file system error only says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
}
