import { startTestEngine, type TestClient } from '../../support/engine.ts'
import { seeded } from '../../support/random.ts'
import { createDraftJournal } from '../../../src/renderer/features/composer/draft-journal.ts'
import { createDraftSaver, type DraftSaver } from '../../../src/renderer/features/composer/draft-saver.ts'
import type { DraftContent, DraftView } from '../../../src/contract/composing.ts'

/**
 * The application as far as writing goes, in one process that is killed: the engine, and a window's draft-saver with a
 * journal that dies with it. Arguments: data folder, seed. Tells each key once it was handed in: "key <draft> <count>
 * <ms>", how long each save took: "save <ms>", and what there is at the start: "state <json>".
 */
const [dataDir, seed] = process.argv.slice(2)
const app = await startTestEngine({ dataDir: dataDir! })
const { client } = app
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const LETTERS = ['a', 'b', 'c'] as const

/** One answer in each of two conversations, and a new mail. */
async function begin(): Promise<void> {
  await client.workspace.startSample({})
  const { rows } = await client.threads.list({ view: 'open', limit: 2 })
  for (const { threadId } of rows) {
    const { items } = await client.threads.get({ id: threadId! })
    const [message] = items.flatMap((item) => (item.type === 'message' ? item.message : []))
    await client.drafts.open({ mode: 'reply', sourceMessageId: message!.id })
  }
  await client.drafts.open({ mode: 'new' })
}

const contentOf = ({ channelId, to, cc, bcc, subject, html }: DraftView): DraftContent => ({
  channelId,
  to,
  cc,
  bcc,
  subject,
  html,
})

function saverOf(draft: DraftView, drafts: TestClient['drafts']): DraftSaver {
  const kept = new Map<string, string>()
  return createDraftSaver({
    draftId: draft.id,
    version: draft.version,
    content: contentOf(draft),
    journal: createDraftJournal({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }),
    async save({ version, content }) {
      const from = performance.now()
      const saved = await drafts.save({ id: draft.id, version, content })
      say(`save ${Math.ceil(performance.now() - from)}`)
      return saved
    },
    fetch: async () => {
      const now = await drafts.get({ id: draft.id })
      return { version: now.version, content: contentOf(now) }
    },
    isConflict: () => false,
    isGone: () => false,
    messageOf: String,
    onState: () => undefined,
  })
}

if ((await client.workspace.get({})).name === null) await begin()
const listed = await client.drafts.list({})
const drafts = await Promise.all(listed.map(({ id }) => client.drafts.get({ id })))
// In the order of their ids: the same after every start.
drafts.sort((a, b) => (a.id < b.id ? -1 : 1))
say(`state ${JSON.stringify(drafts.map(({ id, threadId, html }) => ({ id, threadId, html })))}`)

const random = seeded(Number(seed))
const savers = drafts.map((draft) => saverOf(draft, client.drafts))
const typed = drafts.map(({ html }) => html.replace(/<\/?p>/g, ''))
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
for (;;) {
  const which = random.int(0, drafts.length - 1)
  for (let keys = random.int(3, 40); keys > 0; keys -= 1) {
    typed[which] += LETTERS[which]!
    savers[which]!.change({ ...contentOf(drafts[which]!), html: `<p>${typed[which]}</p>` })
    say(`key ${which} ${typed[which]!.length} ${Date.now()}`)
    // Faster than anybody types, so that more is at stake.
    await pause(random.int(4, 40))
  }
  if (random.int(0, 3) === 0) await pause(random.int(50, 400))
}
