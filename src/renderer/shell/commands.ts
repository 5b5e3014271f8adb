import { computed, shallowReactive, type Component } from 'vue'
import { reportError } from '@/stores/report.ts'
import { boundKeys } from './key-bindings.ts'

export type CommandGroup = 'compose' | 'conversation' | 'list' | 'go' | 'app'

/** Where keys are heard. The same keys may mean different things in two places, unless one of them is everywhere. */
export type CommandPlace = 'everywhere' | 'mail' | 'records' | 'record' | 'composer'

/**
 * One thing that the user can do: it appears in the palette and in the list of shortcuts, and answers to
 * its keys. Buttons run it too, so that there is one implementation of each.
 */
export type Command = {
  /** "composer.new": the feature, then the verb. */
  id: string
  /** An i18n key. */
  title: string
  group: CommandGroup
  icon?: Component
  /**
   * Any of these starts it: "c", "Shift+i", "g i" (one after the other), "Mod+k" (Cmd on a Mac, else Ctrl).
   * Single characters are what the key types, so "#" and "?" are written as they are.
   */
  keys?: readonly string[]
  /** Where its keys are heard; when omitted, beside mail for what is about conversations, else everywhere. */
  place?: CommandPlace
  /** Held down, the key runs it again and again, as going through a list does. */
  repeats?: boolean
  /** Whether it can run now; always when omitted. */
  when?: () => boolean
  /** Not in the palette: it needs an argument, or only moves the focus. */
  hidden?: boolean
  /** Among several with the same keys, the highest that can run now wins; 0 when omitted. */
  priority?: number
  /** A failure is shown to the user. `argument` is what `runCommand` was given. */
  run: (argument?: unknown) => void | Promise<void>
}

const commands = shallowReactive(new Map<string, readonly Command[]>())
const latest = (id: string): Command | undefined => commands.get(id)?.at(-1)

/**
 * Adds commands; of several with one id the last counts, until it is taken away again. So a feature can say at
 * start which keys it will have (`when: () => false`), and bring the real thing with the screen that has it.
 * Returns the function that takes these away.
 */
export function registerCommands(...added: readonly Command[]): () => void {
  for (const command of added) commands.set(command.id, [...(commands.get(command.id) ?? []), command])
  return () => {
    for (const command of added) {
      const left = (commands.get(command.id) ?? []).filter((other) => other !== command)
      if (left.length > 0) commands.set(command.id, left)
      else commands.delete(command.id)
    }
  }
}

/** For the start: the keys of what a screen brings later, so that they are known, and can be changed, before. */
export const announced = (...later: readonly Command[]): Command[] =>
  later.map((command) => ({ ...command, when: () => false, run: () => {} }))

/** What a command is with the keys that the user chose for it. */
const withKeys = (command: Command): Command => ({ ...command, keys: boundKeys(command.id, command.keys) })

/** Every registered command, in the order of registration, with the keys that the user chose. */
export const allCommands = computed<readonly Command[]>(() =>
  [...commands.keys()].flatMap((id) => latest(id) ?? []).map(withKeys),
)

/** Whether it is there and can run now: for disabling its buttons. */
export function canRun(id: string): boolean {
  const command = latest(id)
  return command !== undefined && (command.when?.() ?? true)
}

/** Runs a command; answers false when it is not there or cannot run now. Failures are shown, not thrown. */
export async function runCommand(id: string, argument?: unknown): Promise<boolean> {
  const command = latest(id)
  if (!command || !(command.when?.() ?? true)) return false
  try {
    await command.run(argument)
  } catch (error) {
    reportError(error)
  }
  return true
}

/** The first keys of a command as the user chose them, for tooltips and menus. */
export const keysOf = (id: string): string | undefined => boundKeys(id, latest(id)?.keys)[0]
