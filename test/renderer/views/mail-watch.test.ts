import { describe, expect, it } from 'vitest'
import type { ThreadRowView } from '@contract/threads.ts'
import { createMailWatch } from '@/features/views/mail-watch.ts'

const row = (at: number) => ({ key: String(at), at }) as ThreadRowView

describe('the watch for new mail', () => {
  const watching = () => {
    const state = { rows: [] as ThreadRowView[], told: [] as number[][], fails: false }
    const watch = createMailWatch({
      newest: async () => {
        if (state.fails) throw new Error('no connection')
        return state.rows
      },
      notify: (rows) => state.told.push(rows.map(({ at }) => at)),
    })
    return { state, watch }
  }

  it('takes its bearings first, and then tells what is newer', async () => {
    const { state, watch } = watching()
    state.rows = [row(20), row(10)]
    await watch.look()
    state.rows = [row(30), row(20), row(10)]
    await watch.look()
    await watch.look()
    expect(state.told).toEqual([[30]])
  })

  it('says nothing about the mail of a first sync, nor about older mail that is found later', async () => {
    const { state, watch } = watching()
    await watch.look()
    state.rows = [row(50), row(40)]
    await watch.look()
    state.rows = [row(50), row(45)]
    await watch.look()
    expect(state.told).toEqual([])
  })

  it('goes on after a failure', async () => {
    const { state, watch } = watching()
    state.rows = [row(10)]
    await watch.look()
    state.fails = true
    await watch.look()
    state.fails = false
    state.rows = [row(11), row(10)]
    await watch.look()
    expect(state.told).toEqual([[11]])
  })
})
