import { shallowRef } from 'vue'

/**
 * What the keys are before anything is changed: Gmail's map, or only chords with Ctrl or Cmd, for who types by voice
 * or hits keys by chance (WCAG 2.1.4).
 */
export type KeyPreset = 'gmail' | 'chords'
export const KEY_PRESETS: readonly KeyPreset[] = ['gmail', 'chords']

/** `own`: by the id of a command, its keys where they are not the preset's; none for a command without keys. */
type Bindings = { preset: KeyPreset; own: Readonly<Record<string, readonly string[]>> }

const KEY = 'anteroom.keys'
const UNCHANGED: Bindings = { preset: 'gmail', own: {} }

/** Whose keys these are; null until it is known who works in this window. */
let owner: string | null = null
const bindings = shallowRef<Bindings>(UNCHANGED)

export const keyPreset = (): KeyPreset => bindings.value.preset

/** Whether the user gave this command keys of their own, or took them away. */
export const hasOwnKeys = (id: string): boolean => Object.hasOwn(bindings.value.own, id)

/** All that the user gave to commands, as `setOwnKeys` takes it. */
export const ownKeys = (): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(bindings.value.own))

/** The keys of a command that has `given` by itself. */
export function boundKeys(id: string, given: readonly string[] | undefined): readonly string[] {
  const { own, preset } = bindings.value
  return (Object.hasOwn(own, id) ? own[id] : undefined) ?? presetKeys(given, preset)
}

/** What a preset leaves of the keys that commands have by themselves. */
export const presetKeys = (given: readonly string[] | undefined, preset = bindings.value.preset) =>
  (given ?? []).filter((keys) => preset === 'gmail' || isChord(keys))

/** Held together with Ctrl or Cmd, so that typing never makes it; Escape, which types nothing, is as good. */
const isChord = (keys: string): boolean => keys.split(' ').every((key) => /^(Mod\+|F\d|Escape$)/.test(key))

/** From now on the keys are this user's. */
export function useKeysOf(userId: string): void {
  owner = userId
  bindings.value = stored()[userId] ?? UNCHANGED
}

/** Gives commands keys of their own; null gives them the preset's again. */
export function setOwnKeys(changes: ReadonlyMap<string, readonly string[] | null>): void {
  const own = { ...bindings.value.own }
  for (const [id, keys] of changes) {
    if (keys === null) delete own[id]
    else own[id] = keys
  }
  keep({ ...bindings.value, own })
}

export function setKeyPreset(preset: KeyPreset): void {
  keep({ ...bindings.value, preset })
}

/** Every command has the preset's keys again. */
export function forgetOwnKeys(): void {
  keep({ ...bindings.value, own: {} })
}

function keep(next: Bindings): void {
  bindings.value = next
  if (owner !== null) localStorage.setItem(KEY, JSON.stringify({ ...stored(), [owner]: next }))
}

/** Only what has the right shape: an older or edited entry cannot take the keys away. */
function stored(): Record<string, Bindings> {
  try {
    const all = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, Partial<Bindings> | null>
    return Object.fromEntries(
      Object.entries(all).map(([user, entry]) => [
        user,
        {
          preset: KEY_PRESETS.find((preset) => preset === entry?.preset) ?? 'gmail',
          own: Object.fromEntries(
            Object.entries(entry?.own ?? {}).filter(
              ([, keys]) => Array.isArray(keys) && keys.every((each) => typeof each === 'string'),
            ),
          ),
        },
      ]),
    )
  } catch {
    return {}
  }
}

if (typeof window !== 'undefined')
  // Several windows share the keys.
  window.addEventListener('storage', (event) => {
    if (event.key === KEY && owner !== null) useKeysOf(owner)
  })
