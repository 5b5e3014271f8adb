import {
  AlarmClock,
  AppWindow,
  AtSign,
  Heading,
  History,
  Link,
  Paperclip,
  Plus,
  SendHorizontal,
  Trash2,
} from '@lucide/vue'
import { host } from '@/host/index.ts'
import { allCommands, runCommand, type Command } from '@/shell/commands.ts'
import { commandFor, isComposing, isTyping, strokeOf } from '@/shell/strokes.ts'

/** What the keyboard can do in the mail that is being written, wherever the cursor is in it. */
export type FormActions = {
  send(): void
  /** Null where there is no conversation to close. */
  sendAndClose: (() => void) | null
  sendLater(): void
  insert(): void
  attach(): void
  link(): void
  cc(): void
  bcc(): void
  from(): void
  subject(): void
  history(): void
  /** Null where the mail has a window of its own. */
  detach: (() => void) | null
  discard(): void
}

const forms = new WeakMap<Element, () => FormActions>()

/** Makes the commands reach a form while the focus is in it. */
export function letCommandsReach(form: HTMLElement, actions: () => FormActions): void {
  forms.set(form, actions)
  form.addEventListener('keydown', onKey, { capture: true })
}

/** Before the editor hears them: it has keys for everything, and the user chose these. */
function onKey(event: KeyboardEvent): void {
  const stroke = isComposing(event) ? null : strokeOf(event, host.platform === 'darwin')
  if (stroke === null || isTyping(event.target, stroke)) return
  const command = commandFor(
    stroke,
    allCommands.value.filter(({ place }) => place === 'composer'),
  )
  if (!command) return
  event.preventDefault()
  event.stopPropagation()
  if (!event.repeat) void runCommand(command.id)
}

/** The form with the focus, in which a mail is written. */
function focused(): FormActions | null {
  const form = document.activeElement?.closest('form')
  return (form && forms.get(form)?.()) ?? null
}

/** Gmail's keys, except for links: Ctrl or Cmd with K is the palette's. */
export const formCommands = (): Command[] =>
  (
    [
      ['send', 'Mod+Enter', SendHorizontal],
      ['sendAndClose', 'Mod+Shift+Enter', SendHorizontal],
      ['sendLater', 'Mod+Alt+Enter', AlarmClock],
      ['insert', 'Mod+Shift+l', Plus],
      ['attach', 'Mod+Shift+a', Paperclip],
      ['link', 'Mod+Shift+k', Link],
      ['cc', 'Mod+Shift+c', AtSign],
      ['bcc', 'Mod+Shift+b', AtSign],
      ['from', 'Mod+Shift+f', AtSign],
      ['subject', 'Mod+Shift+s', Heading],
      ['history', 'Mod+Shift+h', History],
      ['detach', 'Mod+Shift+e', AppWindow],
      ['discard', 'Mod+Shift+d', Trash2],
    ] as const
  ).map(([action, keys, icon]) => ({
    id: `composer.form.${action}`,
    title: `composer.command.${action}`,
    group: 'compose',
    place: 'composer',
    icon,
    keys: [keys],
    when: () => typeof focused()?.[action] === 'function',
    run: () => focused()?.[action]?.(),
  }))
