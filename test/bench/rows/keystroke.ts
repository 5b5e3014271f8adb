import type { Page } from 'playwright-core'
import { launchChromium } from '../../support/browser.ts'
import { buildMail } from '../../support/mail.ts'
import { median, quantile, type Figure } from '../figures.ts'
import { untilSearchable, syncTimeout } from '../lab.ts'
import type { Bench, Lab } from '../lab.ts'
import type { Rpc } from '../rpc.ts'
import { install } from './open-thread.ts'

const LINES = 10_000
const MARK = 'zzlongzz'
const LINE = 'A line that somebody wrote some time ago, about something that matters.'
/** Messages beside the long one: what is measured does not hang on them. */
const MESSAGES = 200
const WARM = 15

/** A reply to a mail of ten thousand lines: its quotation stands below the text and is no part of it. */
async function replyTo(rpc: Rpc): Promise<string> {
  const { rows } = await rpc.client.search.threads({ query: MARK, limit: 1 })
  const id = rows[0]?.threadId
  if (!id) throw new Error('the long mail was not found')
  const { items } = await rpc.client.threads.get({ id })
  for (const item of items) {
    if (item.type !== 'message') continue
    const draft = await rpc.client.drafts.open({ mode: 'reply', sourceMessageId: item.message.id })
    if (draft.quotedHtml.length < LINES * LINE.length) throw new Error('the quotation is not whole')
    return draft.id
  }
  throw new Error('the conversation has no message')
}

async function newDraft(rpc: Rpc, html: string): Promise<string> {
  return (await rpc.client.drafts.open({ mode: 'new', preset: { html } })).id
}

type Times = { opened: number; keys: number[] }

/** Opens a draft in a window of its own and types into it; times from a key to its paint, in ms. */
async function type(page: Page, url: string, draftId: string, keys: number): Promise<Times> {
  await page.addInitScript(
    (id) => sessionStorage.setItem('anteroom.composers', JSON.stringify([id])),
    draftId,
  )
  await page.goto(`${url}#/open`)
  // After a load of the window, drafts come back minimised.
  const show = page.getByRole('button', { name: 'Show again', exact: true })
  await show.waitFor()
  const body = page.getByRole('textbox', { name: 'Message body' })
  const before = performance.now()
  await show.click()
  await body.waitFor()
  const opened = performance.now() - before
  await page.evaluate(install)
  await body.evaluate((element) => {
    element.focus()
    getSelection()?.collapse(element.querySelector('p'), 0)
  })
  const times: number[] = []
  for (let i = 0; i < keys + WARM; i += 1) {
    await page.evaluate((length) => {
      const first = document.querySelector('.mail-editor p')
      window.arm(() => first?.isConnected === true && (first.textContent ?? '').length === length)
    }, i + 1)
    await page.keyboard.press('x')
    const took = await page.evaluate(() => window.took)
    if (i >= WARM) times.push(took)
  }
  return { opened, keys: times }
}

/** Keys in an empty mail, in an answer to ten thousand lines, and above ten thousand lines quoted within the text. */
export const keystroke: Bench = {
  name: 'keystroke',
  async run(lab: Lab): Promise<Figure[]> {
    const mailbox = await lab.mailbox(MESSAGES)
    const text = Array.from({ length: LINES }, () => LINE).join('\r\n')
    const imap = await lab.dovecot()
    imap.deliver(
      mailbox.user,
      buildMail({
        from: 'carla@kunde.test',
        to: mailbox.address,
        subject: MARK,
        text,
        messageId: `${MARK}@kunde.test`,
      }),
    )
    const on = await lab.start(mailbox)
    const browser = await launchChromium()
    try {
      await untilSearchable(on.rpc, syncTimeout(MESSAGES))
      const drafts = {
        empty: await newDraft(on.rpc, ''),
        answer: await replyTo(on.rpc),
        within: await newDraft(on.rpc, `<p></p><blockquote>${`<p>${LINE}</p>`.repeat(LINES)}</blockquote>`),
      }
      const measured: Record<string, Times> = {}
      for (const [name, id] of Object.entries(drafts)) {
        lab.say(`typing: ${name}`)
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
        measured[name] = await type(await context.newPage(), on.app.url, id, Math.max(lab.runs, 10) * 5)
        await context.close()
      }
      const { empty, answer, within } = measured as Record<keyof typeof drafts, Times>
      const figure = (name: string, times: Times, atMost: number): Figure => ({
        name: `Key to paint, ${name}, median`,
        ours: median(times.keys),
        unit: 'ms',
        peer: { name: 'an empty draft', value: median(empty.keys) },
        goal: { of: 'ratio', atMost },
        note: `p95 ${quantile(times.keys, 0.95).toFixed(0)} ms against ${quantile(empty.keys, 0.95).toFixed(0)} ms; opened in ${times.opened.toFixed(0)} ms against ${empty.opened.toFixed(0)} ms`,
      })
      return [
        figure('an answer to 10,000 lines', answer, 1.3),
        figure('above 10,000 quoted lines in the text', within, 2),
      ]
    } finally {
      await browser.close()
      await on.stop()
    }
  },
}
