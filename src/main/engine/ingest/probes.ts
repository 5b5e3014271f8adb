import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Where a test message came out: the channel that it would have been filed for. */
export type ProbeSighting = { messageId: string; channelId: string; at: number }

/**
 * Test messages that go the whole way round and are recognised when they come back, so that they become no
 * conversation. Only this machine can make the ids, and it knows them again after a restart.
 */
export class Probes {
  readonly #key: Buffer
  readonly #waiting = new Map<string, (sighting: ProbeSighting) => void>()

  /** @param key  a secret of this machine, kept between starts */
  constructor(key: Uint8Array) {
    this.#key = createHmac('sha256', key).update('probes').digest()
  }

  #mac(nonce: string): string {
    return createHmac('sha256', this.#key).update(nonce).digest('hex').slice(0, 24)
  }

  /** A new Message-ID for a test message, without angle brackets. */
  newId(domain: string): string {
    const nonce = randomBytes(12).toString('hex')
    return `anteroom-test.${nonce}.${this.#mac(nonce)}@${domain}`
  }

  /** True for an id that this machine made. */
  isOurs(messageId: string | null): boolean {
    const [, nonce, mac] = /^anteroom-test\.([0-9a-f]{24})\.([0-9a-f]{24})@/.exec(messageId ?? '') ?? []
    if (nonce === undefined || mac === undefined) return false
    return timingSafeEqual(Buffer.from(mac), Buffer.from(this.#mac(nonce)))
  }

  /** Calls `seen` each time the message comes in somewhere. Returns the function that ends it. */
  watch(messageId: string, seen: (sighting: ProbeSighting) => void): () => void {
    this.#waiting.set(messageId, seen)
    return () => this.#waiting.delete(messageId)
  }

  /** To be called after the commit that took note of the message. */
  tell(sighting: ProbeSighting): void {
    this.#waiting.get(sighting.messageId)?.(sighting)
  }
}
