import type { Command, CommandPlace } from '@/shell/commands.ts'

/** Why keys cannot be chosen: what they are needed for. */
export type Refusal = 'moving' | 'editing' | 'system'

/** Every control needs these; a list moves by them, a dialog closes by them. */
const MOVING =
  /^(?:Shift\+)?(?:Tab|Enter|Space|Escape|Up|Down|Left|Right|Home|End|PageUp|PageDown|Backspace|Delete)$/
/** What every text field does with them; and a browser, which does not give some of them away. */
const EDITING = /^Mod\+(?:[acvxyz]|Shift\+z|Backspace|Delete|Left|Right|Up|Down|Home|End)$/
const SYSTEM = /(?:^|\+)Other\+|^Mod\+(?:Shift\+)?[nqtw]$|^Alt\+(?:Tab|F4)$|^Mod\+Tab$|^F(?:5|11|12)$/

/** Why one press of keys cannot be part of a shortcut; null when it can. */
export function refusalOf(stroke: string): Refusal | null {
  if (MOVING.test(stroke)) return 'moving'
  if (EDITING.test(stroke)) return 'editing'
  return SYSTEM.test(stroke) ? 'system' : null
}

/** Whether the one hides the other: the same, or the beginning of it. */
const clash = (a: string, b: string): boolean => a === b || a.startsWith(`${b} `) || b.startsWith(`${a} `)

/** Where its keys are heard. */
export const placeOf = ({ place, group, id }: Command): CommandPlace =>
  place ?? (group === 'conversation' || id.startsWith('list.') ? 'mail' : 'everywhere')

/** Whether both can be heard at once. */
function meet(a: Command, b: Command): boolean {
  const [one, other] = [placeOf(a), placeOf(b)]
  return one === other || one === 'everywhere' || other === 'everywhere'
}

export type Conflict = { command: Command; keys: readonly string[] }

/** The other commands that would not hear their keys any more, or not let this one hear its own. */
export function conflictsOf(command: Command, keys: string, all: readonly Command[]): Conflict[] {
  return all
    .filter((other) => other.id !== command.id && meet(command, other))
    .map((other) => ({ command: other, keys: (other.keys ?? []).filter((each) => clash(each, keys)) }))
    .filter((conflict) => conflict.keys.length > 0)
}
