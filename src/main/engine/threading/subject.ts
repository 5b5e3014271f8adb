/**
 * What mail programs put before the subject of an answer, by language: Re, AW (German), SV (Nordic), VS (Finnish),
 * Odp (Polish), R and RIF (Italian), RES (Portuguese), Antw (Dutch), BLS (Indonesian), YNT (Turkish), ATB (Welsh),
 * ΑΠ (Greek), Ответ and НА (Russian, Bulgarian), Vá (Hungarian), 回复, 答复, 回覆 (Chinese), 返信 (Japanese), 답장 (Korean).
 */
const ANSWER =
  're|r|aw|antw|antwort|sv|vs|odp|rif|res|resp|rép|rsp|bls|balas|ynt|atb|vá|απ|σχετ|ответ|отв|на|回复|答复|回覆|回信|返信|답장|회신'

/**
 * The same for forwards: Fwd, WG (German), TR (French), RV (Spanish), ENC (Portuguese), I (Italian), PD (Polish),
 * VB, VL, VS (Nordic, Finnish), Doorst (Dutch), TRS, İLT (Turkish), ΠΡΘ (Greek), Továbbítás (Hungarian), 转发, 轉寄, 転送, 전달.
 */
const FORWARD =
  'fwd?|wg|tr|rv|enc|i|inoltr?|pd|vb|vl|vidarebefordra|videresendt?|doorst|trs|ilt|İlt|πρθ|fs|továbbítás|redir\\.?|přeposláno|пересл|переслано|пер|转发|轉寄|轉發|転送|전달'

/** `[list]`: RFC 5256 calls it a subj-blob. It holds no brackets. */
const BLOB = String.raw`\[[^[\]]*\]\s*`
/** The colon may be the full-width one; `[2]`, `(2)` and `^2` count repetitions. */
const COLON = String.raw`\s*(?:\[[^[\]]*\]|\(\d+\)|\^?\d+)?\s*[:：]\s*`

const leaderOf = (words: string) => new RegExp(`^(?:${BLOB})*(?:${words})${COLON}`, 'iu')
const LEADER = leaderOf(`${ANSWER}|${FORWARD}`)
const ANSWER_LEADER = leaderOf(ANSWER)
/** VS is a forward in Danish and Norwegian, an answer in Finnish. */
const FORWARD_LEADER = leaderOf(`${FORWARD}|vs`)
const LEADING_BLOB = new RegExp(`^${BLOB}`, 'u')
const TRAILER = /\s*\(fwd\)\s*$/iu
const FORWARD_WRAPPER = /^\[fwd?:(.*)\]$/isu

/** A subject that goes on and on is cut before it is looked at. */
const LONGEST = 500

/**
 * The base subject of RFC 5256 section 2.1, with the prefixes of other languages besides Re and Fwd.
 * For showing and grouping only: no thread is ever joined by it.
 * @param subject decoded (RFC 2047), unfolded or not
 */
export function baseSubject(subject: string): string {
  // Step 1: runs of white space are one space.
  let base = subject.slice(0, LONGEST).replace(/\s+/gu, ' ').trim()
  for (;;) {
    const before = base
    // Step 2: trailers.
    base = base.replace(TRAILER, '').trimEnd()
    // Steps 3 to 5: leaders, and blobs that leave something behind.
    for (;;) {
      const shorter = base.replace(LEADER, '')
      if (shorter === base) break
      base = shorter
    }
    const withoutBlob = base.replace(LEADING_BLOB, '')
    if (withoutBlob !== '') base = withoutBlob
    // Step 6: [Fwd: …] around it all.
    const wrapped = FORWARD_WRAPPER.exec(base)
    if (wrapped?.[1] !== undefined) base = wrapped[1].trim()
    if (base === before) return base
  }
}

/** True for a subject that a mail program marked as an answer. */
export function isReplySubject(subject: string): boolean {
  return ANSWER_LEADER.test(subject.trimStart().slice(0, LONGEST))
}

/** True for a subject that a mail program marked as a forward, and not as an answer to one (F1). */
export function isForwardSubject(subject: string): boolean {
  const start = subject.trim().slice(0, LONGEST)
  return (
    FORWARD_LEADER.test(start) ||
    FORWARD_WRAPPER.test(start) ||
    (TRAILER.test(start) && !isReplySubject(start))
  )
}
