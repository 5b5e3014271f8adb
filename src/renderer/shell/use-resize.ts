/** One arrow key moves an edge by so much, in CSS pixels. */
const STEP = 16

/**
 * An edge that is drawn by the pointer and moved by the keyboard: arrows by a step, Home and End to its limits.
 * All widths are CSS pixels; `set` is given whole ones between `min` and `max`. `reverse`: the pane lies at the right
 * of its edge.
 */
export function useResize(edge: {
  width: () => number
  set: (width: number) => void
  min: () => number
  max: () => number
  reverse?: () => boolean
}): { drag: (event: PointerEvent) => void; key: (event: KeyboardEvent) => void } {
  const set = (next: number) => edge.set(Math.round(Math.max(edge.min(), Math.min(edge.max(), next))))
  const towards = () => (edge.reverse?.() ? -1 : 1)

  function drag(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement
    handle.setPointerCapture(event.pointerId)
    const from = event.clientX
    const before = edge.width()
    const move = (moved: PointerEvent) => set(before + (moved.clientX - from) * towards())
    const done = () => {
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('lostpointercapture', done)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', done)
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft') set(edge.width() - STEP * towards())
    else if (event.key === 'ArrowRight') set(edge.width() + STEP * towards())
    else if (event.key === 'Home') set(edge.min())
    else if (event.key === 'End') set(edge.max())
    else return
    event.preventDefault()
    // What lies around it may know the same keys.
    event.stopPropagation()
  }

  return { drag, key }
}
