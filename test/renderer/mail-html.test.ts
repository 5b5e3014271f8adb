import type { JSONContent } from '@tiptap/core'
import { describe, expect, it } from 'vitest'
import { getSchema } from '@tiptap/core'
import { mailExtensions } from '@/features/composer/editor/mail-extensions.ts'
import {
  documentToMailHtml as write,
  hrefFromInput,
  mailHtmlToEditor,
  safeHref,
  usedContentIds,
} from '@/features/composer/mail-html.ts'

const schema = getSchema(mailExtensions())
const documentToMailHtml = (json: JSONContent): string => write(schema.nodeFromJSON(json))
const doc = (...content: JSONContent[]): JSONContent => ({ type: 'doc', content })
const p = (...content: JSONContent[]): JSONContent => ({ type: 'paragraph', content })
const text = (
  value: string,
  ...marks: (string | { type: string; attrs: Record<string, unknown> })[]
): JSONContent => ({
  type: 'text',
  text: value,
  marks: marks.map((mark) => (typeof mark === 'string' ? { type: mark } : mark)),
})
const link = (href: string) => ({ type: 'link', attrs: { href, class: 'x', target: '_blank' } })
const br: JSONContent = { type: 'hardBreak' }

describe('documentToMailHtml', () => {
  it('is empty for an empty document', () => expect(documentToMailHtml(doc(p(), p()))).toBe(''))

  it('escapes what was typed', () => {
    expect(documentToMailHtml(doc(p(text('<script>alert("1")</script> & co'))))).toBe(
      '<p>&lt;script&gt;alert("1")&lt;/script&gt; &amp; co</p>',
    )
  })

  it('writes marks as plain elements and joins neighbours', () => {
    const html = documentToMailHtml(
      doc(
        p(
          text('see '),
          text('our ', link('https://a.test/?a=1&b="2"')),
          text('site', 'bold', link('https://a.test/?a=1&b="2"')),
          text(' now', 'bold', 'italic'),
        ),
      ),
    )
    expect(html).toBe(
      '<p>see <a href="https://a.test/?a=1&amp;b=&quot;2&quot;">our <strong>site</strong></a><em><strong> now</strong></em></p>',
    )
  })

  it('drops a link that must not be opened and keeps its text', () => {
    expect(documentToMailHtml(doc(p(text('x', link('javascript:alert(1)')))))).toBe('<p>x</p>')
  })

  it('keeps empty lines, line ends and runs of spaces', () => {
    expect(documentToMailHtml(doc(p(text('a  b')), p(), p(text('c'), br)))).toBe(
      '<p>a \u00a0b</p><p><br></p><p>c<br><br></p>',
    )
  })

  it('writes lists, quotes, code, headings', () => {
    const li = (...content: JSONContent[]): JSONContent => ({ type: 'listItem', content })
    expect(
      documentToMailHtml(
        doc(
          { type: 'heading', attrs: { level: 2 }, content: [text('H')] },
          {
            type: 'bulletList',
            content: [
              li(p(text('one')), { type: 'orderedList', attrs: { start: 3 }, content: [li(p(text('x')))] }),
            ],
          },
          { type: 'blockquote', content: [p(text('q'))] },
          { type: 'codeBlock', content: [text('a  <b>\nc')] },
          { type: 'horizontalRule' },
        ),
      ),
    ).toBe(
      '<h2>H</h2><ul><li>one<ol start="3"><li>x</li></ol></li></ul><blockquote><p>q</p></blockquote><pre>a  &lt;b&gt;\nc</pre><hr>',
    )
  })

  it('writes images by content id, and none that is still on its way', () => {
    const html = documentToMailHtml(
      doc(
        p(
          { type: 'image', attrs: { cid: 'a@b', alt: '"x"', width: 200 } },
          { type: 'image', attrs: { pending: 'blob:1' } },
        ),
      ),
    )
    expect(html).toBe('<p><img src="cid:a@b" alt="&quot;x&quot;" width="200"></p>')
    expect([...usedContentIds(html)]).toEqual(['a@b'])
  })

  it('never writes a class, a style or a handler', () => {
    const evil = { class: 'c', style: 'x', onclick: 'y' }
    const html = documentToMailHtml(
      doc({ ...p(text('t')), attrs: evil }, p({ type: 'image', attrs: { ...evil, cid: 'c' } })),
    )
    expect(html).not.toMatch(/class|style|onclick/)
  })
})

describe('mailHtmlToEditor', () => {
  it('takes off what documentToMailHtml added at the end of blocks, and nothing else', () => {
    expect(mailHtmlToEditor('<p><br></p><p>a<br>b</p><p>c<br><br></p><ul><li><br></li></ul>')).toBe(
      '<p></p><p>a<br>b</p><p>c<br></p><ul><li></li></ul>',
    )
  })
})

describe('links', () => {
  it.each([
    ['https://a.test/x', 'https://a.test/x'],
    ['example.com', 'https://example.com'],
    ['example.com:8080/a', 'https://example.com:8080/a'],
    ['ada@acme.test', 'mailto:ada@acme.test'],
    ['mailto:ada@acme.test', 'mailto:ada@acme.test'],
    ['tel:+49 30 1', 'tel:+49 30 1'],
    ['javascript:alert(1)', null],
    ['file:///etc/passwd', null],
    ['data:text/html,x', null],
    ['two words', null],
    ['', null],
    ['word', null],
    [' https://a.test ', 'https://a.test'],
  ])('%j becomes %j', (input, href) => expect(hrefFromInput(input)).toBe(href))

  it('refuses control characters', () => expect(safeHref('java\nscript:alert(1)')).toBeNull())
})
