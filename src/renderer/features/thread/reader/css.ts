/** Decides about a picture's address: what to load instead, or null to load nothing. */
export type PictureRule = (url: string) => string | null

export type CleanCss = {
  css: string
  /** True when it sets colours or backgrounds of its own. */
  colours: boolean
}

const MAX_RULES = 3_000
const MAX_SHEET = 500_000

/** Nothing in such a text can load, reach out of its box, or depend on the height of the window. */
const HARMLESS = /^(?:[^\\@<>(/]|\/(?!\*)|(?<=\b(?:rgb|rgba|hsl|hsla))\()*$/i
const NEEDS_CARE = /--|fixed|sticky|image|content|\d[sdl]?v(?:h|b|min|max)\b/i
const COLOURS = /(?:^|[^-\w])(?:background(?:-color|-image)?|color)\s*:/i

const FUNCTIONS = new Set(
  (
    'rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix calc min max clamp url counter rect inset circle ' +
    'ellipse polygon linear-gradient radial-gradient conic-gradient repeating-linear-gradient ' +
    'repeating-radial-gradient translate translatex translatey rotate scale matrix cubic-bezier steps'
  ).split(' '),
)

let scratch: CSSStyleDeclaration | null = null
/** An element of a document that is shown nowhere: its styles are parsed, and nothing of them is loaded. */
const scratchStyle = (): CSSStyleDeclaration => {
  scratch ??= document.implementation.createHTMLDocument('').createElement('div').style
  return scratch
}

/**
 * Cleans the text of a `style` attribute (hostile).
 * @returns what may be kept; empty when nothing may.
 */
export const cleanStyleAttribute = (text: string, picture: PictureRule): CleanCss => {
  if (text.length > 20_000) return { css: '', colours: false }
  if (HARMLESS.test(text) && !NEEDS_CARE.test(text)) return { css: text, colours: COLOURS.test(text) }
  const style = scratchStyle()
  style.cssText = text
  const clean = cleanDeclarations(style, picture)
  style.cssText = ''
  return clean
}

/** Cleans a style sheet (hostile): style rules and media queries stay, imports, fonts and animations go. */
export const cleanStyleSheet = (text: string, picture: PictureRule): CleanCss => {
  if (text.length > MAX_SHEET) return { css: '', colours: false }
  // A constructed sheet parses without loading anything and ignores @import (CSSOM 6.1.2), with a warning
  // in the console for each that is spelt plainly.
  const sheet = new CSSStyleSheet()
  try {
    sheet.replaceSync(stripHtmlComment(text).replace(/@import\b[^;{}]*;?/gi, ''))
  } catch {
    return { css: '', colours: false }
  }
  const state = { left: MAX_RULES, colours: false }
  return { css: cleanRules(sheet.cssRules, picture, state), colours: state.colours }
}

/** Old mails hide their styles from older readers in `<!-- -->`. */
const stripHtmlComment = (text: string) => text.replace(/^\s*<!--/, '').replace(/-->\s*$/, '')

const cleanRules = (
  rules: CSSRuleList,
  picture: PictureRule,
  state: { left: number; colours: boolean },
): string => {
  const kept: string[] = []
  for (const rule of rules) {
    if (state.left <= 0) break
    state.left -= 1
    if (rule instanceof CSSStyleRule) {
      // `:has()` over a large mail costs seconds; a backslash could spell anything.
      if (/:has\(|\\/.test(rule.selectorText) || rule.selectorText.length > 2_000) continue
      const clean = cleanDeclarations(rule.style, picture)
      state.colours ||= clean.colours
      if (clean.css) kept.push(`${rule.selectorText} { ${clean.css} }`)
    } else if (rule instanceof CSSMediaRule) {
      // The system's colour scheme is not the one that Anteroom shows.
      if (/prefers-color-scheme|\\/.test(rule.conditionText)) continue
      const inner = cleanRules(rule.cssRules, picture, state)
      if (inner) kept.push(`@media ${rule.conditionText} {\n${inner}\n}`)
    }
  }
  return kept.join('\n')
}

const cleanDeclarations = (style: CSSStyleDeclaration, picture: PictureRule): CleanCss => {
  const kept: string[] = []
  let colours = false
  for (let index = 0; index < style.length; index += 1) {
    const property = style.item(index)
    const value = cleanValue(property, style.getPropertyValue(property), picture)
    if (value === null) continue
    if (
      /^(?:color|background-color|background-image)$/.test(property) &&
      !/^(?:initial|inherit|transparent|none|currentcolor)$/i.test(value)
    ) {
      colours = true
    }
    kept.push(
      `${property}: ${value}${style.getPropertyPriority(property) === 'important' ? ' !important' : ''};`,
    )
  }
  return { css: kept.join(' '), colours }
}

const cleanValue = (property: string, value: string, picture: PictureRule): string | null => {
  // Custom properties and what uses them keep their text unparsed, escapes included.
  if (value === '' || property.startsWith('--') || value.includes('\\')) return null
  // A fixed box covers the mail; the height of the window depends on the mail's own height here.
  if (property === 'position' && /fixed|sticky/.test(value)) return null
  if (/\d[sdl]?v(?:h|b|min|max)\b/i.test(value)) return null
  for (const match of value.matchAll(/([a-z-]+)\(/gi)) {
    if (!FUNCTIONS.has((match[1] ?? '').toLowerCase())) return null
  }
  if (!/url\(/i.test(value)) return value
  if (property !== 'background-image' && property !== 'list-style-image') return null
  let refused = false
  const replaced = value.replace(
    /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*))\s*\)/gi,
    (_all, ...parts: unknown[]) => {
      const [double, single, bare] = parts as (string | undefined)[]
      const url = picture((double ?? single ?? bare ?? '').trim())
      if (url === null || /["\\\n]/.test(url)) refused = true
      return `url("${url ?? ''}")`
    },
  )
  return refused ? null : replaced
}
