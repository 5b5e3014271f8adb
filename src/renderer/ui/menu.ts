import type { Component } from 'vue'

export type MenuItem =
  | {
      id: string
      label: string
      icon?: Component
      /** Keys of the command that does the same. */
      keys?: string
      /** Present for an item that is on or off. */
      checked?: boolean
      danger?: boolean
      disabled?: boolean
      /** A second, quiet line: why it is disabled, for one. */
      hint?: string
      run: () => void
    }
  | { id: string; separator: true }
  | { id: string; heading: string }
