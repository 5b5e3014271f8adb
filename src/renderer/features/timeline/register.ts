import { announced, registerCommands } from '@/shell/commands.ts'
import { fillSlot } from '@/shell/slots.ts'
import { writeCommands } from './kinds.ts'
import { writing, type Writing } from './writing.ts'

/** What happened on a record, and what people write down there. */
export function register(): void {
  fillSlot('recordMain', () => import('./RecordTimeline.vue'))
  fillSlot('recordActions', () => import('./RecordActions.vue'))
  fillSlot('contact', () => import('./ContactActions.vue'), -1)
  fillSlot('contactTimeline', () => import('./ContactEntries.vue'))
  fillSlot('layers', () => import('./ActivityDialogs.vue'))
  registerCommands(...announced(...writeCommands(() => {})), {
    // With what is to be written, or changed.
    id: 'timeline.write',
    title: 'timeline.command.task',
    group: 'compose',
    hidden: true,
    run: (argument) => void (writing.value = argument as Writing),
  })
}
