import { ListChecks, Plus } from '@lucide/vue'
import { registerCommands, runCommand } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { fillSlot } from '@/shell/slots.ts'
import TasksNav from './TasksNav.vue'

/** One's own tasks in one place, and reminders of them. */
export function register(): void {
  fillSlot('navigation', TasksNav, 1)
  fillSlot('tasks', () => import('./TasksPage.vue'))
  fillSlot('layers', () => import('./ReminderNotices.vue'))
  registerCommands(
    {
      id: 'go.tasks',
      title: 'tasks.go',
      group: 'go',
      icon: ListChecks,
      keys: ['g k'],
      run: async () => void (await router.push('/tasks')),
    },
    {
      id: 'tasks.new',
      title: 'tasks.new',
      group: 'compose',
      icon: Plus,
      keys: ['t'],
      run: async () => void (await runCommand('timeline.write', { kind: 'task', record: null })),
    },
  )
}
