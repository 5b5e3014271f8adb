import { t } from '@/i18n.ts'
import { attempt } from '@/stores/report.ts'
import type { MenuItem } from '@/ui/menu.ts'
import { keysOf } from './commands.ts'
import type { MenuAction } from './conversation-actions.ts'

/**
 * The actions that apply to `of` as items of a menu, with lines between their hundreds.
 * @param refusal  why this user may not change it, or null (A3)
 */
export function actionItems<T>(actions: readonly MenuAction<T>[], of: T, refusal: string | null): MenuItem[] {
  let last: number | null = null
  return actions
    .filter(({ shown }) => shown?.(of) ?? true)
    .flatMap((action): MenuItem[] => {
      const hundred = Math.floor(action.order / 100)
      const line: MenuItem[] =
        last !== null && last !== hundred ? [{ id: `line-${hundred}`, separator: true }] : []
      last = hundred
      const reason = (action.changes ? refusal : null) ?? action.refusal?.(of) ?? null
      return [
        ...line,
        {
          id: action.id,
          label: t(action.label),
          icon: action.icon,
          ...(action.command && { keys: keysOf(action.command) }),
          ...(reason !== null && { disabled: true, hint: reason }),
          run: () => void attempt(async () => await action.run(of)),
        },
      ]
    })
}
