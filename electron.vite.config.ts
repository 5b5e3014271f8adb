import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'electron-vite'
import { precompiledMessages } from './scripts/vite-messages.ts'

const at = (path: string) => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      // What every start reads, as part of our own file: without the hundreds of small ones, and without what is not used.
      externalizeDeps: { exclude: ['zod', '@orpc/client', '@orpc/contract', '@orpc/server'] },
      rollupOptions: {
        // Each entry becomes one file in out/main: the Electron shell, the web shell, the engine as
        // Electron's utility process runs it, and what runs in worker threads: the parser, the checks of senders, the
        // reader of files.
        input: {
          electron: at('src/main/shell-electron/main.ts'),
          web: at('src/main/shell-web/main.ts'),
          engine: at('src/main/shell-electron/engine-process.ts'),
          'mime-worker': at('src/main/engine/mime/worker.ts'),
          'check-worker': at('src/main/engine/channels/hosted/check-worker.ts'),
          'import-worker': at('src/main/engine/crm/importing/worker.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload must be one CommonJS file.
      rollupOptions: {
        input: { preload: at('src/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    // Small is fast here: the first screen waits for every byte of its first files.
    // `light-dark()` must stay as it is: what stands in for it for older browsers ignores a chosen theme.
    build: {
      minify: true,
      cssTarget: 'chrome130',
      rolldownOptions: {
        input: at('src/renderer/index.html'),
        // What the page begins with is one file: a browser asks one host for six at a time.
        output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
      },
    },
    // Texts are read as JSON, which costs less than to read them as a program.
    json: { stringify: true, namedExports: false },
    resolve: { alias: { '@': at('src/renderer'), '@contract': at('src/contract') } },
    plugins: [vue(), tailwindcss(), precompiledMessages()],
    define: {
      // What vue-i18n can leave out: the messages come compiled, and only its composition API is used.
      __INTLIFY_DROP_MESSAGE_COMPILER__: true,
      __INTLIFY_PROD_DEVTOOLS__: false,
      __VUE_I18N_LEGACY_API__: false,
    },
  },
})
