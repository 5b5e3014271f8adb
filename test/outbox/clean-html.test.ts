import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanMailHtml, outgoingHtml } from '../../src/main/engine/outbox/clean-html.ts'
import { cpuTime } from '../support/cpu-time.ts'

const clean = (html: string): string => cleanMailHtml(html, { remoteImages: false })

describe('what leaves runs nothing, loads nothing by style and tracks nobody (faults 64, 65, 68)', () => {
  test.each([
    ['a script', '<p>a<script>alert(1)</script>b</p>'],
    ['a handler', '<p onclick="alert(1)" onmouseover=alert(1)>a</p>'],
    ['an image with a handler', '<img src=cid:x onerror=alert(1)>'],
    ['javascript: in a link', '<a href="javascript:alert(1)">a</a>'],
    ['javascript: with a tab and entities', '<a href="java&#9;script&colon;alert(1)">a</a>'],
    ['data: in a link', '<a href="data:text/html,<script>alert(1)</script>">a</a>'],
    ['file: and smb:', '<a href="file:///etc/passwd">a</a><a href="smb://evil/x">b</a>'],
    ['a frame', '<iframe src="https://evil.test"></iframe><object data="x"></object><embed src="x">'],
    ['a form', '<form action="https://evil.test"><input name=a><button>x</button></form>'],
    [
      'meta refresh and base',
      '<meta http-equiv=refresh content="0;url=https://evil.test"><base href="https://evil.test/">',
    ],
    [
      'a style sheet',
      '<style>@import "https://evil.test/x.css"; p { background: url(https://evil.test/p) }</style><p>a</p>',
    ],
    ['a link to a style sheet', '<link rel=stylesheet href="https://evil.test/x.css">'],
    ['url() in a style', '<p style="background: url(https://evil.test/p)">a</p>'],
    ['url() escaped', '<p style="background:u\\72l(https://evil.test/p);color:red">a</p>'],
    ['expression()', '<p style="width: expression(alert(1))">a</p>'],
    ['srcset', '<img src="cid:x" srcset="https://evil.test/a 2x">'],
    [
      'background of a table',
      '<table background="https://evil.test/p"><tr><td background="//evil.test/q">a</td></tr></table>',
    ],
    [
      'SVG and MathML',
      '<svg><image href="https://evil.test"/><script>alert(1)</script></svg><math><mi xlink:href="javascript:alert(1)">',
    ],
    ['a picture', '<picture><source srcset="https://evil.test/x"><img src="https://evil.test/y"></picture>'],
    ['a comment that closes oddly', '<!--><img src=x onerror=alert(1)>-->'],
    ['a conditional comment', '<!--[if gte mso 9]><script>alert(1)</script><![endif]-->'],
    ['a protocol-relative picture', '<img src="//evil.test/p.gif">'],
    ['a remote picture', '<img src="https://evil.test/p.gif" width=1 height=1>'],
    ['unclosed things', '<p><a href="https://ok.test"><script'],
    ['a noscript trick', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">'],
    ['a template', '<template><img src=x onerror=alert(1)></template>'],
  ])('%s', (_name, html) => {
    const out = clean(html)
    expect(out).not.toMatch(/<(?!\/?(?:p|a|img|table|tbody|tr|td|div|span|b|br)\b)[a-z!]/i)
    expect(out).not.toMatch(/\son\w+\s*=/i)
    expect(out).not.toMatch(/javascript:|vbscript:|data:|file:|smb:|expression|url\(|@import/i)
    expect(out.replace(/<a href="https:\/\/ok\.test">/g, '')).not.toMatch(/evil\.test|srcset|background=/i)
  })

  test('keeps what mail is made of', () => {
    const html =
      '<p style="color:#f00;text-align:center">A <b>bold</b> <a href="https://ok.test/?a=1&amp;b=2">link</a> and <a href="mailto:a@b.test">mail</a></p>' +
      '<ul><li>one</li></ul><blockquote type="cite">said</blockquote><img src="cid:pic@x" alt="A picture" width="10">'
    const out = clean(html)
    for (const part of [
      'color:#f00',
      '<b>bold</b>',
      'href="https://ok.test/?a=1&amp;b=2"',
      'mailto:a@b.test',
      '<li>one</li>',
      'type="cite"',
      'cid:pic@x',
    ])
      expect(out).toContain(part)
    // In a quotation, what the other side showed may stay on the web; the reader decides.
    expect(cleanMailHtml('<img src="https://x.test/a.png">', { remoteImages: true })).toContain(
      'https://x.test/a.png',
    )
  })

  test('classes and ids, by which others could be tracked or styled, do not leave', () => {
    expect(clean('<p class="gmail_quote" id="x" data-track="1">a</p>')).toBe('<p>a</p>')
  })

  test('whatever is put together, nothing of it stays', () => {
    const piece = fc.constantFrom(
      '<p>', '</p>', '<b>', '<a href="', '">', '<img src=', 'javascript:', '<!--', '-->', '<style>', '</style>',
      '<svg>', '&lt;', '&#x3c;', '<script>', '"', "'", '=', ' onerror=', 'x', '\u0000', '<![CDATA[', ']]>', '<td>', 'style="',
    ) // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const out = clean(pieces.join(''))
        for (const html of [out, clean(out), clean(out + out)]) {
          expect(html).not.toMatch(/<script|<style|<svg|<!--/i)
          expect(html.replace(/="[^"]*"/g, '=""')).not.toMatch(/<[^>]*\son\w+\s*=/i)
          // In a tag: as text it is what somebody wrote.
          expect(html).not.toMatch(/<\w+(?:\s+[\w-]+(?:="[^"]*")?)*\s+(?:href|src)="javascript:/i)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('outgoingHtml', () => {
  test('writes the styles into the elements and leaves no style sheet', () => {
    const html = outgoingHtml('<p>Hi</p><blockquote><p>x</p></blockquote>', '').html
    expect(html).toMatch(/<p style="[^"]*margin/)
    expect(html).not.toContain('<style')
  })

  test('a quotation cannot style or close what stands above it', () => {
    const { html } = outgoingHtml(
      '<p>Mine</p>',
      '</div></div><style>p { display: none }</style><p>Theirs</p>',
    )
    expect(html.indexOf('Mine')).toBeLessThan(html.indexOf('Theirs'))
    expect(html).not.toContain('display: none')
    expect(html.match(/<div/g)?.length).toBe(html.match(/<\/div>/g)?.length)
  })

  test('a large quotation takes no time that anybody would notice', () => {
    const quoted = '<div><p style="color:red">Some text that was said before.</p></div>'.repeat(10_000)
    const began = cpuTime()
    expect(outgoingHtml('<p>Short</p>', quoted).html.length).toBeGreaterThan(100_000)
    expect(cpuTime() - began).toBeLessThan(3000)
  })

  test('deep nesting does not break it', () => {
    expect(outgoingHtml(`${'<div>'.repeat(5000)}deep`, '').html).toContain('deep')
  })

  test('lets through what the editor writes, and of its attributes and styles nothing else', () => {
    const own =
      '<p style="text-align:center">a <span style="color:#b3261e;background-color:#fff2a8;font-family:Georgia, serif;font-size:18px">b</span></p>' +
      '<ol start="3"><li>c</li></ol><table><tbody><tr><th colspan="2" width="90" style="background-color:#d3f2dc;text-align:right">d</th></tr></tbody></table>' +
      '<p><img src="cid:x@y" alt="e" width="20"></p>'
    const { html } = outgoingHtml(own, '')
    for (const part of [
      'text-align: center',
      'color: #b3261e; background-color: #fff2a8; font-family: Georgia, serif; font-size: 18px',
      '<ol start="3"',
      '<th colspan="2" width="90"',
      'bgcolor="#d3f2dc"',
      'align="right"',
      '<table border="0" cellpadding="0" cellspacing="0"',
      '<img src="cid:x@y" alt="e" width="20"',
    ])
      expect(html).toContain(part)

    const foreign = outgoingHtml(
      '<p style="position:fixed;color:red;font-size:400px">a<span style="color:red;font-size:400px;font-family:x;letter-spacing:9px;background-color:rgb(1,2,3)" title="t" dir="rtl">b</span></p>' +
        '<table background="x" width="100%" border="9" align="left"><tr><td width="20%" height="9" nowrap style="border:9px solid #000000;width:9px">c</td></tr></table>' +
        '<img src="cid:x" width="999999" height="1" title="t" style="float:left"><font color="red" size="7">d</font><center>e</center><h4 align="center">f</h4>',
      '',
    ).html
    expect(foreign).not.toMatch(
      /position|400px|letter-spacing|rgb\(|title=|dir=|background="x"|width="100|9px solid #000|width: ?9px|height="|nowrap|999999|float|<font|<center|border="9"/,
    )
    expect(foreign.replace(/style="[^"]*"/g, '')).not.toMatch(/red/)
  })

  test('a signature is added as it is, and so is a quotation', () => {
    const signature = '<p>Ada</p><table><tr><td>Acme</td></tr></table>'
    const quoted = '<blockquote type="cite"><p>Said</p></blockquote>'
    const { html } = outgoingHtml('<p>Mine $& $1</p>', quoted, signature, 'Georgia')
    expect(html).toMatch(/^<div style="font: 14px\/1\.45 Georgia, serif"/)
    expect(html).toContain('Mine $&amp; $1')
    expect(html.endsWith(`<div>${signature}</div></div>${quoted}`)).toBe(true)
  })

  test('the name of a font cannot end the style that it stands in', () => {
    const { html } = outgoingHtml('<p>a</p>', '', '', 'x"; background: url(https://evil.test/a)"><script>')
    expect(html.split('"')[1]).toMatch(/^font: 14px\/1\.45 [\w ,-]+$/)
    expect(html).not.toContain('<script')
  })
})
