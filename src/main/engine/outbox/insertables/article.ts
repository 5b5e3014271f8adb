import { fromMarkdown } from './markdown.ts'
import { insertedHtml, insertedLink } from './link.ts'
import type { Insertable } from './registry.ts'

/** What one tells several people: Markdown, and where it can be read on the web, if anywhere. */
export const article: Insertable = {
  kind: 'article',
  ways: ({ url }) => (url === '' ? ['text'] : ['text', 'link']),
  check: ({ content }) => void fromMarkdown(content),
  insert: (item, { way }) => (way === 'link' ? insertedLink(item) : insertedHtml(fromMarkdown(item.content))),
}
