import { CODE_EDITOR, EXCEL, GOOGLE_DOCS, GOOGLE_SHEETS, LIBRE_OFFICE, WEB_PAGE, WORD } from './clipboards.ts'

/** One mail as it is made in the editor: opened with `html`, then `paste`, then `keys` and `type`. */
export type MadeMail = {
  name: string
  html?: string
  /** Commands of the editor, in turn. */
  run?: readonly [name: string, ...rest: unknown[]][]
  paste?: string
  type?: string
  keys?: readonly string[]
  /** A picture is pasted as a file. */
  picture?: boolean
  quoted?: string
  signature?: string
  font?: string
  files?: readonly string[]
  /** What the written HTML holds. */
  has?: RegExp
}

/** Without letters that fonts join: an editor does not join them, so that the cursor can stand between. */
const LOREM =
  'The parcel left our house on Monday and ought to have reached you by now; the carrier says that it lies in its depot, where it waits for somebody who knows the street. '
const SIGNATURE =
  '<p style="margin:0">Ada Agent<br><a href="https://acme.test/">acme.test</a></p><table cellpadding="4"><tr><td bgcolor="#eeeeee"><font color="#336699">Acme</font></td></tr></table>'
const QUOTED =
  '<div>On Mon, 1 Sep 2025, Carla wrote:</div><blockquote type="cite"><table width="600"><tr><td align="center" style="padding:20px"><p>Where is my order?</p></td></tr></table><p>Zażółć 日本語 🎈</p></blockquote>'
const cells = (row: number, columns: number) =>
  Array.from({ length: columns }, (_, column) => `<td>${row * columns + column}</td>`).join('')
const sheet = (rows: number, columns: number) =>
  `<table><tbody>${Array.from({ length: rows }, (_, row) => `<tr>${cells(row, columns)}</tr>`).join('')}</tbody></table>`

export const MAILS: readonly MadeMail[] = [
  { name: 'one word', type: 'Hello' },
  { name: 'a paragraph', type: LOREM },
  { name: 'ten paragraphs', html: `<p>${LOREM}</p>`.repeat(10) },
  { name: 'empty lines between', html: '<p>a</p><p><br></p><p><br></p><p>b</p>', has: /<p><br><\/p>/ },
  { name: 'lines within a paragraph', html: '<p>a<br>b<br>c</p>' },
  { name: 'runs of spaces', type: 'a    b', has: /a \u00a0 \u00a0b/ },
  { name: 'signs that HTML takes for its own', type: 'if (a < b && c > d) "x" \'y\' &amp; </p>' },
  { name: 'every script', html: '<p>Zażółć gęślą jaźń, 日本語, العربية, עברית, ελληνικά, кириллица, 🎈👩‍👩‍👧, é</p>' },
  { name: 'marks', html: '<p><strong>bold</strong> <em>slanted</em> <u>lined</u> <s>struck</s> <code>code()</code> <strong><em><u>all</u></em></strong></p>' },
  { name: 'marks by keys', keys: ['Control+b', 'x', 'Control+b', 'y', 'Control+i', 'z'], has: /<strong>x<\/strong>y<em>z<\/em>/ },
  { name: 'headings', html: '<h1>One</h1><p>a</p><h2>Two</h2><p>b</p><h3>Three</h3><p>c</p>' },
  { name: 'a bulleted list', html: '<p>We need:</p><ul><li>tea</li><li>milk</li></ul><p>Soon.</p>' },
  { name: 'a numbered list that begins at seven', html: '<ol start="7"><li>a</li><li>b</li></ol>', has: /<ol start="7">/ },
  { name: 'lists in lists', html: '<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d<p>more of d</p></li></ul>' },
  { name: 'a list by typing', keys: ['-', ' ', 'a', 'Enter', 'b', 'Enter', 'Tab', 'c'], has: /<ul><li>a<\/li><li>b/ },
  { name: 'a quotation of one’s own', html: '<p>You wrote:</p><blockquote><p>First</p><blockquote><p>older</p></blockquote></blockquote><p>No.</p>' },
  { name: 'a program', html: '<pre>for (;;) {\n  run(&lt;a&gt;)\n\n}</pre><p>after</p>' },
  { name: 'a rule', html: '<p>above</p><hr><p>below</p>' },
  { name: 'links', html: '<p><a href="https://example.org/a?b=1&amp;c=%20d">page</a>, <a href="mailto:a@b.test">a@b.test</a>, <a href="tel:+49301">call</a>, <a href="https://example.org/">bold <strong>link</strong></a></p>' },
  { name: 'a link while typing', type: 'see https://example.org/x now', has: /<a href="https:\/\/example.org\/x">/ },
  { name: 'colours', html: '<p>a <span style="color:#b3261e">red</span> <span style="background-color:#fff2a8">marked</span> <span style="color:#ffffff;background-color:#1257b5">both</span></p>' },
  { name: 'colours by command', html: '<p>words</p>', run: [['selectAll'], ['setTextLook', { color: '#1257b5', backgroundColor: '#d3f2dc' }]], has: /<span style="color:#1257b5;background-color:#d3f2dc">words/ },
  { name: 'fonts and sizes', html: '<p><span style="font-family:Georgia">Georgia</span> <span style="font-family:Courier New;font-size:18px">Courier</span> <span style="font-size:24px">large</span> <span style="font-size:11px">small</span></p>' },
  { name: 'a coloured link that is bold and large', html: '<p><a href="https://example.org/"><span style="color:#6b3fa0;font-size:18px"><strong>here</strong></span></a></p>' },
  { name: 'alignment', html: `<p style="text-align:center">centred</p><p style="text-align:right">right</p><p style="text-align:justify">${LOREM}</p><h2 style="text-align:center">head</h2>` },
  { name: 'alignment by command', html: '<p>a</p>', run: [['selectAll'], ['setTextAlign', 'right']], has: /<p style="text-align:right">a/ },
  { name: 'a table by command', run: [['insertTable', { rows: 2, cols: 3, withHeaderRow: true }], ['insertContent', 'one'], ['goToNextCell'], ['insertContent', 'two'], ['addRowAfter']], has: /<th>one<\/th>/ },
  { name: 'a table with everything', html: '<table><tbody><tr><th width="120">Name</th><th width="80" style="text-align:right">Sum</th></tr><tr><td style="background-color:#fff2a8"><strong>Tea</strong><br>green</td><td style="text-align:right">4.50</td></tr><tr><td colspan="2"><p>two</p><ul><li>paragraphs</li></ul></td></tr></tbody></table>' },
  { name: 'a large table', html: sheet(60, 8) },
  { name: 'from Word', paste: WORD, has: /<ol start="3"><li>Third step/ },
  { name: 'from Excel', paste: EXCEL, has: /background-color:#1f4e79"><span style="color:#ffffff"><strong>Product/ },
  { name: 'from Google Sheets', paste: GOOGLE_SHEETS, has: /<td colspan="2">both/ },
  { name: 'from LibreOffice', paste: LIBRE_OFFICE, has: /<strong>Item/ },
  { name: 'from Google Docs', paste: GOOGLE_DOCS, has: /one<ul><li><em>deeper/ },
  { name: 'from a page', paste: WEB_PAGE, has: /<p>Laid out<\/p>/ },
  { name: 'from an editor of programs', paste: CODE_EDITOR, has: /<pre>const x = 1/ },
  { name: 'a pasted picture', type: 'Look: ', picture: true, has: /<img src="cid:[^"]+" alt="picture" width="40">/ },
  { name: 'pictures at sizes', html: '<p>a <img src="cid:one@acme.test" alt="one" width="200"> b</p><p><img src="cid:two@acme.test" alt="" width="40"></p>' },
  { name: 'an answer, with quotation and signature', type: 'It is on its way.', quoted: QUOTED, signature: SIGNATURE, font: 'Georgia' },
  { name: 'everything at once', html: `<h2>Offer</h2><p>${LOREM}</p><ul><li>a</li></ul>${sheet(3, 3)}<p><img src="cid:one@acme.test" alt="one" width="120"></p>`, quoted: QUOTED, signature: SIGNATURE, font: 'Verdana', files: ['Angebot "ü".pdf', 'b.txt'] },
] // prettier-ignore
