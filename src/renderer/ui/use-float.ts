import { nextTick, onBeforeUnmount, onMounted, onUpdated, ref, type Ref } from 'vue'

export type Side = 'top' | 'bottom' | 'left' | 'right'
export type Align = 'start' | 'center' | 'end'

const GAP = 4
const EDGE = 8

/**
 * A panel in the browser's top layer (the Popover API) that opens from the one element in a wrapper. The
 * browser closes it on Escape and on a press elsewhere, and gives the focus back.
 */
export function useFloat(options: {
  wrapper: Ref<HTMLElement | null>
  panel: Ref<HTMLElement | null>
  open: Ref<boolean>
  haspopup: 'menu' | 'dialog'
  panelId: string
  place: () => { side: Side; align: Align }
}) {
  const { wrapper, panel, open } = options
  /** Whether it was open when the pointer went down: the browser closes it before the click arrives. */
  let wasOpen = false
  const placed = ref(false)

  const trigger = (): HTMLElement | null => (wrapper.value?.firstElementChild as HTMLElement | null) ?? null

  function announce(): void {
    const element = trigger()
    if (!element) return
    element.setAttribute('aria-haspopup', options.haspopup)
    element.setAttribute('aria-expanded', String(open.value))
    if (open.value) element.setAttribute('aria-controls', options.panelId)
    else element.removeAttribute('aria-controls')
  }

  /** Puts the panel beside its trigger, on the other side where it would not fit, and inside the window. */
  function position(): void {
    const anchor = trigger()?.getBoundingClientRect()
    const box = panel.value
    if (!anchor || !box) return
    const { side, align } = options.place()
    const { width, height } = box.getBoundingClientRect()
    let top: number
    let left: number
    if (side === 'top' || side === 'bottom') {
      const below = anchor.bottom + GAP
      const above = anchor.top - GAP - height
      const fitsBelow = below + height <= window.innerHeight - EDGE
      const fitsAbove = above >= EDGE
      top =
        side === 'bottom'
          ? fitsBelow || !fitsAbove
            ? below
            : above
          : fitsAbove || !fitsBelow
            ? above
            : below
      left = {
        start: anchor.left,
        center: anchor.left + (anchor.width - width) / 2,
        end: anchor.right - width,
      }[align]
    } else {
      const right = anchor.right + GAP
      const before = anchor.left - GAP - width
      const fitsRight = right + width <= window.innerWidth - EDGE
      left =
        side === 'right' ? (fitsRight || before < EDGE ? right : before) : before >= EDGE ? before : right
      top = {
        start: anchor.top,
        center: anchor.top + (anchor.height - height) / 2,
        end: anchor.bottom - height,
      }[align]
    }
    left = Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE))
    top = Math.max(EDGE, Math.min(top, window.innerHeight - height - EDGE))
    box.style.left = `${left}px`
    box.style.top = `${top}px`
    placed.value = true
  }

  async function show(): Promise<void> {
    if (open.value || !panel.value) return
    open.value = true
    placed.value = false
    // What is in the panel is drawn only while it is open; its size is needed to place it.
    await nextTick()
    panel.value?.showPopover()
    position()
  }

  function hide(): void {
    if (panel.value?.matches(':popover-open')) panel.value.hidePopover()
  }

  function onToggle(event: ToggleEvent): void {
    open.value = event.newState === 'open'
    announce()
  }

  onMounted(() => {
    announce()
    window.addEventListener('resize', hide)
  })
  onUpdated(announce)
  onBeforeUnmount(() => window.removeEventListener('resize', hide))

  return {
    show,
    hide,
    position,
    onToggle,
    onPointerDown: () => (wasOpen = open.value),
    /** Opens or closes on a press of the trigger. True when it opened. */
    async onClick(): Promise<boolean> {
      if (wasOpen || open.value) {
        wasOpen = false
        hide()
        return false
      }
      await show()
      return true
    },
  }
}
