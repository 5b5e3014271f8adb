/** Reads when somebody is back from what vacation programs write. Bounded: only the beginning of a note is looked at. */

const REACH = 4_000
const DAY_MS = 24 * 60 * 60 * 1000

const AWAY =
  /out of (?:the )?office|\booo\b|on (?:vacation|holiday|leave|annual leave|a business trip|parental leave|maternity leave)|away from (?:my|the) (?:desk|office|e-?mail)|(?:am|be|currently) (?:away|unavailable|travel+ing)|abwesen|nicht im (?:büro|haus)|im urlaub|außer haus|elternzeit|absent|en congés?|en vacances|hors du bureau|fuera de (?:la )?oficina|vacaciones|ausente|fuori (?:sede|ufficio)|in ferie|assente|poza biurem|na urlopie|nieobecn|afwezig|niet aanwezig|vakantie|férias|ausência|ledig|semester|frånvar|fravær|på ferie|poissa|lomalla|mimo kancelář|dovolen|отпуск|отсутств|不在|休暇|休假|外出/i

/** True where a note says that somebody is away, and not only that a machine took note of the mail. */
export const saysAway = (subject: string, text: string): boolean =>
  AWAY.test(subject.slice(0, 500)) || AWAY.test(text.slice(0, REACH))

const MONTHS = [
  ['jan', 'gen', 'ene', 'sty', 'янв'],
  ['feb', 'fév', 'fev', 'lut', 'фев'],
  ['mar', 'mär', 'maa', 'mrz', 'мар'],
  ['apr', 'avr', 'abr', 'kwi', 'апр'],
  ['may', 'mai', 'mag', 'mei', 'maj', 'мая', 'май'],
  ['jun', 'juin', 'giu', 'cze', 'июн'],
  ['jul', 'juil', 'lug', 'lip', 'июл'],
  ['aug', 'aoû', 'aou', 'ago', 'sie', 'авг'],
  ['sep', 'set', 'wrz', 'сен'],
  ['oct', 'okt', 'ott', 'out', 'paź', 'окт'],
  ['nov', 'lis', 'ноя'],
  ['dec', 'dez', 'déc', 'dic', 'gru', 'дек'],
]

const month = (word: string): number => {
  const lower = word.toLowerCase()
  // "juin" and "juil" differ only in their fourth letter.
  if (lower.startsWith('juil')) return 6
  return MONTHS.findIndex((starts) => starts.some((start) => lower.startsWith(start)))
}

/** The last day of it. */
const UNTIL =
  /(?<![\p{L}\p{N}])(?:until|through|thru|till?|up to|bis(?: einschließlich| einschl\.?| inkl\.?)?(?: zum| einschließlich)?|jusqu['’]au|hasta(?: el)?|fino al?|sino al?|al|tot(?: en met)?|t\/m|até(?: o)?|do(?: dnia)?|till? och med|t\.?o\.?m\.?|til(?: og med)?|по|до)\s{1,3}/giu
/** The day on which somebody is back: the one before is the last of it. */
const BACK =
  /(?<![\p{L}\p{N}])(?:back(?: in (?:the )?office)?(?: on)?|return(?:ing)?(?: to (?:the )?office)?(?: on)?|ab(?: dem)?|wieder (?:am|ab(?: dem)?|zurück am)|de retour le|à partir du|vuelvo el|regreso el|a partir del?|rientro il|torno il|dal|wracam|od(?: dnia)?|terug op|weer aanwezig op|volto(?: no)?(?: dia)?)\s{1,3}/giu
const WEEKDAY = /^(?:\p{L}{2,12}(?:-feira)?(?:,|\s+(?:the|den|dem|le|el|il|dnia))?\.?,?\s+){0,2}/u

/**
 * The last day of an absence.
 * @param at  when the note was written, in ms: a day without a year is the next such day
 * @returns   "2025-12-05", or null where the note does not say it in a way that means one day only
 */
export function lastDayOf(text: string, at: number): string | null {
  const start = text.slice(0, REACH)
  return find(start, UNTIL, at, 0) ?? find(start, BACK, at, -1)
}

function find(text: string, opening: RegExp, at: number, shift: number): string | null {
  let tried = 0
  for (const match of text.matchAll(opening)) {
    if (++tried > 20) return null
    const day = dayIn(text.slice(match.index + match[0].length, match.index + match[0].length + 60), at)
    if (day === null) continue
    const moved = day + shift * DAY_MS
    // Older, or more than a year ahead: a date of something else.
    if (moved < at - 2 * DAY_MS || moved > at + 400 * DAY_MS) continue
    return new Date(moved).toISOString().slice(0, 10)
  }
  return null
}

/** Midnight UTC of the day that a text begins with. */
function dayIn(text: string, at: number): number | null {
  const rest = text.replace(/^\s+/, '')
  return (
    numbersIn(rest, at) ??
    wordsIn(rest, at) ??
    wordsIn(rest.replace(WEEKDAY, ''), at) ??
    numbersIn(rest.replace(WEEKDAY, ''), at)
  )
}

function numbersIn(text: string, at: number): number | null {
  const iso = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})/.exec(text)
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]))
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})(?!\d))?/.exec(text)
  if (dotted) return withYear(dotted[3], Number(dotted[2]) - 1, Number(dotted[1]), at)
  const slashed = /^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2})(?!\d))?/.exec(text)
  if (!slashed) return null
  const [first, second] = [Number(slashed[1]), Number(slashed[2])]
  // 05/12 is in May or in December, depending on who writes: said by neither.
  if (first !== second && first <= 12 && second <= 12) return null
  const [day, monthNumber] = second > 12 ? [second, first] : [first, second]
  return withYear(slashed[3], monthNumber - 1, day, at)
}

function wordsIn(text: string, at: number): number | null {
  const dayFirst =
    /^(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?\s{1,3}(?:of\s+|de\s+)?(\p{L}{3,12})\.?,?(?:\s{1,3}(?:de\s+)?(\d{4}))?/u.exec(
      text,
    )
  if (dayFirst) {
    const index = month(dayFirst[2]!)
    if (index !== -1) return withYear(dayFirst[3], index, Number(dayFirst[1]), at)
  }
  const monthFirst = /^(\p{L}{3,12})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?(?:,?\s{1,3}(\d{4}))?/u.exec(text)
  if (!monthFirst) return null
  const index = month(monthFirst[1]!)
  return index === -1 ? null : withYear(monthFirst[3], index, Number(monthFirst[2]), at)
}

function withYear(year: string | undefined, monthIndex: number, day: number, at: number): number | null {
  if (year !== undefined) return dayOf(Number(year) + (year.length === 2 ? 2000 : 0), monthIndex, day)
  const now = new Date(at).getUTCFullYear()
  const here = dayOf(now, monthIndex, day)
  return here !== null && here < at - 2 * DAY_MS ? dayOf(now + 1, monthIndex, day) : here
}

function dayOf(year: number, monthIndex: number, day: number): number | null {
  const time = Date.UTC(year, monthIndex, day)
  const date = new Date(time)
  return date.getUTCMonth() === monthIndex && date.getUTCDate() === day ? time : null
}
