import type { NodeViewRenderer } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { closeHistory } from '@tiptap/pm/history'
import { NodeSelection } from '@tiptap/pm/state'
import { FIRST_WIDTH, fitWidth, WIDTHS } from './image-width.ts'
import type { MailImageOptions } from './mail-image.ts'

/** Arrow keys on the handle: how far, in pixels. */
const STEPS: Record<string, number> = { ArrowRight: 10, ArrowUp: 10, ArrowLeft: -10, ArrowDown: -10 }

/**
 * The picture on the page. Selected, it has a handle at its corner, by which pointer and keys change its width; it is a
 * slider to assistive technology.
 */
export const drawImage =
  (options: MailImageOptions): NodeViewRenderer =>
  ({ node: first, view, getPos }) => {
    let node: Node = first
    let shown: HTMLImageElement | null = null
    let drawn = ''
    const dom = document.createElement('span')
    dom.className = 'mail-image'

    const handle = document.createElement('span')
    handle.className = 'mail-image-handle'
    handle.setAttribute('role', 'slider')
    handle.setAttribute('aria-label', options.widthLabel)
    handle.setAttribute('aria-valuemin', String(WIDTHS.least))
    handle.setAttribute('aria-valuemax', String(WIDTHS.most))
    handle.tabIndex = 0

    /** As chosen, else as shown. */
    const widthNow = () =>
      typeof node.attrs.width === 'number'
        ? node.attrs.width
        : Math.round(shown?.getBoundingClientRect().width ?? 0)
    const tell = (width = widthNow()) => {
      handle.setAttribute('aria-valuenow', String(width))
      handle.setAttribute('aria-valuetext', `${width} px`)
    }

    /** @param isOwn  not a step of the writer's: Undo does not take it back */
    function setWidth(width: number, isOwn = false): void {
      const position = getPos()
      if (position === undefined || view.isDestroyed || view.state.doc.nodeAt(position) !== node) return
      const transaction = view.state.tr
      const wasSelected = isSelected(position)
      transaction.setNodeMarkup(position, null, { ...node.attrs, width })
      if (wasSelected) transaction.setSelection(NodeSelection.create(transaction.doc, position))
      view.dispatch(isOwn ? transaction.setMeta('addToHistory', false) : closeHistory(transaction))
    }
    const isSelected = (position: number) =>
      view.state.selection instanceof NodeSelection && view.state.selection.from === position

    function draw(): void {
      const text = (name: string) =>
        typeof node.attrs[name] === 'string' ? (node.attrs[name] as string) : null
      const cid = text('cid')
      const pending = text('pending')
      const source = options.source({ cid, pending })
      dom.dataset.state = source === null ? 'missing' : pending === null ? 'ready' : 'pending'
      const key = `${dom.dataset.state} ${source}`
      if (key !== drawn) {
        drawn = key
        shown = null
        dom.replaceChildren()
        if (source === null) dom.textContent = options.missingText
        else {
          const image = document.createElement('img')
          image.draggable = true
          // Without a width, Outlook shows a picture by the resolution that its file names.
          image.addEventListener('load', () => {
            if (typeof node.attrs.width !== 'number' && image.naturalWidth > 0)
              setWidth(Math.min(image.naturalWidth, FIRST_WIDTH), true)
          })
          image.src = source
          dom.append(image)
          shown = image
          if (dom.classList.contains('ProseMirror-selectednode')) dom.append(handle)
        }
      }
      if (!shown) return
      shown.alt = text('alt') ?? ''
      if (typeof node.attrs.width === 'number') shown.width = node.attrs.width
      else shown.removeAttribute('width')
      tell()
    }

    handle.addEventListener('pointerdown', (event) => {
      if (!shown || event.button !== 0) return
      const image = shown
      event.preventDefault()
      // From what is seen: a picture that is wider than the window would not follow the pointer.
      const from = {
        x: event.clientX,
        width: Math.min(widthNow(), dom.parentElement?.clientWidth ?? Infinity),
      }
      let width = from.width
      handle.setPointerCapture(event.pointerId)
      const stop = new AbortController()
      const on = <K extends keyof HTMLElementEventMap>(
        type: K,
        run: (event: HTMLElementEventMap[K]) => void,
      ) => handle.addEventListener(type, run, { signal: stop.signal })
      on('pointermove', ({ clientX }) => {
        width = fitWidth(from.width + clientX - from.x)
        image.width = width
        tell(width)
      })
      on('pointerup', () => {
        stop.abort()
        if (width !== from.width) setWidth(width)
      })
      on('pointercancel', () => {
        stop.abort()
        draw()
      })
    })
    handle.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const step = STEPS[event.key]
      if (step !== undefined) setWidth(fitWidth(widthNow() + (event.shiftKey ? Math.sign(step) : step)))
      else if (event.key === 'Home') setWidth(WIDTHS.least)
      else if (event.key === 'End') setWidth(fitWidth(shown?.naturalWidth ?? FIRST_WIDTH))
      else if (event.key === 'Escape') view.focus()
      else return
      event.preventDefault()
    })

    draw()
    return {
      dom,
      update(next) {
        if (next.type !== node.type) return false
        node = next
        draw()
        return true
      },
      selectNode() {
        dom.classList.add('ProseMirror-selectednode')
        if (!shown) return
        dom.append(handle)
      },
      deselectNode() {
        dom.classList.remove('ProseMirror-selectednode')
        handle.remove()
      },
      // The handle is not part of the text: its keys and its pointer are its own.
      stopEvent: (event) => event.target === handle,
      ignoreMutation: () => true,
    }
  }
