// Draws the PNG icons anew from the SVGs in resources/icons, with Chromium. Only needed after an SVG changed;
// the PNGs are committed. Usage: node scripts/icons.mjs [path of Chromium]
import './preflight.mjs'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from './run.mjs'

const folder = join(root, 'resources', 'icons')
/** What is drawn from what, in pixels of width and height. @type {[string, string, number][]} */
const icons = [
  ...[16, 32, 48, 64, 128, 256, 512].map((size) => ['icon.svg', `app/${size}x${size}.png`, size]),
  ['icon.svg', 'tray.png', 24],
  ['icon.svg', 'tray@2x.png', 48],
  ['tray-template.svg', 'trayTemplate.png', 16],
  ['tray-template.svg', 'trayTemplate@2x.png', 32],
  ['badge.svg', 'badge.png', 32],
]

mkdirSync(join(folder, 'app'), { recursive: true })
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
for (const [from, to, size] of icons) {
  const svg = readFileSync(join(folder, from), 'utf8')
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  )
  writeFileSync(join(folder, to), await page.screenshot({ omitBackground: true }))
}
await browser.close()
