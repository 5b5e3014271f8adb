import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const at = (path: string) => resolve(import.meta.dirname, path)

/** Tests start the same threads again and again, from their sources: what Node made of these is kept from start to start. */
const forThreads = { NODE_COMPILE_CACHE: at('node_modules/.cache/threads') }

export default defineConfig({
  resolve: { alias: { '@': at('src/renderer'), '@contract': at('src/contract') } },
  plugins: [vue()],
  test: {
    // A condition that is waited for has the time that a busy machine needs; a test that passes does not wait for it.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          env: forThreads,
          // All cores: by itself vitest leaves one idle, which on two is half of them.
          maxWorkers: '100%',
          // No test waits for this: it only keeps a busy machine from failing what is right.
          testTimeout: 60_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{integration,e2e,soak}.test.ts'],
        },
      },
      {
        // Against real servers on loopback: Dovecot, SMTP.
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        // The built application in Chromium.
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          // As above: no test waits for these.
          testTimeout: 360_000,
          hookTimeout: 240_000,
          // They wait more than they work: on two cores, three at a time are quicker than two.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: 'soak',
          include: ['test/**/*.soak.test.ts'],
          testTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
