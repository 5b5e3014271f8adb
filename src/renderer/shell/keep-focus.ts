import { router } from './router.ts'

/** For so many ms after a button was pressed, what that does to the focus is looked after: an answer may take a while. */
const WATCHED = 10_000
/** What is disabled for longer than this stays so: it was no moment of being busy. In ms. */
const BUSY = 800
const FOCUSABLE =
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=true], [tabindex="0"]'
const LAYERS = '[data-modal], [popover], main, aside'
/** Their panes know themselves where the keyboard goes on. */
const OWN = new Set(['view', 'search', 'message', 'draft', 'compose'])

/** Screens that begin with no list or field of their own: they have it as a whole. */
const WHOLE = new Set(['settings', 'library', 'tasks', 'duplicates'])

/** Where the focus was, as far as that can be found again once its element has gone. */
type Trail = {
  element: HTMLElement
  layer: Element | null
  /** Its ancestors from the nearest on, and which of the focusable elements in each it was. */
  places: { within: Element; at: number }[]
  path: string
}

const isReachable = (element: HTMLElement): boolean =>
  !element.matches(':disabled') && element.tabIndex >= 0 && element.checkVisibility()

const reachableIn = (within: Element): HTMLElement[] =>
  [...within.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isReachable)

function trailOf(element: HTMLElement): Trail {
  const layer = element.closest(LAYERS)
  const places: Trail['places'] = []
  for (let within = element.parentElement; within; within = within.parentElement) {
    const all = [...within.querySelectorAll<HTMLElement>(FOCUSABLE)]
    places.push({ within, at: all.filter((one) => one === element || isReachable(one)).indexOf(element) })
    if (within === layer) break
  }
  return { element, layer, places, path: router.currentRoute.value.path }
}

/** What took the place of an element that has gone, in the nearest part of the screen that still has something. */
function successorOf({ element, places }: Trail): HTMLElement | undefined {
  for (const { within, at } of places) {
    if (!within.isConnected) continue
    const all = reachableIn(within).filter((one) => one !== element)
    const found = all[Math.min(Math.max(at, 0), all.length - 1)]
    if (found) return found
  }
  return undefined
}

/**
 * Looks after the focus of who works by keyboard: where the button that was pressed is disabled for a moment, is moved, or
 * goes away with its row, the browser would drop the focus to the page, and a screen reader with it. It comes back to
 * the button, or to what took its place. After a change of screen by a key, Tab begins in the new one.
 */
export function keepFocus(): void {
  /** The last one of each layer, the newest last. */
  let trails: Trail[] = []
  let until = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body

  function remember(element: Element | null): void {
    if (!(element instanceof HTMLElement) || element === document.body) return
    if (OWN.has(String(router.currentRoute.value.name))) {
      trails = []
      return
    }
    const trail = trailOf(element)
    trails = [
      ...trails.filter(({ layer }) => layer !== trail.layer && (layer === null || layer.isConnected)),
      trail,
    ]
  }

  function restore(isLate: boolean): void {
    const { path } = router.currentRoute.value
    if (!isLost()) return
    for (const trail of trails.toReversed()) {
      if (trail.element.isConnected) {
        if (isReachable(trail.element)) return trail.element.focus()
        if (!isLate) {
          // Busy, as it seems: what enables it again is noticed.
          timer = setTimeout(() => restore(true), BUSY)
          return
        }
      }
      if (trail.path !== path) return
      const next = successorOf(trail)
      if (next) return next.focus()
    }
  }

  /** After whoever is responsible had the time to set the focus. */
  function soon(): void {
    if (!isLost() || trails.length === 0) return
    clearTimeout(timer)
    timer = setTimeout(() => restore(false), 50)
  }

  const observer = new MutationObserver(() => (performance.now() > until ? observer.disconnect() : soon()))

  function watch(): void {
    remember(document.activeElement)
    if (trails.length === 0) return
    until = performance.now() + WATCHED
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['disabled'],
    })
  }

  document.addEventListener('focusin', ({ target }) => remember(target as Element), true)
  document.addEventListener('click', watch, true)
  document.addEventListener('keydown', ({ key }) => (key === 'Enter' || key === ' ') && watch(), true)
  // Whoever clicks beside everything does not want it back.
  const forget = (): void => {
    clearTimeout(timer)
    if (isLost()) trails = []
  }
  document.addEventListener('pointerup', () => setTimeout(forget), true)

  router.afterEach((to, from) => {
    if (to.name === from.name || !WHOLE.has(String(to.name))) return
    setTimeout(() => {
      const main = isLost() ? document.querySelector('main') : null
      if (!main) return
      main.tabIndex = -1
      main.focus({ preventScroll: true })
      // Else a click beside everything would give it the focus.
      main.addEventListener('blur', () => main.removeAttribute('tabindex'), { once: true })
    }, 100)
  })
}
