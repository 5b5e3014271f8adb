import { clipboard, Menu } from 'electron'
import type { BrowserWindow, ContextMenuParams, MenuItemConstructorOptions, WebContents } from 'electron'
import type { Strings } from '../shell-shared/strings.ts'
import { externalUrl } from './external.ts'
import { openExternal } from './security.ts'

/** What a context menu does to the page; a double in tests. */
export type ContextMenuActions = {
  replaceMisspelling(word: string): void
  learnWord(word: string): void
  openLink(url: string): void
  copyText(text: string): void
  copyImage(): void
}

const MOST_SUGGESTIONS = 5

/** The menu for what lies under the pointer; empty where there is nothing to offer. */
export function contextMenuItems(
  params: Pick<
    ContextMenuParams,
    | 'misspelledWord'
    | 'dictionarySuggestions'
    | 'linkURL'
    | 'isEditable'
    | 'selectionText'
    | 'editFlags'
    | 'mediaType'
    | 'hasImageContents'
  >,
  t: Strings,
  actions: ContextMenuActions,
): MenuItemConstructorOptions[] {
  const groups: MenuItemConstructorOptions[][] = []
  const word = params.misspelledWord
  if (params.isEditable && word !== '') {
    const suggestions = params.dictionarySuggestions.slice(0, MOST_SUGGESTIONS)
    groups.push([
      ...(suggestions.length > 0
        ? suggestions.map((each) => ({ label: each, click: () => actions.replaceMisspelling(each) }))
        : [{ label: t('desktop.contextMenu.noSuggestions'), enabled: false }]),
      { label: t('desktop.contextMenu.learnWord'), click: () => actions.learnWord(word) },
    ])
  }
  const link = externalUrl(params.linkURL)
  if (link !== null) {
    const isMail = link.startsWith('mailto:')
    groups.push([
      { label: t('desktop.contextMenu.openLink'), click: () => actions.openLink(link) },
      {
        label: t(isMail ? 'desktop.contextMenu.copyAddress' : 'desktop.contextMenu.copyLink'),
        click: () => actions.copyText(isMail ? decodeAddress(link) : link),
      },
    ])
  }
  if (params.mediaType === 'image' && params.hasImageContents) {
    groups.push([{ label: t('desktop.contextMenu.copyImage'), click: () => actions.copyImage() }])
  }
  const { editFlags } = params
  if (params.isEditable) {
    groups.push([
      { role: 'undo', label: t('desktop.menu.undo'), enabled: editFlags.canUndo },
      { role: 'redo', label: t('desktop.menu.redo'), enabled: editFlags.canRedo },
    ])
    groups.push([
      { role: 'cut', label: t('desktop.menu.cut'), enabled: editFlags.canCut },
      { role: 'copy', label: t('desktop.menu.copy'), enabled: editFlags.canCopy },
      { role: 'paste', label: t('desktop.menu.paste'), enabled: editFlags.canPaste },
      {
        role: 'pasteAndMatchStyle',
        label: t('desktop.menu.pasteAndMatchStyle'),
        enabled: editFlags.canPaste,
      },
      { role: 'selectAll', label: t('desktop.menu.selectAll'), enabled: editFlags.canSelectAll },
    ])
  } else if (params.selectionText.trim() !== '') {
    groups.push([{ role: 'copy', label: t('desktop.menu.copy'), enabled: editFlags.canCopy }])
  }
  return groups.flatMap((group, i) => (i === 0 ? group : [{ type: 'separator' as const }, ...group]))
}

/** Shows the context menu of a window where the user asks for it, in the page and in the frames of mail. */
export function attachContextMenu(window: BrowserWindow, t: Strings): void {
  const contents = window.webContents
  contents.on('context-menu', (_event, params) => {
    const items = contextMenuItems(params, t, actionsOf(contents, params))
    if (items.length > 0)
      Menu.buildFromTemplate(items).popup({ window, ...(params.frame && { frame: params.frame }) })
  })
}

function actionsOf(contents: WebContents, params: ContextMenuParams): ContextMenuActions {
  return {
    replaceMisspelling: (word) => contents.replaceMisspelling(word),
    learnWord: (word) => void contents.session.addWordToSpellCheckerDictionary(word),
    openLink: (url) => void openExternal(url),
    copyText: (text) => clipboard.writeText(text),
    copyImage: () => contents.copyImageAt(params.x, params.y),
  }
}

function decodeAddress(mailto: string): string {
  const address = mailto.slice('mailto:'.length).split('?')[0] ?? ''
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}
