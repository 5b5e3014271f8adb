import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import type { UndoId } from '../../../src/contract/ids.ts'
import { rpc } from '../../../src/renderer/rpc/client.ts'
import { doUndoable, undoLast } from '../../../src/renderer/stores/undoable.ts'

type Call = { path: string; input: unknown; answer: (value: unknown) => void; fail: (error: Error) => void }
const calls = vi.hoisted((): Call[] => [])

// The engine's end of the pipe: what it is asked, and when it answers.
vi.mock('@/rpc/connection.ts', () => {
  const link = {
    call: (path: readonly string[], input: unknown) =>
      new Promise((answer, fail) => calls.push({ path: path.join('.'), input, answer, fail })),
  }
  const connection = { link, closed: false, dropped: new Promise(() => {}), close() {} }
  return {
    connectionState: { value: 'open' },
    currentConnection: () => connection,
    openConnection: () => Promise.resolve(connection),
  }
})

const undoneWith = () => calls.filter(({ path }) => path === 'undo.run').map(({ input }) => input)
const close = (id: string) => doUndoable(() => rpc.threads.close({ ids: [], id } as never), `closed ${id}`)
/** Closes one that the engine answers at once. */
async function closed(id: string): Promise<void> {
  const done = close(id)
  calls.at(-1)!.answer({ undo: `undo ${id}` as UndoId })
  await done
}

beforeEach(() => {
  setActivePinia(createPinia())
  calls.length = 0
})

test('z takes back what was just done, also before the engine has answered it', async () => {
  await closed('first')
  const second = close('second')
  const undone = undoLast()
  calls[1]!.answer({ undo: 'undo second' as UndoId })
  await second
  await vi.waitFor(() => expect(undoneWith()).toEqual([{ id: 'undo second' }]))
  calls.at(-1)!.answer({ skipped: 0 })
  await undone

  // Pressed twice in one moment: one after the other, the newest first.
  const third = close('third')
  const both = Promise.all([undoLast(), undoLast()])
  calls.at(-1)!.answer({ undo: 'undo third' as UndoId })
  await third
  await vi.waitFor(() => expect(undoneWith()).toHaveLength(3))
  expect(undoneWith().slice(1)).toEqual([{ id: 'undo third' }, { id: 'undo first' }])
  calls.slice(-2).forEach(({ answer }) => answer({ skipped: 0 }))
  await both
})

test('what failed is not waited for any longer', async () => {
  await closed('first')
  const failing = close('second')
  const undone = undoLast()
  calls[1]!.fail(new Error('The disk is full.'))
  expect(await failing).toBe(false)
  await vi.waitFor(() => expect(undoneWith()).toEqual([{ id: 'undo first' }]))
  calls.at(-1)!.answer({ skipped: 0 })
  await undone
})
