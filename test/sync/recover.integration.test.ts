import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTown, type Town } from '../support/company.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'

let town: Town
beforeAll(async () => {
  town = await startTown({ users: 2 })
})
afterAll(async () => {
  await town?.stop()
})

test('bytes that a power cut took come back by themselves: from the raw message, and that from the server', async () => {
  const company = await town.company()
  const { client } = company
  town.dovecot.deliver(
    company.user,
    buildMail({
      from: 'Carla Customer <carla@kunde.test>',
      to: company.address,
      subject: 'With a page',
      text: 'As text.',
      html: `<p>As a <b>page</b>.</p>${'<p>More of it.</p>'.repeat(50)}`,
    }),
  )
  await company.messages(1)
  const [row] = (await client.threads.list({ view: 'open' })).rows
  const html = async (): Promise<string | null> => {
    const [item] = (await client.threads.get({ id: row!.threadId! })).items
    return item?.type === 'message' ? (item.message.body?.html ?? null) : null
  }
  expect(await html()).toContain('<b>page</b>')
  const folder = join(company.dataDir, 'blobs')
  const segments = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.seg'))
  // What was written last, the page, is gone; then everything is.
  for (const keep of [10, 0]) {
    const path = join(folder, segments().at(-1)!)
    truncateSync(path, keep === 0 ? 0 : statSync(path).size - keep)
    expect(await html()).toBeNull()
    await until('the page to be back', async () => (await html())?.includes('<b>page</b>'))
  }
})
