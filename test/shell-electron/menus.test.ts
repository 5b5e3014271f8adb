import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test, vi } from 'vitest'
import { loadStrings } from '../../src/main/shell-shared/strings.ts'
import { electronDouble } from './electron-double.ts'

vi.mock('electron', () => electronDouble)
const { contextMenuItems } = await import('../../src/main/shell-electron/context-menu.ts')
const { menuTemplate } = await import('../../src/main/shell-electron/menu.ts')

const root = resolve(import.meta.dirname, '../..')
const t = loadStrings(join(root, 'resources'))

function flatten(items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])])
}

describe('the application menu', () => {
  const done: string[] = []
  const actions = {
    command: (id: string) => void done.push(`command ${id}`),
    openRoute: (route: string) => void done.push(`route ${route}`),
    print: () => void done.push('print'),
    becomeMailProgram: () => void done.push('mail program'),
  }

  test.each(['darwin', 'win32', 'linux'])('every item on %s has a label and does something', (platform) => {
    for (const development of [true, false]) {
      for (const item of flatten(menuTemplate(platform, t, actions, development))) {
        if (item.type === 'separator') continue
        expect(item.label, JSON.stringify(item)).not.toMatch(/desktop\.|\{/)
        expect(item.role ?? item.click ?? item.submenu, item.label).toBeDefined()
      }
    }
  })

  test('items run commands and routes of the page', () => {
    done.length = 0
    for (const item of flatten(menuTemplate('linux', t, actions, false)))
      item.click?.(...([] as never as [never, never, never]))
    expect(done).toEqual([
      'command composer.new',
      'print',
      'route /settings',
      'command search.focus',
      'command app.shortcuts',
      'mail program',
    ])
  })

  test('the commands that it names are those of the page', () => {
    const menu = readFileSync(join(root, 'src/main/shell-electron/menu.ts'), 'utf8')
    const named = [...menu.matchAll(/command\('([\w.]+)'\)/g)].map((match) => match[1]!)
    const page = readdirSync(join(root, 'src/renderer'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n')
    expect(named).toHaveLength(3)
    for (const id of named) expect(page).toContain(`id: '${id}'`)
  })

  test('developer tools are only there while developing', () => {
    const roles = (development: boolean) =>
      flatten(menuTemplate('win32', t, actions, development)).map((item) => item.role)
    expect(roles(false)).not.toContain('toggleDevTools')
    expect(roles(true)).toContain('toggleDevTools')
  })
})

describe('the context menu', () => {
  const nothing = {
    misspelledWord: '',
    dictionarySuggestions: [],
    linkURL: '',
    isEditable: false,
    selectionText: '',
    mediaType: 'none' as const,
    hasImageContents: false,
    editFlags: {
      canUndo: true,
      canRedo: false,
      canCut: true,
      canCopy: true,
      canPaste: true,
      canDelete: true,
      canSelectAll: true,
      canEditRichly: true,
    },
  }
  const done: string[] = []
  const actions = {
    replaceMisspelling: (word: string) => void done.push(`replace ${word}`),
    learnWord: (word: string) => void done.push(`learn ${word}`),
    openLink: (url: string) => void done.push(`open ${url}`),
    copyText: (text: string) => void done.push(`copy ${text}`),
    copyImage: () => void done.push('image'),
  }
  const items = (params: Partial<typeof nothing> | object) =>
    contextMenuItems({ ...nothing, ...params }, t, actions)
  const run = (params: object) => {
    done.length = 0
    for (const item of items(params)) item.click?.(...([] as never as [never, never, never]))
    return done
  }

  test('is not there where nothing can be done', () => {
    expect(items({})).toEqual([])
  })

  test('offers spelling in what is written, not in what is read', () => {
    const misspelled = { misspelledWord: 'teh', dictionarySuggestions: ['the', 'ten', 'a', 'b', 'c', 'd'] }
    expect(items(misspelled)).toEqual([])
    expect(run({ ...misspelled, isEditable: true })).toEqual([
      'replace the',
      'replace ten',
      'replace a',
      'replace b',
      'replace c',
      'learn teh',
    ])
    expect(items({ misspelledWord: 'teh', isEditable: true })[0]).toMatchObject({ enabled: false })
  })

  test('opens and copies links that are allowed (fault 65)', () => {
    expect(run({ linkURL: 'https://example.com/' })).toEqual([
      'open https://example.com/',
      'copy https://example.com/',
    ])
    expect(run({ linkURL: 'mailto:ada%2Bx@acme.test?subject=a' })[1]).toBe('copy ada+x@acme.test')
    for (const linkURL of ['file:///etc/passwd', 'javascript:x', 'smb://h/s', 'anteroom://app/#/x']) {
      expect(items({ linkURL }), linkURL).toEqual([])
    }
  })

  test('copies a selection, and edits by roles', () => {
    expect(items({ selectionText: 'x' }).map((item) => item.role)).toEqual(['copy'])
    expect(
      items({ isEditable: true })
        .filter((item) => item.role)
        .map((item) => item.role),
    ).toEqual(['undo', 'redo', 'cut', 'copy', 'paste', 'pasteAndMatchStyle', 'selectAll'])
  })
})

test('every text that the shells name is in the locale file', () => {
  const folder = join(root, 'src/main')
  const files = [
    'shell-electron/main.ts',
    'shell-electron/tray.ts',
    'shell-electron/badge.ts',
    'shell-electron/windows.ts',
  ]
    .concat([
      'shell-electron/context-menu.ts',
      'shell-web/run.ts',
      'shell-web/server.ts',
      'shell-web/refusal-page.ts',
    ])
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const keys = files.flatMap((text) => [...text.matchAll(/'(desktop\.[\w.]+)'/g)].map((match) => match[1]!))
  expect(keys.length).toBeGreaterThan(20)
  for (const key of keys) expect(t(key), key).not.toBe(key)
})
