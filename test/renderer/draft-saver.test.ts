import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { DraftContent } from '@contract/composing.ts'
import { createDraftJournal, sameContent } from '@/features/composer/draft-journal.ts'
import { createDraftSaver, recover } from '@/features/composer/draft-saver.ts'
import type { SaveState } from '@/features/composer/draft-saver.ts'

const content = (html: string): DraftContent => ({
  channelId: '00000000-0000-4000-8000-000000000001' as DraftContent['channelId'],
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  html,
})

function memoryStorage() {
  const map = new Map<string, string>()
  return {
    map,
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  }
}

class Conflict extends Error {}
class Gone extends Error {}

/** An engine that keeps one draft and answers when it is told to. */
function fakeEngine() {
  const engine = {
    version: 1,
    content: content(''),
    running: 0,
    mostAtOnce: 0,
    saves: [] as string[],
    gone: false,
    pending: [] as { settle: (how: 'ok' | 'fail' | 'lost') => void }[],
    /** When set, saves wait for `settle`; else they are done at once. */
    manual: false,
    async save(input: { version: number; content: DraftContent }) {
      engine.running += 1
      engine.mostAtOnce = Math.max(engine.mostAtOnce, engine.running)
      const how = engine.manual
        ? await new Promise<'ok' | 'fail' | 'lost'>((resolve) => engine.pending.push({ settle: resolve }))
        : 'ok'
      engine.running -= 1
      if (how === 'fail') throw new Error('no connection')
      if (engine.gone) throw new Gone()
      if (input.version !== engine.version) throw new Conflict()
      engine.version += 1
      engine.content = input.content
      engine.saves.push(input.content.html)
      if (how === 'lost') throw new Error('the answer was lost')
      return { version: engine.version }
    },
    async fetch() {
      if (engine.gone) throw new Gone()
      return { version: engine.version, content: engine.content }
    },
  }
  return engine
}

function setUp(engine = fakeEngine(), storage = memoryStorage()) {
  const states: SaveState['kind'][] = []
  const journal = createDraftJournal(storage)
  const saver = createDraftSaver({
    draftId: 'd',
    version: engine.version,
    content: engine.content,
    journal,
    save: engine.save,
    fetch: engine.fetch,
    isConflict: (error) => error instanceof Conflict,
    isGone: (error) => error instanceof Gone,
    messageOf: (error) => (error as Error).message,
    onState: (state) => states.push(state.kind),
  })
  return { engine, storage, journal, saver, states }
}

describe('draft saver', () => {
  it('saves within 200 ms of each key, however fast the typing goes on, and not with every key', async () => {
    vi.useFakeTimers()
    try {
      const { engine, saver, states } = setUp()
      let typed = ''
      for (let i = 0; i < 200; i += 1) {
        typed += 'x'
        saver.change(content(typed))
        await vi.advanceTimersByTimeAsync(20)
        // A process that ends here takes at most ten keys with it.
        expect(typed.length - (engine.saves.at(-1)?.length ?? 0)).toBeLessThanOrEqual(10)
      }
      expect(engine.saves.length).toBeLessThan(40)
      await vi.advanceTimersByTimeAsync(200)
      expect(engine.saves.at(-1)).toBe(typed)
      expect(states.at(-1)).toBe('saved')
    } finally {
      vi.useRealTimers()
    }
  })

  it('keeps each keystroke in the journal before anything is sent, and forgets it when confirmed', async () => {
    const { saver, storage, journal } = setUp()
    saver.change(content('unsaved'))
    expect(journal.read('d')?.content.html).toBe('unsaved')
    await saver.flush()
    expect(storage.map.size).toBe(0)
  })

  it('runs one save at a time and saves what was typed meanwhile', async () => {
    const { engine, saver, journal } = setUp()
    engine.manual = true
    saver.change(content('a'))
    const flushed = saver.flush()
    await expect.poll(() => engine.pending).toHaveLength(1)
    saver.change(content('ab'))
    engine.pending[0]!.settle('ok')
    await expect.poll(() => engine.pending).toHaveLength(2)
    expect(journal.read('d')?.content.html).toBe('ab')
    engine.pending[1]!.settle('ok')
    await flushed
    expect(engine.saves).toEqual(['a', 'ab'])
    expect(engine.mostAtOnce).toBe(1)
    expect(saver.dirty).toBe(false)
  })

  it('says that it failed, keeps the journal, and saves by itself later', async () => {
    vi.useFakeTimers()
    try {
      const { engine, saver, journal } = setUp()
      engine.manual = true
      saver.change(content('x'))
      await vi.advanceTimersByTimeAsync(300)
      engine.pending.shift()!.settle('fail')
      await vi.advanceTimersByTimeAsync(0)
      expect(saver.state).toEqual({ kind: 'failed', message: 'no connection' })
      expect(journal.read('d')?.content.html).toBe('x')
      engine.manual = false
      await vi.advanceTimersByTimeAsync(1000)
      expect(engine.saves).toEqual(['x'])
      expect(saver.state.kind).toBe('saved')
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not take its own save, whose answer was lost, for somebody else’s', async () => {
    const { engine, saver } = setUp()
    engine.manual = true
    saver.change(content('x'))
    const first = saver.flush()
    await expect.poll(() => engine.pending).toHaveLength(1)
    engine.pending[0]!.settle('lost')
    await expect(first).rejects.toThrow('the answer was lost')
    engine.manual = false
    await saver.flush()
    expect(saver.state.kind).toBe('saved')
    expect(saver.version).toBe(2)
  })

  it('does not either when more was typed, and tried in vain, before it could ask', async () => {
    const { engine, saver } = setUp()
    engine.manual = true
    for (const [n, text, how] of [
      [1, 'x', 'lost'],
      [2, 'xy', 'fail'],
    ] as const) {
      saver.change(content(text))
      const tried = saver.flush()
      await expect.poll(() => engine.pending).toHaveLength(n)
      engine.pending[n - 1]!.settle(how)
      await expect(tried).rejects.toThrow()
    }
    engine.manual = false
    saver.change(content('xyz'))
    await saver.flush()
    expect(saver.state.kind).toBe('saved')
    expect(engine.content.html).toBe('xyz')
  })

  it('stops at a conflict, loses neither text, and writes only after the choice', async () => {
    const { engine, saver, journal } = setUp()
    engine.version = 5
    engine.content = content('theirs')
    saver.change(content('mine'))
    await expect(saver.flush()).rejects.toThrow()
    expect(saver.state.kind).toBe('conflict')
    saver.change(content('mine too'))
    await expect(saver.flush()).rejects.toThrow()
    expect(engine.content.html).toBe('theirs')
    expect(journal.read('d')?.content.html).toBe('mine too')
    await saver.keepMine()
    expect(engine.content.html).toBe('mine too')
    expect(saver.state.kind).toBe('saved')
  })

  it('takes the other text when asked to', async () => {
    const { engine, saver, journal } = setUp()
    engine.version = 5
    engine.content = content('theirs')
    saver.change(content('mine'))
    await expect(saver.flush()).rejects.toThrow()
    saver.adopt(5, content('theirs'))
    expect(saver.content.html).toBe('theirs')
    expect(journal.read('d')).toBeNull()
    saver.change(content('theirs, then mine'))
    await saver.flush()
    expect(engine.content.html).toBe('theirs, then mine')
  })

  it('says so when the draft is gone, and keeps the text', async () => {
    const { engine, saver, journal } = setUp()
    engine.gone = true
    saver.change(content('late'))
    await expect(saver.flush()).rejects.toThrow('gone')
    expect(saver.state.kind).toBe('gone')
    expect(journal.read('d')?.content.html).toBe('late')
  })

  it('leaves nothing behind after sending', async () => {
    const { saver, storage, engine } = setUp()
    saver.change(content('x'))
    saver.finish()
    await saver.flush()
    expect(storage.map.size).toBe(0)
    expect(engine.saves).toEqual([])
  })

  it('goes on where the browser refuses storage', async () => {
    const refusing = {
      ...memoryStorage(),
      setItem: () => {
        throw new Error('quota')
      },
    }
    const { saver, engine } = setUp(fakeEngine(), refusing)
    saver.change(content('x'))
    await saver.flush()
    expect(engine.saves).toEqual(['x'])
  })

  it('never loses the newest text, whatever the order of typing, answers and a kill', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant('type' as const) },
      { weight: 2, arbitrary: fc.constantFrom('ok' as const, 'fail' as const, 'lost' as const) },
      { weight: 2, arbitrary: fc.constant('flush' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { engine, saver, journal } = setUp()
        engine.manual = true
        let typed = ''
        let count = 0
        for (const what of steps) {
          if (what === 'type') saver.change(content((typed = `t${++count}`)))
          else if (what === 'flush') void saver.flush().catch(() => {})
          else engine.pending.shift()?.settle(what)
          for (let i = 0; i < 8; i++) await Promise.resolve()
        }
        // Here the tab is killed: a new one opens the draft from the engine and the journal.
        saver.dispose()
        const draft = { version: engine.version, content: engine.content }
        const recovery = recover(draft, journal.read('d'))
        const shown = recovery.kind === 'none' ? draft.content : recovery.content
        expect(shown.html).toBe(typed)
        expect(engine.mostAtOnce).toBeLessThanOrEqual(1)
      }),
      { numRuns: 500 },
    )
  })
})

describe('sameContent', () => {
  it('sees every field that is saved', () => {
    const base = content('x')
    const box = [{ name: 'n', address: 'a' }]
    expect(sameContent(base, { ...base })).toBe(true)
    for (const change of [{ html: 'y' }, { subject: 's' }, { to: box }, { cc: box }, { bcc: box }]) {
      expect(sameContent(base, { ...base, ...change })).toBe(false)
    }
  })
})

describe('recover', () => {
  it('asks when the draft moved on elsewhere', () => {
    expect(
      recover({ version: 4, content: content('theirs') }, { version: 2, content: content('mine') }).kind,
    ).toBe('conflict')
  })
  it('ignores a text that had arrived after all', () => {
    expect(recover({ version: 4, content: content('x') }, { version: 2, content: content('x') }).kind).toBe(
      'none',
    )
  })
})
