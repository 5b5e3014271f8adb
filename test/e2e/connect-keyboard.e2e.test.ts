import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectApp } from '../support/app-client.ts'
import { launchChromium } from '../support/browser.ts'
import { conversation, heading, newCompany, sendBySmtp, type NewCompany } from '../support/connect.ts'
import { startDnsServer, type DnsServer } from '../support/dns-server.ts'
import { buildMail } from '../support/mail.ts'

let dns: DnsServer
let browser: Browser
let company: NewCompany

beforeAll(async () => {
  dns = await startDnsServer({ 'acme.test': { MX: [{ exchange: 'mx.acme.test', priority: 10 }] } })
  browser = await launchChromium()
})
beforeEach(async () => {
  company = await newCompany(browser, { env: { ANTEROOM_DNS_SERVERS: dns.address } })
})
afterEach(async () => void (await company?.stop()))
afterAll(async () => {
  await browser?.close()
  await dns?.stop()
})

/** The role and the name of what has the focus, as a screen reader would say it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return ''
    const labelled = 'labels' in element ? [...((element.labels as NodeList | null) ?? [])] : []
    const name = element.getAttribute('aria-label') ?? labelled[0]?.textContent ?? element.textContent ?? ''
    return name.replace(/\s+/g, ' ').trim()
  })

/** Tab until what is called `name` has the focus; it must be seen to have it. */
async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await focused(page)) === name) {
      // Where the whole card of a choice is what one presses, the card shows it.
      const shown = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement
        const outlined = (element: Element | null) =>
          !!element && getComputedStyle(element).outlineStyle !== 'none'
        return at.isContentEditable || outlined(at) || outlined(at.closest('div'))
      })
      expect(shown, `the focus on "${name}" can be seen`).toBe(true)
      return
    }
    await page.keyboard.press(key)
  }
  throw new Error(`Tab never reached "${name}"; the focus is on "${await focused(page)}"`)
}

async function type(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** The next screen, once its heading has the focus: a Tab before that would be overtaken. */
async function screen(page: Page, name: string): Promise<void> {
  await heading(page, name)
  await expect.poll(() => focused(page)).toContain(name)
}

test('the whole wizard by keyboard, from the welcome to the first conversation', async () => {
  const { page, errors } = company
  const { keyboard } = page
  await page.getByRole('button', { name: 'Connect a mailbox' }).waitFor()
  await tabTo(page, 'Connect a mailbox')
  await keyboard.press('Enter')
  await type(page, 'Company or team', 'Acme')
  await type(page, 'Your name', 'Ada Agent')
  await type(page, 'Your email address', 'ada@acme.test')
  await keyboard.press('Enter')

  await heading(page, 'What is the address for?')
  // One tab stop for a question, the arrows choose.
  await tabTo(page, 'Team email')
  await keyboard.press('ArrowDown')
  await expect.poll(() => focused(page)).toBe('Personal email')
  await keyboard.press('ArrowUp')
  await expect.poll(() => focused(page)).toBe('Team email')
  await keyboard.press('Enter')

  await screen(page, 'Which address')
  // The heading has the focus: a screen reader begins there, and Tab leads into the screen.
  await expect.poll(() => focused(page)).toContain('Which address')
  await tabTo(page, 'IMAP')
  await keyboard.press('ArrowDown')
  await expect.poll(() => focused(page)).toBe('Other mail account')
  await type(page, 'Email address', 'help@acme.test')
  await tabTo(page, 'I understand that the whole team will see everything sent to this address')
  await keyboard.press('Space')
  await tabTo(page, 'Next')
  await keyboard.press('Enter')

  await screen(page, 'How does the mail reach this machine?')
  await tabTo(page, "Anteroom's own mail receiver")
  await type(page, 'Receiver port', '0')
  await keyboard.press('Enter')

  await screen(page, 'What do recipients see?')
  await tabTo(page, 'Agent and company')
  await keyboard.press('ArrowDown')
  await expect.poll(() => focused(page)).toBe('Company')
  await type(page, 'Company name', 'Acme Lamps')
  await tabTo(page, 'Add a team signature')
  await keyboard.press('Space')
  await page.getByRole('textbox', { name: 'Team signature', exact: true }).waitFor()
  await tabTo(page, 'Team signature')
  await keyboard.type('Regards, ')
  // The toolbar is one tab stop; the arrows go through it.
  await tabTo(page, 'Bold', 'Shift+Tab')
  for (let steps = 0; (await focused(page)) !== 'Full name' && steps < 10; steps += 1)
    await keyboard.press('ArrowRight')
  await keyboard.press('Enter')
  await page.getByRole('region', { name: 'Preview' }).getByText('Regards, Ada Agent').waitFor()
  await tabTo(page, 'Back')
  await keyboard.press('Enter')
  await screen(page, 'How does the mail reach this machine?')
  await tabTo(page, 'Next')
  await keyboard.press('Enter')
  await screen(page, 'What do recipients see?')
  await page.getByRole('textbox', { name: 'Team signature', exact: true }).getByText('Regards').waitFor()
  await tabTo(page, 'Next')
  await keyboard.press('Enter')

  await screen(page, 'Where do the conversations appear?')
  await tabTo(page, 'Next')
  await keyboard.press('Enter')
  await screen(page, 'Who gets a new conversation?')
  await tabTo(page, 'Automatically assign conversations')
  await keyboard.press('Space')
  await tabTo(page, 'In turn')
  await tabTo(page, 'Ada Agent')
  await keyboard.press('Space')
  await tabTo(page, 'Only available users')
  await tabTo(page, 'Create a ticket for each new conversation')
  await tabTo(page, 'Next')
  await keyboard.press('Enter')

  await screen(page, 'Where does your provider forward to?')
  await tabTo(page, 'Customise address')
  await keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('Forwarding address')
  await keyboard.type('help@in.acme.test')
  await keyboard.press('Enter')
  await screen(page, 'How to forward at your provider')
  await type(page, 'Search providers', 'postfix')
  await page.getByRole('heading', { name: /^Forward at Postfix/ }).waitFor()
  await tabTo(page, 'Connect and finish')
  await keyboard.press('Enter')
  await screen(page, 'Forward the mail, and see it arrive')
  await tabTo(page, 'Done')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Unassigned' }).waitFor()

  const { client, close } = await connectApp(company.app.url)
  const { port } = await client.receiver.get({})
  close()
  await sendBySmtp({
    port,
    from: 'carla@cust.test',
    to: 'help@in.acme.test',
    raw: buildMail({
      from: 'Carla Customer <carla@cust.test>',
      to: 'help@acme.test',
      date: Date.now(),
      subject: 'My lamp blinks',
      text: 'Hello',
    }),
  })
  await company.go('#/mine')
  await conversation(page, /^Carla Customer.*My lamp blinks/).waitFor()
  expect(errors).toEqual([])
})
