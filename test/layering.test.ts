import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breachesOf } from './support/layering.ts'

const root = join(import.meta.dirname, '..')

const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name))
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(root.length + 1)
      .replaceAll('\\', '/'),
  )

describe('the layers of the source', () => {
  it('are kept by every file', () => {
    expect(sources.length).toBeGreaterThan(10)
    const breaches = sources.flatMap((file) => breachesOf(file, readFileSync(join(root, file), 'utf8')))
    expect(breaches.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([])
  })
})

/** [file, source, part of what is reported] */
const offences: [string, string, string][] = [
  ['src/contract/a.ts', "import { x } from '../main/engine/lib/ids.ts'", 'the contract imports nothing'],
  ['src/contract/a.ts', "import { readFile } from 'node:fs'", 'no Node'],
  ['src/contract/a.ts', "import pino from 'pino'", 'zod and @orpc/contract'],
  [
    'src/renderer/stores/a.ts',
    "import type { Engine } from '../../main/engine/types.ts'",
    'meet in the contract',
  ],
  ['src/renderer/stores/a.ts', "import { join } from 'node:path'", 'no Node'],
  [
    'src/main/engine/api/a.ts',
    "import { x } from '../../../renderer/ui/x.ts'",
    'the engine knows nothing of',
  ],
  ['src/main/engine/lib/a.ts', "import { app } from 'electron'", 'import electron'],
  ['src/main/shell-web/a.ts', "const e = await import('electron')", 'import electron'],
  ['src/main/shell-web/a.ts', "import { x } from '../shell-electron/x.ts'", 'may not import shell-electron'],
  ['src/main/shell-web/a.ts', "import { x } from '../engine/store/ops.ts'", 'no domain logic'],
  ['src/main/engine/lib/a.ts', "import { x } from '../store/ops.ts'", 'imports point down'],
  ['src/main/engine/ingest/a.ts', "import type { Sync } from '../sync/types.ts'", 'imports point down'],
  ['src/main/engine/crm/a.ts', "import { x } from '../rules/x.ts'", 'imports point down'],
  ['src/main/engine/threading/a.ts', "import { x } from '../store/ops.ts'", 'never touches the store'],
  ['src/main/engine/read/a.ts', "type D = import('../channels/types.ts').MailSession", 'no business'],
  ['src/main/engine/novel/a.ts', "import { x } from '../lib/x.ts'", 'not in the list of layers'],
  ['src/main/engine/read/a.ts', "import Database from 'better-sqlite3'", 'only engine/store may import it'],
  ['src/main/engine/sync/a.ts', "export { ImapFlow } from 'imapflow'\nexport const a = 1", 'a mail protocol'],
  ['src/main/engine/outbox/a.ts', "import { createTransport } from 'nodemailer'", 'a mail protocol'],
  ['src/main/engine/ingest/a.ts', "import { simpleParser } from 'mailparser'", 'a mail parser'],
  ['src/main/engine/read/a.ts', "db.all('SELECT * FROM threads')", 'holds SQL'],
  ['src/main/engine/api/a.ts', 'db.run(`UPDATE ${table} SET rev = 1`)', 'holds SQL'],
  ['src/main/engine/search/a.ts', 'db.get(`\n  WITH hits AS (SELECT 1) SELECT 2`)', 'holds SQL'],
  ['src/main/engine/read/a.ts', 'handle.prepare(sql)', 'prepares statements'],
  ['src/main/engine/read/index.ts', "export * from './list.ts'", 'no barrels'],
  ['src/renderer/stores/a.ts', 'const bridge = window.anteroom', 'desktop bridge'],
  ['src/renderer/rpc/a.ts', 'new WebSocket(url)', 'how the engine is reached'],
  ['src/renderer/rpc/a.ts', 'connect(`ws://${location.host}/rpc`)', 'how the engine is reached'],
  [
    'src/renderer/features/thread/a.ts',
    "import { x } from '@/features/composer/x.ts'",
    'they meet in registries',
  ],
  ['src/renderer/features/thread/a.ts', "import.meta.glob(['../composer/*.ts'])", 'they meet in registries'],
  [
    'src/renderer/shell/a.ts',
    "import { x } from '@/features/thread/x.ts'",
    'may not import renderer/features',
  ],
  [
    'src/renderer/ui/A.vue',
    '<script>let a = 1</script>\n<script setup lang="ts">\nimport { s } from \'@/stores/s.ts\'\n</script>',
    'may not import renderer/stores',
  ],
  ['src/preload/preload.ts', "import { x } from '../main/shell-electron/x.ts'", 'in the contract only'],
]

const virtues: [string, string][] = [
  ['src/contract/index.ts', "export { threads } from './threads.ts'\nimport { z } from 'zod'"],
  ['src/main/engine/sync/a.ts', "import type { MailSession } from '../channels/types.ts'"],
  ['src/main/engine/outbox/a.ts', "import MailComposer from 'nodemailer/lib/mail-composer/index.js'"],
  ['src/main/engine/store/a.ts', "db.prepare('SELECT 1')\nimport D from 'better-sqlite3'"],
  ['src/main/engine/mime/a.ts', "const found = /a/.exec('Select a file')"],
  ['src/main/engine/api/a.ts', "import { threads } from '../../../contract/threads.ts'"],
  [
    'src/main/shell-electron/a.ts',
    "import { app } from 'electron'\nimport { x } from '../shell-shared/x.ts'",
  ],
  ['src/renderer/main.ts', "import.meta.glob('./features/*/register.ts')"],
  ['src/renderer/host/web.ts', 'new WebSocket(`ws://${location.host}`)\nwindow.anteroom.close()'],
  ['src/renderer/features/thread/a.ts', "import { b } from './b.ts'\nimport { s } from '@/stores/s.ts'"],
]

describe('the test of the layers', () => {
  it.each(offences)('reports %s: %s', (file, source, message) => {
    expect(breachesOf(file, source).map((breach) => breach.message)).toEqual([
      expect.stringContaining(message),
    ])
  })

  it.each(virtues)('accepts %s: %s', (file, source) => {
    expect(breachesOf(file, source)).toEqual([])
  })

  it('names the line, also inside a component', () => {
    const source =
      '<template>\n  <p />\n</template>\n\n<script setup lang="ts">\nimport { x } from \'../host/x.ts\'\n</script>\n'
    expect(breachesOf('src/renderer/ui/A.vue', source)).toMatchObject([{ line: 6 }])
  })
})
