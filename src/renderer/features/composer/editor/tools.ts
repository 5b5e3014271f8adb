import type { Component } from 'vue'
import type { Editor } from '@tiptap/core'
import {
  AlignCenter,
  AlignJustify,
  AlignLeft,
  AlignRight,
  ALargeSmall,
  Baseline,
  Bold,
  Code,
  Heading2,
  Highlighter,
  ImagePlus,
  Italic,
  Link2,
  List,
  ListOrdered,
  Quote,
  RemoveFormatting,
  Strikethrough,
  Table,
  Type,
  Underline,
} from '@lucide/vue'
import { CellSelection } from '@tiptap/pm/tables'
import { MAIL_FONTS } from '@contract/mail-fonts.ts'
import type { MenuItem } from '@/ui/menu.ts'
import { ALIGNMENTS } from './mail-values.ts'
import type { Alignment } from './mail-values.ts'

/** In the order of the toolbar: where it is narrow, the last ones go into its menu. */
export const TOOL_IDS = [
  'bold',
  'italic',
  'underline',
  'colour',
  'background',
  'font',
  'size',
  'bulletList',
  'orderedList',
  'link',
  'image',
  'table',
  'align',
  'blockquote',
  'heading',
  'code',
  'strike',
  'clear',
] as const
export type ToolId = (typeof TOOL_IDS)[number]

/** Sizes that are offered, in pixels; 14 is that of the mail itself. */
const SIZES = [11, 12, 14, 16, 18, 24, 32]
const USUAL_SIZE = 14

/** What a tool does. `press` is a button, `menu` opens its items, `colours` a panel of colours. */
export type Tool = { id: ToolId; label: string; icon: Component } & (
  | { kind: 'press'; keys?: string; pressed?: () => boolean; run: () => void }
  | { kind: 'menu'; items: () => MenuItem[] }
  | { kind: 'colours'; of: 'color' | 'backgroundColor' }
)

const ALIGN_ICONS: Record<Alignment, Component> = {
  left: AlignLeft,
  center: AlignCenter,
  right: AlignRight,
  justify: AlignJustify,
}

export type ToolWords = {
  tool: (id: ToolId) => string
  align: (alignment: Alignment) => string
  table: (what: TableStep) => string
  usualFont: string
  size: (pixels: number) => string
}

export type TableStep =
  | 'insert'
  | 'addRowBefore'
  | 'addRowAfter'
  | 'addColumnBefore'
  | 'addColumnAfter'
  | 'toggleHeaderRow'
  | 'mergeCells'
  | 'splitCell'
  | 'deleteRow'
  | 'deleteColumn'
  | 'deleteTable'

const STEPS: readonly (TableStep | null)[] = [
  'addRowBefore',
  'addRowAfter',
  'addColumnBefore',
  'addColumnAfter',
  null,
  'toggleHeaderRow',
  'mergeCells',
  'splitCell',
  null,
  'deleteRow',
  'deleteColumn',
  'deleteTable',
]

/** The colours at the selection, as the panel shows them; null for none. */
export function colourAt(editor: Editor, of: 'color' | 'backgroundColor'): string | null {
  const value: unknown =
    editor.getAttributes('textStyle')[of] ??
    (of === 'backgroundColor'
      ? (editor.getAttributes('tableCell')[of] ?? editor.getAttributes('tableHeader')[of])
      : undefined)
  return typeof value === 'string' ? value : null
}

/** Colours the selected text; the background of selected cells is their own. */
export function setColour(editor: Editor, of: 'color' | 'backgroundColor', colour: string | null): void {
  if (of === 'backgroundColor' && editor.state.selection instanceof CellSelection)
    editor.chain().focus().setCellAttribute('backgroundColor', colour).run()
  else
    editor
      .chain()
      .focus()
      .setTextLook({ [of]: colour })
      .run()
}

/** The tools of an editor. The editor is asked anew each time, so that they are made once. */
export function toolsOf(
  editor: () => Editor,
  words: ToolWords,
  ask: { link: () => void; image: () => void; table: () => void },
): Tool[] {
  const chain = () => editor().chain().focus()
  const active = (name: string) => () => editor().isActive(name)
  const look = (name: string): unknown => editor().getAttributes('textStyle')[name]

  const fonts = (): MenuItem[] => {
    const now = look('fontFamily')
    const other = typeof now === 'string' && !MAIL_FONTS.includes(now) ? [now] : []
    return [
      {
        id: 'usual',
        label: words.usualFont,
        checked: typeof now !== 'string',
        run: () => void chain().setTextLook({ fontFamily: null }).run(),
      },
      ...[...other, ...MAIL_FONTS].map((font) => ({
        id: font,
        label: font,
        checked: now === font,
        run: () => void chain().setTextLook({ fontFamily: font }).run(),
      })),
    ]
  }
  const sizes = (): MenuItem[] => {
    const now = look('fontSize')
    const other = typeof now === 'number' && !SIZES.includes(now) ? [now] : []
    return [...other, ...SIZES].map((size) => ({
      id: String(size),
      label: words.size(size),
      checked: (now ?? USUAL_SIZE) === size,
      run: () =>
        void chain()
          .setTextLook({ fontSize: size === USUAL_SIZE ? null : size })
          .run(),
    }))
  }
  const alignments = (): MenuItem[] =>
    ALIGNMENTS.map((alignment) => ({
      id: alignment,
      label: words.align(alignment),
      icon: ALIGN_ICONS[alignment],
      checked:
        alignment === 'left'
          ? !ALIGNMENTS.some((other) => other !== 'left' && editor().isActive({ textAlign: other }))
          : editor().isActive({ textAlign: alignment }),
      run: () =>
        void (alignment === 'left' ? chain().unsetTextAlign() : chain().setTextAlign(alignment)).run(),
    }))
  const tables = (): MenuItem[] => {
    if (!editor().isActive('table')) return [{ id: 'insert', label: words.table('insert'), run: ask.table }]
    return STEPS.map((step, index) =>
      step === null
        ? { id: `s${index}`, separator: true as const }
        : {
            id: step,
            label: words.table(step),
            danger: step === 'deleteTable',
            disabled: step !== 'insert' && !editor().can()[step](),
            run: () => void (step !== 'insert' && chain()[step]().run()),
          },
    )
  }
  /** Words become code, whole lines a code block. */
  const code = (): void => {
    const { from, to } = editor().state.selection
    const several = editor().state.doc.textBetween(from, to, '\n').includes('\n')
    if (several || editor().isActive('codeBlock')) chain().toggleCodeBlock().run()
    else chain().toggleCode().run()
  }
  const press = (
    id: ToolId,
    icon: Component,
    run: () => void,
    more: { keys?: string; pressed?: () => boolean } = {},
  ): Tool => ({ id, label: words.tool(id), icon, kind: 'press', run, ...more })
  const mark = (id: ToolId, icon: Component, keys: string, run: () => unknown): Tool =>
    press(id, icon, () => void run(), { keys, pressed: active(id) })

  return [
    mark('bold', Bold, 'Control+B', () => chain().toggleBold().run()),
    mark('italic', Italic, 'Control+I', () => chain().toggleItalic().run()),
    mark('underline', Underline, 'Control+U', () => chain().toggleUnderline().run()),
    { id: 'colour', label: words.tool('colour'), icon: Baseline, kind: 'colours', of: 'color' },
    {
      id: 'background',
      label: words.tool('background'),
      icon: Highlighter,
      kind: 'colours',
      of: 'backgroundColor',
    },
    { id: 'font', label: words.tool('font'), icon: Type, kind: 'menu', items: fonts },
    { id: 'size', label: words.tool('size'), icon: ALargeSmall, kind: 'menu', items: sizes },
    mark('bulletList', List, 'Control+Shift+8', () => chain().toggleBulletList().run()),
    mark('orderedList', ListOrdered, 'Control+Shift+7', () => chain().toggleOrderedList().run()),
    press('link', Link2, ask.link, { keys: 'Control+Shift+K', pressed: active('link') }),
    press('image', ImagePlus, ask.image),
    { id: 'table', label: words.tool('table'), icon: Table, kind: 'menu', items: tables },
    { id: 'align', label: words.tool('align'), icon: AlignLeft, kind: 'menu', items: alignments },
    mark('blockquote', Quote, 'Control+Shift+9', () => chain().toggleBlockquote().run()),
    press('heading', Heading2, () => void chain().toggleHeading({ level: 2 }).run(), {
      pressed: active('heading'),
    }),
    press('code', Code, code, {
      keys: 'Control+E',
      pressed: () => editor().isActive('code') || editor().isActive('codeBlock'),
    }),
    mark('strike', Strikethrough, 'Control+Shift+S', () => chain().toggleStrike().run()),
    press('clear', RemoveFormatting, () => void chain().unsetAllMarks().clearNodes().run()),
  ]
}
