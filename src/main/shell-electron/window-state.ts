/** Where a window was, in device-independent pixels. */
export type WindowState = { x: number; y: number; width: number; height: number; maximised: boolean }

export type Area = { x: number; y: number; width: number; height: number }

export const DEFAULT_SIZE = { width: 1280, height: 840 }
export const LEAST_SIZE = { width: 640, height: 480 }
/** So much of the title bar must be on a screen for the window to be caught with the mouse. */
const GRAB = { width: 120, height: 32 }

/**
 * Where to open a window: where it was, if its title bar can be reached on one of the screens that are
 * there now; otherwise in the middle of the first one (no position), and never larger than it.
 *
 * @param saved what was remembered; anything, since it comes from a file
 * @param workAreas of all screens, the main one first
 * @param size where nothing was remembered
 */
export function placeWindow(
  saved: unknown,
  workAreas: Area[],
  size = DEFAULT_SIZE,
): { x?: number; y?: number; width: number; height: number; maximised: boolean } {
  const state = readState(saved)
  const main = workAreas[0] ?? { x: 0, y: 0, ...DEFAULT_SIZE }
  const wanted = state ?? { ...size, maximised: false }
  const home = state === null ? main : workAreas.find((area) => isReachable(state, area))
  const room = home ?? main
  const fitted = {
    width: Math.max(LEAST_SIZE.width, Math.min(wanted.width, room.width)),
    height: Math.max(LEAST_SIZE.height, Math.min(wanted.height, room.height)),
  }
  if (state === null || home === undefined) return { ...fitted, maximised: wanted.maximised }
  return { x: state.x, y: state.y, ...fitted, maximised: state.maximised }
}

function readState(saved: unknown): WindowState | null {
  if (typeof saved !== 'object' || saved === null) return null
  const { x, y, width, height, maximised } = saved as Record<string, unknown>
  const numbers = [x, y, width, height]
  if (!numbers.every((each) => Number.isInteger(each) && Math.abs(each as number) < 100_000)) return null
  return { ...(saved as WindowState), maximised: maximised === true }
}

function isReachable(state: WindowState, area: Area): boolean {
  const across = Math.min(state.x + state.width, area.x + area.width) - Math.max(state.x, area.x)
  const top = state.y >= area.y - 1 && state.y + GRAB.height <= area.y + area.height
  return top && across >= GRAB.width
}
