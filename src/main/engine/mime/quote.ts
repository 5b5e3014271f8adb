/** What a stretch of a plain-text body is. */
export type TextSegment = { kind: 'fresh' | 'quote' | 'signature'; text: string }

export type QuotedText = {
  /** What the writer added, without quotations and signature, trimmed. Empty when there is nothing but those. */
  fresh: string
  /** The whole text in order, nothing left out (D9: quoted text is folded, never removed). */
  segments: TextSegment[]
}

/** Characters that are looked at; what follows belongs to the last segment. */
const reach = 300_000
const longestLine = 600

const writing =
  /(?:\bwrote\b|\bwrites\b|écrit|schrieb|geschrieben|schreef|geschreven|escribi[oó]|escreveu|ha scritto|scrisse|skrev|napisał|napisal|napsal|написал|написав|пишет|пише|\bpisze\b|píše|kirjoitti|yazdı|έγραψε|a scris|írta|napisao|napísal|rašė|đã viết|כתב|كتب|写道|寫道|書きました|작성)/i
const dated = /\b(?:19|20)\d{2}\b|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d年/
const address = /[^\s<>@"]+@[^\s<>@"]+\.[^\s<>@"]+/
/** Begins with a date: "2016-10-24 15:36 GMT+02:00 Foo <foo@bar>" */
const dateFirst =
  /^\s*(?:(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{1,2}\.? \S{3,12} \d{4})\b|\d{4}[年년])/

/** Words that introductions begin with. */
const opening = /^\s*(?:on|le|am|el|il|op|em|den|dnia|w dniu|dne|på|pe|tarihinde)\s/i

const fromField =
  /^[\s*]*(?:from|de|von|da|van|od|från|fra|lähettäjä|от|від|από|kimden|feladó|de la|发件人|發件人|寄件者|差出人|보낸 사람|보낸사람|מאת|من)\s?\*?\s*[:：]/i
const anyField = /^[\s*]*[\p{L}][\p{L}\p{M} '’.-]{0,24}\*?\s?[:：](?:\s|\*|$)/u
const originalMessage =
  /^[\s>]*[-_*]{2,}\s*(?:original message|original appointment|originalnachricht|ursprüngliche nachricht|mensaje original|message d['’]origine|message original|messaggio originale|oorspronkelijk bericht|mensagem original|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|oryginalna wiadomość|wiadomość oryginalna|původní zpráva|исходное сообщение|original-nachricht|forwarded message|forwarded by .{1,80}|weitergeleitete nachricht|mensaje reenviado|message transféré|messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|przekazana wiadomość|wiadomość przekazana dalej|пересылаемое сообщение|原始邮件|原始郵件|转发邮件)\s*[-_*]{2,}/i
const beginForward =
  /^\s*(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)|inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht|rozpoczęcie wiadomości przekazanej dalej|początek przekazywanej wiadomości)\s*:/i

const mobile =
  /^\s*[(<*]{0,2}\s*(?:(?:sent|verzonden|verstuurd|gesendet|envoyé|enviado|inviato|sendt|skickat|wysłan[eo]|отправлено|надіслано)\s+(?:from|via|with|by|met|vanaf|van|von|mit|depuis|de(?:sde)?|da(?:l|lla)?|fra|från|z(?:e)?|с|з)\s.{1,120}|from my (?:iphone|ipad|android|phone|mobile|blackberry).{0,60}|von meinem \S{1,40} gesendet.{0,60}|diese nachricht wurde von .{1,80} gesendet\.?|get \[?outlook for .{1,120}|outlook (?:für|pour|para|per) (?:ios|android).{0,120}|從我的 .{1,40} 傳送|发自我的.{1,40}|iphoneから送信|someone from mobile)\s*$/i
const signatureMark = /^(?:--|—|––|__|-- ?\u00a0?)\s*$/
/** Lines that a signature under a bare "--" may have before the mark counts as a rule across the text. */
const longestSignature = 20

/**
 * Splits a plain-text body into what is new, what it quotes and its signature. Knows marks (`>`), lines that
 * introduce a quotation in many languages, the header blocks of Outlook, forwards, and signatures (RFC 3676
 * section 4.3). Linear; never throws.
 */
export function splitQuoted(text: string): QuotedText {
  const seen = text.length > reach ? text.slice(0, reach) : text
  const lines = seen.replace(/\r\n?/g, '\n').split('\n')
  const kinds = classify(lines)
  const segments: TextSegment[] = []
  for (const [index, line] of lines.entries()) {
    const kind = kinds[index]!
    const last = segments[segments.length - 1]
    if (last?.kind === kind) last.text += `\n${line}`
    else segments.push({ kind, text: line })
  }
  if (text.length > reach) segments[segments.length - 1]!.text += text.slice(reach)
  const fresh = segments
    .filter((segment) => segment.kind === 'fresh')
    .map((segment) => segment.text.trimEnd())
  return {
    fresh: fresh
      .join('\n')
      .replace(/^\s*\n/, '')
      .trimEnd(),
    segments,
  }
}

function classify(lines: string[]): TextSegment['kind'][] {
  const kinds: TextSegment['kind'][] = lines.map(() => 'fresh')
  let i = 0
  let written = false
  while (i < lines.length) {
    const line = lines[i]!
    if (line.trim() === '') {
      i++
      continue
    }
    if (isMarked(line)) {
      i = markQuote(lines, kinds, i)
      continue
    }
    if (line.length <= longestLine) {
      const intro = introEnd(lines, i)
      if (intro !== -1) {
        for (let k = i; k < intro; k++) kinds[k] = 'quote'
        let next = intro
        while (next < lines.length && lines[next]!.trim() === '') next++
        if (next < lines.length && (isMarked(lines[next]!) || isBarred(lines, next))) {
          for (let k = intro; k < next; k++) kinds[k] = 'quote'
          i = isMarked(lines[next]!) ? markQuote(lines, kinds, next) : markBarred(lines, kinds, next)
        } else if (written) {
          // An unmarked quotation under the new text runs to the end.
          kinds.fill('quote', i)
          break
        } else i = intro
        continue
      }
      if (opensOldMessage(lines, i)) {
        let start = i
        // The rule that Outlook draws above belongs to it.
        while (start > 0 && (lines[start - 1]!.trim() === '' || /^\s*[_-]{10,}\s*$/.test(lines[start - 1]!)))
          start--
        kinds.fill('quote', start)
        break
      }
      if (signatureMark.test(line)) {
        const end = signatureEnd(lines, i)
        if (end !== -1) {
          kinds.fill('signature', i, end)
          i = end
          continue
        }
      }
      if (mobile.test(line)) {
        kinds[i] = 'signature'
        i++
        continue
      }
    }
    written = true
    i++
  }
  smoothBlanks(lines, kinds)
  return kinds
}

function isMarked(line: string): boolean {
  return /^[ \t]{0,3}>/.test(line)
}

/** A run of quoted lines, blank lines inside it included. Returns the line behind it. */
function markQuote(lines: string[], kinds: TextSegment['kind'][], start: number): number {
  let end = start
  for (let i = start; i < lines.length; i++) {
    if (isMarked(lines[i]!)) end = i + 1
    else if (lines[i]!.trim() !== '') break
  }
  kinds.fill('quote', start, end)
  return end
}

/** Some clients quote with bars; only a block of them counts, a single one may be a table. */
function isBarred(lines: string[], start: number): boolean {
  return /^\s?\|/.test(lines[start]!) && /^\s?\|/.test(lines[start + 1] ?? '')
}

function markBarred(lines: string[], kinds: TextSegment['kind'][], start: number): number {
  let end = start
  while (end < lines.length && /^\s?\|/.test(lines[end]!)) end++
  kinds.fill('quote', start, end)
  return end
}

/** The line behind an introduction ("On … wrote:") that begins at `start` and runs over at most six lines, or -1. */
function introEnd(lines: string[], start: number): number {
  let joined = ''
  let used = 0
  for (let i = start; i < lines.length && used < 6; i++) {
    const line = lines[i]!.trim()
    if (line === '') {
      // Broken clients put the address into a paragraph of its own.
      if (used > 0 && /^<\s*$|^<\S+@/.test((lines[i + 1] ?? '').trim())) continue
      return -1
    }
    joined += joined === '' ? line : ` ${line}`
    used++
    if (joined.length > longestLine) return -1
    if (isIntroduction(joined)) return beginsLater(lines, start, i) ? -1 : i + 1
    // After a full stop at the end of a line, what follows is another sentence (but "28." of a date is not).
    if (/\p{Ll}[.!?]$/u.test(line) && !/\s\p{L}{2,4}\.$/u.test(line)) return -1
    if (used === 1 && !/\d/.test(line) && !line.includes('<') && !opening.test(line)) return -1
  }
  return -1
}

/** True when the introduction that ends at `end` rather begins on a line below `start`, which is then plain text. */
function beginsLater(lines: string[], start: number, end: number): boolean {
  if (opening.test(lines[start]!) || dateFirst.test(lines[start]!)) return false
  for (let i = start + 1; i <= end; i++) {
    const line = lines[i]!
    if ((opening.test(line) || dateFirst.test(line)) && isIntroduction(lines.slice(i, end + 1).join(' ')))
      return true
  }
  return false
}

/** True for what introduces a quotation ("On …, Anna wrote:"), its lines joined. */
export function isIntroduction(joined: string): boolean {
  const bare = joined.replace(/^[\s*_-]+|[\s*_-]+$/g, '')
  if (!dated.test(bare)) return false
  if (/[:：]$/.test(bare)) {
    if (fromField.test(bare)) return false
    return (
      writing.test(bare.slice(-160)) ||
      (address.test(bare) && dateFirst.test(bare)) ||
      (writing.test(bare) && address.test(bare))
    )
  }
  // Old Gmail ends with the address, Zoho with dashes.
  if (dateFirst.test(bare) && /<[^<>\s]+@[^<>\s]+>$/.test(bare)) return true
  return /^on\s.*\bwrote$/i.test(bare)
}

/** A forward's or Outlook's header block, or the rule that announces it. */
function opensOldMessage(lines: string[], start: number): boolean {
  const line = lines[start]!
  if (originalMessage.test(line) || beginForward.test(line)) return true
  if (!fromField.test(line)) return false
  let fields = 0
  for (let i = start + 1; i < Math.min(lines.length, start + 8); i++) {
    const next = lines[i]!
    if (next.trim() === '') break
    if (next.length <= longestLine && anyField.test(next)) fields++
  }
  return fields >= 2
}

/** Where a signature that begins at `start` ends: at a quotation or the end; -1 when it is too long to be one. */
function signatureEnd(lines: string[], start: number): number {
  let count = 0
  for (let i = start + 1; i < lines.length; i++) {
    if (
      isMarked(lines[i]!) ||
      (lines[i]!.length <= longestLine && (introEnd(lines, i) !== -1 || opensOldMessage(lines, i)))
    )
      return i
    if (lines[i]!.trim() !== '' && ++count > longestSignature) return -1
  }
  return lines.length
}

/** Blank lines join the segment before them, so that folding leaves no holes. */
function smoothBlanks(lines: string[], kinds: TextSegment['kind'][]): void {
  for (let i = 1; i < lines.length; i++)
    if (lines[i]!.trim() === '' && kinds[i - 1] !== 'fresh') kinds[i] = kinds[i - 1]!
}
