import { ref } from 'vue'

const KEY = 'anteroom.palette'
/** So many are remembered. */
const MOST = 6

/** What was lately chosen in the palette, by the ids of commands, the latest first; on this machine. */
export const recent = ref<readonly string[]>(read())

/** Puts a command before all others. */
export function remember(id: string): void {
  recent.value = [id, ...read().filter((each) => each !== id)].slice(0, MOST)
  localStorage.setItem(KEY, JSON.stringify(recent.value))
}

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((each) => typeof each === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}
