import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { electronDouble } from './electron-double.ts'

vi.mock('electron', () => electronDouble)
const { createPaperTray, savePdf } = await import('../../src/main/shell-electron/save-pdf.ts')

const { BrowserWindow, dialog } = electronDouble
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-pdf-'))
  BrowserWindow.made.length = 0
  BrowserWindow.load = async () => {}
  dialog.asked.length = 0
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a document is printed from a hidden window that runs no scripts and has no bridge, then written', async () => {
  const filePath = join(dir, 'a.pdf')
  dialog.saveTo = { canceled: false, filePath }
  const tray = createPaperTray()
  let served: string | null = null
  BrowserWindow.load = async (url) =>
    void (served = tray.take(new URL(url.replace('anteroom:', 'http:')).pathname))
  expect(await savePdf({ html: '<p>Mail</p>', name: '../a:b\u202e.exe\n' }, tray, null)).toBe('saved')
  expect(readFileSync(filePath, 'latin1')).toBe('%PDF-1.4')
  expect(served).toBe('<p>Mail</p>')
  const [window] = BrowserWindow.made
  expect(window).toMatchObject({
    destroyed: true,
    options: { show: false, webPreferences: { javascript: false, sandbox: true, contextIsolation: true } },
  })
  expect(window?.options['webPreferences']).not.toHaveProperty('preload')
  expect(window?.loaded[0]).toMatch(/^anteroom:\/\/app\/paper\/[0-9a-f-]{36}$/)
  expect(dialog.asked[0]?.defaultPath).toMatch(/^[^/\\:\u202e\n]+\.pdf$/)
  // Each document is served once.
  expect(tray.take(new URL(window!.loaded[0]!.replace('anteroom:', 'http:')).pathname)).toBeNull()
})

test('whoever turns away has nothing printed, and a document that does not load leaves no window', async () => {
  dialog.saveTo = { canceled: true }
  expect(await savePdf({ html: 'x', name: '' }, createPaperTray(), null)).toBe('cancelled')
  expect(BrowserWindow.made).toEqual([])
  dialog.saveTo = { canceled: false, filePath: join(dir, 'a.pdf') }
  BrowserWindow.load = async () => {
    throw new Error('ERR_FAILED')
  }
  await expect(savePdf({ html: 'x', name: '' }, createPaperTray(), null)).rejects.toThrow('ERR_FAILED')
  expect(BrowserWindow.made[0]?.destroyed).toBe(true)
  expect(dialog.asked[0]?.defaultPath).toBe('conversation.pdf')
})
