import type { Locator } from 'playwright-core'
import { expect } from 'vitest'

/** What `read` answers, looked at again and again until it is what is wanted; the machine may be busy. */
export const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read)

/** Waits until `read` answers `wanted`. */
export const becomes = (read: () => unknown, wanted: unknown): Promise<void> =>
  eventually(read).toEqual(wanted)

/** Waits until the focus is in it: what is typed before goes elsewhere. */
export const hasFocus = (what: Locator): Promise<void> =>
  becomes(() => what.and(what.page().locator(':focus, :focus-within')).count(), 1)
