import { defineAsyncComponent, shallowReactive, type AsyncComponentLoader, type Component } from 'vue'

/**
 * The places of the frame, and what they pass to what fills them. A feature fills a place; the frame and
 * other features show whatever is there, and nothing where nothing is.
 */
export type SlotProps = {
  /** The navigation at the left. */
  views: Record<string, never>
  /** The list in the middle, of a view or of a search. */
  list: { view: string | null; query: string | null }
  /** The conversation. */
  thread: { threadId: string }
  /** Beside the conversation: the contact. */
  record: { threadId: string }
  /** At the end of the conversation: the answer being written. */
  reply: { threadId: string }
  /** Docked at the bottom right, above everything: new mails being written. Always there. */
  composers: Record<string, never>
  /** First start: the whole window, while the workspace has no name. */
  welcome: Record<string, never>
  /** A window that shows one message, whole. */
  message: { messageId: string }
  /** The search box in the bar at the top. */
  search: Record<string, never>
  /** Above the frame: dialogs and popovers that a feature opens by itself. Always there. */
  layers: Record<string, never>
}
export type SlotName = keyof SlotProps

const filled = shallowReactive(new Map<SlotName, Component[]>())

/** Fills a place. Give a loader (`() => import('./X.vue')`) for all that the first screen does not need. */
export function fillSlot(name: SlotName, component: Component | AsyncComponentLoader): void {
  const shown =
    typeof component === 'function' && component.length === 0 && !('props' in component)
      ? defineAsyncComponent(component as AsyncComponentLoader)
      : (component as Component)
  filled.set(name, [...(filled.get(name) ?? []), shown])
}

/** What fills a place, in the order of registration. */
export const slotContent = (name: SlotName): readonly Component[] => filled.get(name) ?? []
