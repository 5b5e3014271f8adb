import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TaskView } from '@contract/activities.ts'

/** A window of its own: what one remembers in its memory, the other does not have. */
async function openWindow() {
  vi.resetModules()
  const { takeFresh } = await import('@/features/tasks/announced.ts')
  return async (userId: string, tasks: readonly TaskView[]) =>
    (await takeFresh(userId, tasks)).map(({ title }) => title)
}
const task = (title: string, remindAt = 1) => ({ id: title, title, remindAt }) as TaskView

describe('takeFresh', () => {
  beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))
  afterEach(() => vi.unstubAllGlobals())

  it('lets one of many windows that hear at once tell it', async () => {
    const windows = [await openWindow(), await openWindow(), await openWindow()]
    const told = await Promise.all(windows.map((take) => take('ana', [task('water'), task('feed')])))
    expect(told.flat().sort()).toEqual(['feed', 'water'])
  })

  it('tells once, also after the window was opened anew', async () => {
    const take = await openWindow()
    expect(await take('ana', [task('water')])).toEqual(['water'])
    expect(await take('ana', [task('water')])).toEqual([])
    expect(await (await openWindow())('ana', [task('water'), task('feed')])).toEqual(['feed'])
  })

  it('tells it again when it was put off, and to somebody else', async () => {
    const take = await openWindow()
    await take('ana', [task('water', 1)])
    expect(await take('ana', [task('water', 2)])).toEqual(['water'])
    expect(await take('bruno', [task('water', 2)])).toEqual(['water'])
  })

  it('tells it once in each window where nothing is kept', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('No storage here.', 'SecurityError')
      },
    })
    const take = await openWindow()
    expect(await take('ana', [task('water')])).toEqual(['water'])
    expect(await take('ana', [task('water')])).toEqual([])
  })
})
