import { createRequire } from 'node:module'
import type * as LiquidJs from 'liquidjs'
import { DomainError } from '../../lib/domain-error.ts'
import { cleanMailHtml } from '../clean-html.ts'
import { FILTERS, type Unfilled } from './filters.ts'

/**
 * Texts with Liquid in them. Whoever shares one is not trusted (fault 68): few tags and filters, no files, a limit on
 * time and memory, and what comes out is cleaned like any HTML. Neither is what a token stands for, which may be the name
 * that a stranger gave themselves: it is text, whatever is in it.
 */

/** What tokens stand for, by group and key; empty where nothing is known. */
export type TokenValues = Readonly<Record<string, Readonly<Record<string, string>>>>

export type Filled = {
  subject: string
  /** Clean; with `CURSOR` at most once. */
  html: string
  /** Tokens without a value, which stand in the text as `{{ … }}`. */
  unfilled: string[]
}

/** Where the cursor belongs after inserting: of the private use area, so that no text has it. */
export const CURSOR = '\uE000'

const TAGS = ['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'comment']
/** Characters of a text, steps of memory as liquidjs counts them, ms, characters of what comes out. */
const LIMITS = { parseLimit: 110_000, memoryLimit: 50_000, renderLimit: 250, output: 500_000 }

type Runtime = { liquid: LiquidJs.Liquid; unfilled: (token: string) => Unfilled }
let runtime: Runtime | undefined

/** Read from disk when the first one is filled in: the first screen does without it. */
function getRuntime(): Runtime {
  if (runtime) return runtime
  const { Liquid, Drop } = createRequire(import.meta.url)('liquidjs') as typeof LiquidJs
  class UnfilledDrop extends Drop {
    readonly unfilledToken: string
    constructor(token: string) {
      super()
      this.unfilledToken = token
    }
    /** In conditions it is nothing. */
    override valueOf(): null {
      return null
    }
  }
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    // No file is ever read: the tags that would are not there either.
    templates: {},
    cache: false,
    parseLimit: LIMITS.parseLimit,
    memoryLimit: LIMITS.memoryLimit,
    renderLimit: LIMITS.renderLimit,
    outputEscape: (value: unknown) => printed(value),
  })
  for (const name of Object.keys(liquid.tags)) if (!TAGS.includes(name)) delete liquid.tags[name]
  for (const name of Object.keys(liquid.filters)) delete liquid.filters[name]
  for (const [name, filter] of Object.entries(FILTERS)) liquid.registerFilter(name, filter)
  runtime = { liquid, unfilled: (token) => new UnfilledDrop(token) }
  return runtime
}

/** What is being filled in: rendering is synchronous, so there is one at a time. */
let current: { escape: (text: string) => string; unfilled: Set<string>; size: number } | null = null

function printed(value: unknown): string {
  if (!current || value === null || value === undefined) return ''
  if (typeof value === 'object' && 'unfilledToken' in value) {
    const token = String(value.unfilledToken)
    current.unfilled.add(token)
    return `{{ ${token} }}`
  }
  if (typeof value === 'object' || typeof value === 'function') return ''
  const text = String(value as string | number | boolean)
  current.size += text.length
  if (current.size > LIMITS.output) throw new Error('output limit exceeded')
  return current.escape(text)
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`).replace(/\n/g, '<br>')

/** A subject is one line (fault 27). */
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')

/** Nothing in a value is a token, or the place of the cursor. */
const plainValue = (text: string): string => text.replaceAll(CURSOR, '').replace(/\{(?=[{%])/g, '{ ')

function scopeOf(values: TokenValues, { unfilled }: Runtime): Record<string, unknown> {
  const scope: Record<string, unknown> = { cursor: CURSOR }
  for (const [group, own] of Object.entries(values)) {
    const entries = Object.entries(own).map(([key, value]) => [
      key,
      value === '' ? unfilled(`${group}.${key}`) : plainValue(value),
    ])
    scope[group] = Object.fromEntries(entries)
  }
  return scope
}

/**
 * Fills in a subject and a text.
 * @throws DomainError BAD_INPUT with the field at fault, in words for who wrote it
 */
export function fill(text: { subject: string; content: string }, values: TokenValues): Filled {
  const unfilled = new Set<string>()
  const subject = render('subject', text.subject, values, unfilled, oneLine)
  const html = render('content', liquidOf(text.content), values, unfilled, escapeHtml)
  const clean = cleanMailHtml(html, { remoteImages: false })
  return {
    subject: oneLine(subject).replaceAll(CURSOR, '').replace(/\s+/g, ' ').trim(),
    html: onlyFirst(clean, CURSOR),
    unfilled: [...unfilled],
  }
}

function onlyFirst(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? text : text.slice(0, at + 1) + text.slice(at + 1).replaceAll(mark, '')
}

function render(
  field: 'subject' | 'content',
  source: string,
  values: TokenValues,
  unfilled: Set<string>,
  escape: (text: string) => string,
): string {
  if (!source.includes('{{') && !source.includes('{%')) return source
  const own = getRuntime()
  current = { escape, unfilled, size: 0 }
  try {
    const text = String(own.liquid.parseAndRenderSync(source, scopeOf(values, own)))
    if (text.length > LIMITS.output) throw new Error('output limit exceeded')
    return text
  } catch (error) {
    throw new DomainError('BAD_INPUT', wordsFor(error), { field }, { cause: error })
  } finally {
    current = null
  }
}

/** What is wrong with a text, in words for who wrote it. */
function wordsFor(error: unknown): string {
  const origin = (error as { originalError?: Error } | null)?.originalError ?? (error as Error)
  const message = String(origin.message ?? error).split('\n')[0] ?? ''
  const name = /["“]?([^"”:,]+)["”]?(?: not found)?(?:, line.*)?$/.exec(message.replace(/^[^:]*: /, ''))?.[1]
  if (/limit exceeded|Maximum call stack|Invalid string length/i.test(message))
    return 'It does too much: a loop or a text in it grows beyond what a mail can hold. Make it smaller.'
  if (/undefined variable/.test(message))
    return `There is no token "${name}". Choose one from "Insert a token", like {{ contact.first_name }}.`
  if (/undefined filter/.test(message))
    return `There is no filter "${name}". There are: ${Object.keys(FILTERS).join(', ')}.`
  if (/^tag "(.*?)" not found/.test(message))
    return `There is no tag "${/^tag "(.*?)"/.exec(message)?.[1]}". There are: ${TAGS.join(', ')}.`
  return `Its tokens cannot be read: ${message.replace(/, file:.*$/, '')}. A token looks like {{ contact.first_name }}.`
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" }

/**
 * HTML that the editor wrote as Liquid: within `{{ }}` and `{% %}` there are no elements, and characters are
 * themselves. A line that holds only tags is no line of the mail.
 */
function liquidOf(html: string): string {
  let out = ''
  let at = 0
  const missing = new Set<string>()
  for (let open = html.indexOf('{'); open >= 0; open = html.indexOf('{', Math.max(open + 1, at))) {
    const end = html[open + 1] === '{' ? '}}' : html[open + 1] === '%' ? '%}' : null
    if (end === null || missing.has(end)) continue
    const close = html.indexOf(end, open + 2)
    if (close < 0) {
      // Looked for once: a text of nothing but beginnings must not cost its square.
      missing.add(end)
      continue
    }
    out += html.slice(at, open) + plainCode(html.slice(open, close + 2))
    at = close + 2
  }
  return (out + html.slice(at)).replace(/<p>\s*((?:\{%[^%]*%\}\s*)+)(?:<br>)?<\/p>/g, '$1')
}

const plainCode = (code: string): string =>
  code
    .replace(/<[^<>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? ' ')
    .replaceAll('\u00a0', ' ')
