/** An answer is made in stretches of about this long, between which everything else goes on, in ms. */
const STRETCH = 8
/** After an answer its maker rests this many times as long as it worked, but never longer than the second, in ms. */
const REST = 4
const LONGEST_REST = 1_000

/** What one key asks for: the work in hand with the rest after it, and what is made next. */
type Line<T> = { busy: Promise<void>; next: Promise<T> | null }

/**
 * Answers that are dear and asked for after every commit. Whoever asks while one is made, or while its maker rests, shares
 * the next one with all others of the same key. It begins after each of them asked, so it holds all that was committed
 * before: the last state is always told in the end. What was not asked for a while is made at once.
 */
export class Paced<T> {
  readonly #lines = new Map<string, Line<T>>()

  /**
   * @param key  askers of the same key get the same answer; of few different values
   * @param make  is run when its turn comes, and yields where something else may go first
   */
  ask(key: string, make: () => Generator<void, T>): Promise<T> {
    const line = this.#lines.get(key) ?? { busy: Promise.resolve(), next: null }
    this.#lines.set(key, line)
    line.next ??= line.busy.then(() => {
      line.next = null
      const made = inStretches(make)
      line.busy = made.then(
        ({ worked }) => pause(Math.min(LONGEST_REST, worked * REST)),
        () => {},
      )
      return made.then(({ answer }) => answer)
    })
    return line.next
  }
}

/** `worked`: how long it had the process for itself, in ms. */
async function inStretches<T>(make: () => Generator<void, T>): Promise<{ answer: T; worked: number }> {
  const steps = make()
  let worked = 0
  let since = performance.now()
  for (;;) {
    const step = steps.next()
    const spent = performance.now() - since
    if (step.done) return { answer: step.value, worked: worked + spent }
    if (spent < STRETCH) continue
    worked += spent
    await new Promise<void>((resolve) => setImmediate(resolve))
    since = performance.now()
  }
}

/** Does not keep the process alive. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())
