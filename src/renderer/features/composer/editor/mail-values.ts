/** What a style of a mail may hold. Everything else, from wherever it came, is no value. */

/** Names that office programs and old HTML write; every other colour comes as numbers. */
const NAMED: Record<string, string> = {
  aqua: '#00ffff',
  black: '#000000',
  blue: '#0000ff',
  brown: '#a52a2a',
  cyan: '#00ffff',
  darkblue: '#00008b',
  darkgreen: '#006400',
  darkred: '#8b0000',
  fuchsia: '#ff00ff',
  gold: '#ffd700',
  gray: '#808080',
  green: '#008000',
  grey: '#808080',
  lightblue: '#add8e6',
  lightgray: '#d3d3d3',
  lightgreen: '#90ee90',
  lightgrey: '#d3d3d3',
  lightyellow: '#ffffe0',
  lime: '#00ff00',
  magenta: '#ff00ff',
  maroon: '#800000',
  navy: '#000080',
  olive: '#808000',
  orange: '#ffa500',
  pink: '#ffc0cb',
  purple: '#800080',
  red: '#ff0000',
  silver: '#c0c0c0',
  teal: '#008080',
  violet: '#ee82ee',
  white: '#ffffff',
  yellow: '#ffff00',
}

const hex = (channel: number) =>
  Math.min(255, Math.max(0, Math.round(channel)))
    .toString(16)
    .padStart(2, '0')

/**
 * A colour as `#rrggbb`, which every mail client reads; what is half transparent is laid on white. Null for what is no
 * colour or cannot be seen.
 */
export function colourOf(value: string | null | undefined): string | null {
  const text = (value ?? '').trim().toLowerCase()
  const named = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined
  if (named !== undefined) return named
  if (/^#[0-9a-f]{6}$/.test(text)) return text
  if (/^#[0-9a-f]{3}$/.test(text)) return `#${[...text.slice(1)].map((digit) => digit + digit).join('')}`
  const match =
    /^rgba?\(\s*([\d.]{1,8})[\s,]+([\d.]{1,8})[\s,]+([\d.]{1,8})(?:\s*[,/]\s*([\d.]{1,8})(%?))?\s*\)$/.exec(
      text,
    )
  if (!match) return null
  const alpha = match[4] === undefined ? 1 : Number(match[4]) / (match[5] === '%' ? 100 : 1)
  const channels = match.slice(1, 4).map(Number)
  if (channels.some(Number.isNaN) || !(alpha > 0)) return null
  const over = Math.min(alpha, 1)
  return `#${channels.map((channel) => hex(channel * over + 255 * (1 - over))).join('')}`
}

const channelsOf = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))

/** Whether a colour (`#rrggbb`) says something by itself; black, white and grey are how pages happen to look. */
export function isTelling(colour: string): boolean {
  const channels = channelsOf(colour)
  return Math.max(...channels) - Math.min(...channels) > 48
}

/** Generic families, which end a list of fonts and are none themselves. */
const GENERIC = new Set([
  'serif',
  'sans-serif',
  'monospace',
  'cursive',
  'fantasy',
  'system-ui',
  'inherit',
  'initial',
])

/** The first named family of a CSS list of fonts; null for none. */
export function fontOf(value: string | null | undefined): string | null {
  const [first = ''] = (value ?? '').split(',')
  const name = first.replace(/["']/g, '').trim()
  return /^[\p{L}\p{N}][\p{L}\p{N} -]{0,59}$/u.test(name) && !GENERIC.has(name.toLowerCase()) ? name : null
}

/** Whole pixels of a CSS size in px or pt; null for what is none or could not be read. */
export function sizeOf(value: string | null | undefined): number | null {
  const match = /^\s*(\d{1,4}(?:\.\d{1,6})?)\s*(px|pt)\s*$/i.exec(value ?? '')
  if (!match) return null
  const pixels = Math.round(Number(match[1]) * (match[2]?.toLowerCase() === 'pt' ? 4 / 3 : 1))
  return pixels >= 8 && pixels <= 96 ? pixels : null
}

export type Alignment = 'left' | 'center' | 'right' | 'justify'
export const ALIGNMENTS: readonly Alignment[] = ['left', 'center', 'right', 'justify']

export function alignmentOf(value: string | null | undefined): Alignment | null {
  const text = (value ?? '').trim().toLowerCase()
  return ALIGNMENTS.find((alignment) => alignment === text) ?? null
}

/** Whole pixels of a width attribute or style; null for what is relative or absurd. */
export function widthOf(value: string | null | undefined): number | null {
  const match = /^\s*(\d{1,5}(?:\.\d{1,6})?)\s*(px|pt)?\s*$/i.exec(value ?? '')
  if (!match) return null
  const pixels = Math.round(Number(match[1]) * (match[2]?.toLowerCase() === 'pt' ? 4 / 3 : 1))
  return pixels >= 1 && pixels <= 4000 ? pixels : null
}
