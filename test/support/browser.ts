import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type Page } from 'playwright-core'
import { existsSync } from 'node:fs'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Debian's Chromium, quiet: it asks nothing of any network but loopback. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? CANDIDATES.find((path) => existsSync(path))
  if (!executablePath)
    throw new Error('Chromium is not installed. On Debian: apt-get install chromium. Or set CHROMIUM_PATH.')
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Collects what a page should never have: errors in its console, uncaught exceptions. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`)
  })
  return errors
}

/**
 * What axe finds in a page, a line for each place. A mail is its sender's: its frame is left out. Looks once nothing
 * moves any more, for a colour that is fading in is none yet.
 * @param within  selectors of the parts that are looked at; all of the page when left out
 * @param without  selectors of parts that are not
 */
export async function violations(
  page: Page,
  { within = [], without = [] }: { within?: readonly string[]; without?: readonly string[] } = {},
): Promise<string[]> {
  await page.evaluate(`Promise.allSettled(
    document
      .getAnimations()
      .filter(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished),
  ).then(() => {})`)
  const axe = new AxeBuilder({ page })
  for (const selector of within) axe.include(selector)
  for (const selector of ['iframe', ...without]) axe.exclude(selector)
  const found = await axe.analyze()
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => `${id}: ${target.join(' ')} ${html} ${failureSummary}`),
  )
}
