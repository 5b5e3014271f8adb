import { createRequire } from 'node:module'
import type { default as MarkdownItClass, MarkdownIt } from 'markdown-it'
import { DomainError } from '../../lib/domain-error.ts'
import { cleanMailHtml } from '../clean-html.ts'

let made: MarkdownIt | undefined

/** Read from disk when the first article is shown. */
function markdownIt(): MarkdownIt {
  if (made) return made
  const Reader = createRequire(import.meta.url)('markdown-it') as typeof MarkdownItClass
  // HTML within it is text.
  made = new Reader('default', { html: false, linkify: true, typographer: false, maxNesting: 40 })
  return made
}

/** Longer than any article's HTML. */
const LONGEST = 1_000_000

/**
 * Markdown (CommonMark, with tables and struck text) as clean mail HTML; without its pictures, which would tell the server
 * that they lie on who reads the mail.
 * @throws DomainError BAD_INPUT where it becomes more than a mail can hold
 */
export function fromMarkdown(text: string): string {
  const html = markdownIt().render(text)
  if (html.length > LONGEST)
    throw new DomainError('BAD_INPUT', 'It becomes more than a mail can hold. Make it shorter.', {
      field: 'content',
    })
  return cleanMailHtml(html, { remoteImages: false }).trim()
}
