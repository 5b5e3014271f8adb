import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { build, preview } from 'vite'

const root = resolve(import.meta.dirname, '../../..')
const at = (path: string) => resolve(root, path)

/** Builds a page, by itself that with the renderer and the double of the engine in it, and serves it on loopback. */
export async function serveShellPage(
  page = 'test/renderer/shell-page/index.html',
): Promise<{ url: string; close(): Promise<void> }> {
  const outDir = mkdtempSync(join(tmpdir(), 'anteroom-shell-page-'))
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: { input: at(page) },
    },
    resolve: { alias: { '@': at('src/renderer'), '@contract': at('src/contract') } },
    plugins: [vue(), tailwindcss()],
  })
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    root,
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  })
  const address = server.resolvedUrls?.local[0] ?? ''
  return {
    url: new URL(page, address).href,
    async close() {
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}
