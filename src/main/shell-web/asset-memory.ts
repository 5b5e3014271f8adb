import { readFile } from 'node:fs/promises'
import { findRendererFile } from '../shell-shared/renderer-files.ts'
import type { RendererFile } from '../shell-shared/renderer-files.ts'

export type Asset = RendererFile & { bytes: Buffer }

/**
 * The built renderer's own files, read once: their names come from their content, so they never change, and a page
 * that opens waits for each of them. The built renderer is a few megabytes at most.
 */
export class AssetMemory {
  readonly #root: string
  readonly #assets = new Map<string, Asset>()

  /** @param root the folder of the built renderer */
  constructor(root: string) {
    this.#root = root
  }

  /** What was read before for a URL path, or null. */
  get(pathname: string): Asset | null {
    return this.#assets.get(pathname) ?? null
  }

  /** Reads a file that `findRendererFile` found, and keeps it where its name says that it never changes. */
  async read(pathname: string, file: RendererFile): Promise<Asset> {
    const bytes = await readFile(file.path)
    const asset = { ...file, size: bytes.byteLength, bytes }
    // One spelling of each name, so that what is kept cannot grow beyond what was built.
    if (file.cacheControl.includes('immutable') && /^\/assets\/[\w.-]+$/.test(pathname))
      this.#assets.set(pathname, asset)
    return asset
  }

  /** Reads what the page begins with, before it is asked for. */
  async warm(): Promise<void> {
    const page = await findRendererFile(this.#root, '/')
    if (page === null) return
    const html = await readFile(page.path, 'utf8')
    for (const [, name] of html.matchAll(/(?:src|href)="\.?(\/assets\/[^"]+)"/g)) {
      const file = await findRendererFile(this.#root, name!)
      if (file) await this.read(name!, file)
    }
  }
}
