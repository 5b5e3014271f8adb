import { describe, expect, it } from 'vitest'
import { parse } from '../../src/main/engine/mime/parse.ts'
import { parseSecond } from '../../src/main/engine/mime/second-parser.ts'
import type { ParsedMessage } from '../../src/main/engine/mime/types.ts'

/** A message from lines; strings are bytes (latin1), so that 8-bit text is written as it travels. */
function read(lines: string[], body = 'hello'): ParsedMessage {
  const result = parse(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'))
  if (!result.ok) throw new Error(result.reason)
  return result.message
}
const utf8 = (text: string) => Buffer.from(text).toString('latin1')
const from = 'From: Ada <ada@acme.test>'
const kinds = (message: ParsedMessage) => message.warnings.map(({ kind }) => kind)

describe('headers', () => {
  it.each([
    ['an encoded word', '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['two words with one character between them', '=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=', 'Grüße'],
    ['words of two charsets', '=?iso-8859-2?Q?=B3?= =?utf-8?B?xYI=?=', 'łł'],
    ['a word inside text', 'Re: =?iso-8859-1?q?a_=E9?= b', 'Re: a é b'],
    ['Japanese', '=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=', '日本語'],
    ['Korean', '=?euc-kr?B?x9GxucD6?=', '한국저'],
    ['Chinese', '=?gb18030?B?1tDOxA==?=', '中文'],
    ['Cyrillic', '=?koi8-r?B?8NLJ18XU?=', 'Привет'],
    ['an unknown charset over UTF-8', `=?x-unknown?B?${Buffer.from('żółw').toString('base64')}?=`, 'żółw'],
    ['raw UTF-8', utf8('żółw'), 'żółw'],
    ['raw windows-1252', 'Gr\xfc\xdfe', 'Grüße'],
    ['UTF-7, which stays what it is', '=?utf-7?Q?+ADw-script+AD4-?=', '+ADw-script+AD4-'],
    ['a folded line', 'one\r\n two\r\n\tthree', 'one two three'],
    ['a broken word', '=?utf-8?Q?half', '=?utf-8?Q?half'],
    ['line breaks hidden in a word (fault 27)', '=?utf-8?Q?a=0D=0ABcc:_x@y.test?=', 'a Bcc: x@y.test'],
    ['an override of the writing direction', '=?utf-8?B?YeKArmI=?=', 'ab'],
    ['NUL', 'a\0b', 'a b'],
  ])('decodes a subject with %s', (_, raw, subject) => {
    expect(read([from, `Subject: ${raw}`]).subject).toBe(subject)
  })

  it.each([
    ['a@b.test', '', 'a@b.test'],
    ['<a@b.test>', '', 'a@b.test'],
    ['Ada Agent <a@b.test>', 'Ada Agent', 'a@b.test'],
    ['"Agent, Ada" <a@b.test>', 'Agent, Ada', 'a@b.test'],
    ['"Ada \\"the\\" Agent" <a@b.test>', 'Ada "the" Agent', 'a@b.test'],
    ['Ada (the agent) <a@b.test>', 'Ada', 'a@b.test'],
    ['a@b.test (Ada Agent)', 'Ada Agent', 'a@b.test'],
    ['Ada Agent a@b.test', 'Ada Agent', 'a@b.test'],
    ["'Ada' <a@b.test>", 'Ada', 'a@b.test'],
    ['=?utf-8?Q?J=C3=BCrgen?= <a@b.test>', 'Jürgen', 'a@b.test'],
    ['"=?utf-8?Q?J=C3=BCrgen?=" <a@b.test>', 'Jürgen', 'a@b.test'],
    ['=?utf-8?Q?Ada=2C_Eve_=3Ceve=40evil=2Etest=3E?= <a@b.test>', 'Ada, Eve <eve@evil.test>', 'a@b.test'],
    ['<@relay.test,@other.test:a@b.test>', '', 'a@b.test'],
    ['"a b"@c.test', '', '"a b"@c.test'],
    ['Ada <"a@evil.test x"@good.test>', 'Ada', '"a@evil.test x"@good.test'],
    ['a . b @ c . test <a.b@c.test>', 'a . b @ c . test', 'a.b@c.test'],
    ['Ada <a@[192.0.2.1]>', 'Ada', 'a@[192.0.2.1]'],
    ['Ada <a@b.test', 'Ada', 'a@b.test'],
    [`${utf8('Żółw')} <a@b.test>`, 'Żółw', 'a@b.test'],
    [`Ada <${utf8('józef@łódź.test')}>`, 'Ada', 'józef@łódź.test'],
  ])('reads the mailbox %s', (raw, name, address) => {
    expect(read([`From: ${raw}`]).from).toEqual({ name, address })
  })

  it('reads lists, groups and repeated fields', () => {
    const message = read([
      from,
      'To: a@x.test, "B, b" <b@x.test>,, Team: c@x.test, D <d@x.test>; , e@x.test',
      'Cc: undisclosed-recipients:;',
      'To: f@x.test',
    ])
    expect(message.to.map(({ address }) => address)).toEqual([
      'a@x.test',
      'b@x.test',
      'c@x.test',
      'd@x.test',
      'e@x.test',
      'f@x.test',
    ])
    expect(message.cc).toEqual([])
  })

  it('takes addresses only from the structure, never from what was encoded', () => {
    const message = read([from, 'To: =?utf-8?Q?x=40evil=2Etest=2C?= <a@x.test>'])
    expect(message.to).toEqual([{ name: 'x@evil.test,', address: 'a@x.test' }])
  })

  it.each([
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z'],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z'],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06Z'],
    ['Tue, 1 Jul 2003 10:52:37 +0200 (CEST)', '2003-07-01T08:52:37Z'],
    ['Thu, 13 Feb 1969 23:32 -0330', '1969-02-14T03:02:00Z'],
    ['Wed, 17 May 2000 19:08:29 EDT', '2000-05-17T23:08:29Z'],
    ['Wed May 17 19:08:29 2000', '2000-05-17T19:08:29Z'],
    ['2024-01-02T10:00:00+01:00', '2024-01-02T09:00:00Z'],
    ['Mon, 29 Feb 2023 10:00:00 +0000', null],
    ['yesterday', null],
    ['Fri, 01 Jan 1901 00:00:00 +0000', '1901-01-01T00:00:00Z'],
    ['Thu, 31 Dec 2099 23:59:60 +0000', '2099-12-31T23:59:59Z'],
  ])('reads the date %s (fault 59)', (raw, iso) => {
    const message = read([from, `Date: ${raw}`])
    expect(message.date).toBe(iso === null ? null : Date.parse(iso))
    expect(kinds(message)).toEqual(iso === null ? ['bad_date'] : [])
  })

  it('reads ids with and without brackets, bounded and without repetition (faults 52, 53)', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `<id${i}@x.test>`).join('\r\n ')
    const message = read([
      from,
      'Message-ID: < folded\r\n .id@x.test >',
      `References: ${many}`,
      'In-Reply-To: your mail of Monday <p@x.test> <p@x.test>',
    ])
    expect(message.messageId).toBe('folded.id@x.test')
    expect(message.references).toHaveLength(100)
    expect([
      message.references[0],
      message.references[49],
      message.references[50],
      message.references[99],
    ]).toEqual(['id0@x.test', 'id49@x.test', 'id9950@x.test', 'id9999@x.test'])
    expect(message.inReplyTo).toEqual(['p@x.test'])
    expect(read([from, 'Message-ID: plain@x.test']).messageId).toBe('plain@x.test')
    for (const garbage of ['', '<>', 'words only', '< >'])
      expect(read([from, `Message-ID: ${garbage}`]).messageId).toBeNull()
  })

  it('collects where it was delivered to and which list it came by', () => {
    const message = read([
      from,
      'Delivered-To: Support@ACME.test',
      'X-Original-To: sales@acme.test',
      'Delivered-To: support@acme.test',
      'List-Id: The list <dev.acme.test>',
    ])
    expect(message.deliveredTo).toEqual(['support@acme.test', 'sales@acme.test'])
    expect(message.listId).toBe('dev.acme.test')
  })
})

describe('odd senders', () => {
  it('takes the From that signatures cover, and warns of two (fault 60)', () => {
    const message = read(['From: Boss <boss@bank.test>', 'From: Eve <eve@evil.test>'])
    expect(message.from.address).toBe('eve@evil.test')
    expect(message.warnings).toContainEqual({ kind: 'two_from', detail: 'boss@bank.test, eve@evil.test' })
    expect(kinds(read(['From: a@x.test, b@x.test']))).toEqual(['two_from'])
  })

  it('finds the sender behind an empty From (fault 60)', () => {
    const message = read(['From: ', 'Sender: Bot <bot@x.test>'])
    expect(message.from).toEqual({ name: 'Bot', address: 'bot@x.test' })
    expect(kinds(message)).toEqual(['empty_from'])
    expect(read(['Return-Path: <r@x.test>', 'Subject: x']).from.address).toBe('r@x.test')
    expect(read(['From: Nobody', 'Subject: x']).from).toEqual({ name: 'Nobody', address: '' })
  })

  it('reads a group as From (fault 60)', () => {
    const message = read(['From: Team: Ada <a@x.test>;'])
    expect(message.from).toEqual({ name: 'Ada', address: 'a@x.test' })
    expect(kinds(message)).toEqual(['group_from'])
  })

  it.each([
    ['"boss@bank.test" <eve@evil.test>', 'boss@bank.test'],
    ['=?utf-8?Q?Boss_=28boss=40bank=2Etest=29?= <eve@evil.test>', 'boss@bank.test'],
    [`${utf8('boss＠bank.test')} <eve@evil.test>`, 'boss@bank.test'],
    ['"eve@evil.test" <eve@evil.test>', null],
    ['"Eve @ home" <eve@evil.test>', null],
  ])('warns when a name shows another address: %s (fault 61)', (raw, shown) => {
    const warning = read([`From: ${raw}`]).warnings.find(({ kind }) => kind === 'name_holds_address')
    expect(warning?.detail ?? null).toBe(shown)
  })

  it.each([
    ['a@pаypal.com', true], // Cyrillic а
    ['a@xn--pypal-4ve.com', true],
    ['a@аррӏе.com', true],
    ['a@münchen.de', false],
    ['a@xn--mnchen-3ya.de', false],
    ['a@яндекс.рф', false],
    ['a@日本語.jp', false],
    ['a@москва.com', false],
    ['a@paypal.com', false],
  ])('warns of a domain that looks like another: %s (fault 61)', (address, warned) => {
    expect(kinds(read([`From: x <${utf8(address)}>`])).includes('lookalike_domain')).toBe(warned)
  })
})

describe('bodies', () => {
  it.each([
    ['utf-8', Buffer.from('żółw'), 'żółw'],
    ['iso-8859-2', Buffer.from([0xbf, 0xf3, 0xb3, 0x77]), 'żółw'],
    ['"windows-1250"', Buffer.from([0xbf, 0xf3, 0xb3, 0x77]), 'żółw'],
    ['us-ascii', Buffer.from('żółw'), 'żółw'],
    ['us-ascii', Buffer.from([0xfc]), 'ü'],
    ['x-no-such', Buffer.from([0xfc]), 'ü'],
    ['utf-8', Buffer.from([0x47, 0xfc, 0xdf]), 'Güß'],
    ['utf-16', Buffer.from('żółw', 'utf16le'), 'żółw'],
    ['shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
    ['iso-2022-kr', Buffer.from('\x1b$)C\x0eGQ1[\x0f', 'latin1'), '한글'],
    ['hz-gb-2312', Buffer.from('~{VPND~}', 'latin1'), '中文'],
    ['gb2312', Buffer.from([0xd6, 0xd0, 0xce, 0xc4]), '中文'],
    ['utf-7', Buffer.from('+ADw-script+AD4-'), '+ADw-script+AD4-'],
  ])('decodes text in %s (fault 58)', (charset, bytes, text) => {
    const raw = Buffer.concat([
      Buffer.from(`${from}\r\nContent-Type: text/plain; charset=${charset}\r\n\r\n`),
      bytes,
    ])
    const result = parse(raw)
    expect(result.ok && result.message.text).toBe(text)
  })

  it('decodes quoted-printable as it travels: soft breaks, added blanks, lone signs', () => {
    const body =
      'soft=\r\n break, kept =\r\nblank, added   \r\nmeant=20\r\na=b =ZZ =c3=bc\r\nsplit =C=\r\n3==\r\nBC\r\nend='
    expect(
      read(
        [from, 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable'],
        body,
      ).text,
    ).toBe('soft break, kept blank, added\nmeant \na=b =ZZ ü\nsplit ü\nend')
  })

  it('decodes base64 with pieces, footers and none at all', () => {
    const head = [from, 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64']
    expect(read(head, 'aGVs\r\nbG8=').text).toBe('hello')
    expect(read(head, 'aGVsbG8=\r\naGVsbG8=').text).toBe('hellohello')
    expect(read(head, 'aGVsbG8=\r\n_______\r\nA list footer, with words.').text).toBe('hello')
    expect(read(head, 'This was never encoded at all.').text).toBe('This was never encoded at all.')
  })

  it('makes text from a page that comes alone', () => {
    const page =
      '<html><head><title>no</title><style>p{color:red}</style></head><body><h1>Hello &amp; welcome</h1><p>One<br>two</p><ul><li>a<li>b</ul><table><tr><td>x</td><td>y</td></tr></table><script>no()</script><!-- no --><blockquote>old<div>older</div></blockquote><pre>  keep\n this</pre></body></html>'
    expect(read([from, 'Content-Type: text/html'], page).text).toBe(
      'Hello & welcome\n\nOne\ntwo\n\n- a\n- b\n\nx y\n\n> old\n> older\n\n  keep\n this',
    )
  })

  it('uses the page where the text beside it is empty', () => {
    const message = read(
      [from, 'Content-Type: multipart/alternative; boundary=x'],
      '--x\r\nContent-Type: text/plain\r\n\r\n \r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--x--',
    )
    expect([message.text, message.html]).toEqual(['Hi', '<p>Hi</p>'])
  })

  it('reads the charset that a page names, and shows texts around a page', () => {
    expect(read([from, 'Content-Type: text/html'], '<meta charset="iso-8859-2"><p>\xbf</p>').text).toBe('ż')
    const message = read(
      [from, 'Content-Type: multipart/mixed; boundary=x'],
      '--x\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--x\r\n\r\n<footer>\r\n--x--',
    )
    expect(message.html).toContain('&lt;footer&gt;')
    expect(message.text).toContain('<footer>')
    expect(message.attachments).toEqual([])
  })

  it.each([
    ['<img src="http://x.test/a.png">', true],
    ['<img src=//x.test/a.png>', true],
    ["<img src='&#104;ttp://x.test/a'>", true],
    ['<img srcset="cid:a 1x, https://x.test/b 2x">', true],
    ['<body background="https://x.test/a">', true],
    ['<div style="background:url(https://x.test/a)">', true],
    ['<style>@import "//x.test/a.css";</style>', true],
    ['<link rel=stylesheet href="https://x.test/a.css">', true],
    ['<svg><image xlink:href="https://x.test/a"/></svg>', true],
    ['<video poster="https://x.test/a"></video>', true],
    ['<img src="cid:a"><img src="data:image/png;base64,AAAA">', false],
    ['<a href="https://x.test/">x</a>', false],
    ['<html xmlns="http://www.w3.org/1999/xhtml"><p itemtype="http://schema.org/x">x', false],
    ['<p>see http://x.test/a</p>', false],
    ['<!-- <img src="http://x.test/a.png"> -->', false],
  ])('tells whether %s loads from elsewhere', (page, remote) => {
    expect(read([from, 'Content-Type: text/html'], page).hasRemoteContent).toBe(remote)
  })
})

describe('parts', () => {
  const part = (headers: string[], body: string) => `--x\r\n${headers.join('\r\n')}\r\n\r\n${body}\r\n`
  const mixed = (...parts: string[]) =>
    read(
      [from, 'Subject: parts', 'Content-Type: multipart/mixed; boundary="x"'],
      `${parts.join('')}--x--\r\n`,
    )

  it('decodes file names in every form that mailers use', () => {
    const name = (...headers: string[]) => mixed(part([], 'text'), part(headers, 'data')).attachments[0]!.name
    expect(name('Content-Type: application/x; name="=?utf-8?Q?=C5=BC=2Epdf?="')).toBe('ż.pdf')
    expect(name("Content-Type: application/x; name*=utf-8''%C5%BC.pdf")).toBe('ż.pdf')
    expect(
      name(
        'Content-Disposition: attachment; filename*0*=utf-8\'\'%C5%BC; filename*1="-long"; filename*2*=%20name.pdf',
        'Content-Type: application/x',
      ),
    ).toBe('ż-long name.pdf')
    expect(
      name(
        'Content-Disposition: attachment; filename="plain.pdf"; filename*=utf-8\'\'%C5%BC.pdf',
        'Content-Type: application/x',
      ),
    ).toBe('ż.pdf')
    expect(name(`Content-Type: application/x; name="${utf8('ż.pdf')}"`)).toBe('ż.pdf')
    expect(name('Content-Type: application/x; name=../../x.exe')).toBe('x.exe')
    expect(name('Content-Type: application/pdf')).toBe('attachment.pdf')
  })

  it('keeps nested messages closed, named from their subject (fault 63)', () => {
    const inner = 'From: eve@evil.test\r\nSubject: =?utf-8?Q?Die_=C3=9Cbergabe?=\r\n\r\ninner body'
    const message = mixed(part([], 'outer'), part(['Content-Type: message/rfc822'], inner))
    expect(message.text.trim()).toBe('outer')
    expect(message.attachments.map(({ name, mimeType }) => [name, mimeType])).toEqual([
      ['Die Übergabe.eml', 'message/rfc822'],
    ])
    expect(Buffer.from(message.attachments[0]!.content!).toString()).toBe(inner)
  })

  it('counts a file as inline only where the page shows it', () => {
    const html = part(['Content-Type: text/html'], '<img src="cid:a%40x"><img src=cid:B>')
    const image = (id: string) =>
      part(
        ['Content-Type: image/png', `Content-ID: <${id}>`, 'Content-Disposition: inline; filename=i.png'],
        'x',
      )
    const message = mixed(html, image('a@x'), image('B'), image('c'))
    expect(message.attachments.map(({ contentId, inline }) => [contentId, inline])).toEqual([
      ['a@x', true],
      ['B', true],
      ['c', false],
    ])
  })

  it('does not keep the bytes of a file over 50 MB, and says how large it was (E3)', () => {
    const size = 50 * 1024 * 1024 + 1
    const head = Buffer.from(
      `${from}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ntext\r\n--x\r\nContent-Type: application/zip; name=a.zip\r\n\r\n`,
    )
    const result = parse(Buffer.concat([head, Buffer.alloc(size, 65), Buffer.from('\r\n--x--\r\n')]))
    if (!result.ok) throw new Error(result.reason)
    expect(result.message.attachments[0]).toMatchObject({ name: 'a.zip', size, content: null })
    expect(result.message.text).toBe('text')
  })

  it('reads parts without an end, without a header, and with a boundary that begins like another', () => {
    const cut = read(
      [from, 'Content-Type: multipart/mixed; boundary=x'],
      '--x\r\n\r\none\r\n--x\r\nContent-Type: application/pdf\r\n\r\ntwo',
    )
    expect([cut.text, cut.attachments.length]).toEqual(['one', 1])
    const bare = read(
      [from, 'Content-Type: multipart/mixed; boundary=x'],
      '--x\r\nno header here\r\nsecond line\r\n--x--\r\n',
    )
    expect(bare.text).toBe('no header here\nsecond line')
    const inner =
      '--xy\r\nContent-Type: text/plain\r\n\r\nplain\r\n--xy\r\nContent-Type: text/html\r\n\r\n<p>page</p>\r\n--xy--'
    const nested = mixed(
      part(['Content-Type: multipart/alternative; boundary=xy'], inner),
      part(['Content-Type: application/pdf'], 'data'),
    )
    expect([nested.text, nested.html, nested.attachments.length]).toEqual(['plain', '<p>page</p>', 1])
  })

  it('finds the parts of a multipart that lost its boundary', () => {
    const message = read(
      [from, 'Content-Type: multipart/mixed'],
      '--abcdef\r\n\r\none\r\n--abcdef\r\nContent-Type: application/pdf\r\n\r\ntwo\r\n--abcdef--\r\n',
    )
    expect([message.text, message.attachments.length]).toEqual(['one', 1])
  })
})

describe('automatic mail', () => {
  it.each([
    ['what a person wrote', [], null],
    ['a vacation note', ['Auto-Submitted: auto-replied (vacation)'], 'auto_reply'],
    [
      'a vacation note of Exchange',
      ['X-Auto-Response-Suppress: All', 'Subject: Automatic reply: Hi', 'Auto-Submitted: auto-generated'],
      'auto_reply',
    ],
    ['a person who writes about one', ['Subject: Out of office next week?'], null],
    ['a list', ['List-Id: <l.acme.test>', 'Precedence: list'], 'list'],
    ['a newsletter', ['List-Unsubscribe: <https://x.test>'], 'list'],
    ['a notice of a machine', ['Auto-Submitted: auto-generated'], 'other'],
    ['an explicit no', ['Auto-Submitted: no'], null],
    ['a bounce', ['Content-Type: multipart/report; report-type=delivery-status; boundary=x'], 'bounce'],
    [
      'a bounce of an old server',
      ['From: MAILER-DAEMON@x.test', 'Return-Path: <>', 'Subject: failure notice'],
      'bounce',
    ],
    [
      'an abuse report',
      ['Content-Type: multipart/report; report-type=feedback-report; boundary=x'],
      'abuse_report',
    ],
    [
      'a read receipt',
      ['Content-Type: multipart/report; report-type=disposition-notification; boundary=x'],
      'receipt',
    ],
  ])('knows %s (fault 67)', (_, headers, kind) => {
    expect(read([from, ...headers]).automatic).toBe(kind)
  })

  it('takes a report of success only for a receipt (RFC 3464)', () => {
    const report = (action: string) =>
      read(
        [from, 'Content-Type: multipart/report; report-type=delivery-status; boundary=x'],
        `--x\r\n\r\nreport\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.test\r\n\r\nFinal-Recipient: rfc822; a@x.test\r\nAction: ${action}\r\n--x--`,
      ).automatic
    expect([report('failed'), report('delayed'), report('delivered')]).toEqual([
      'bounce',
      'bounce',
      'receipt',
    ])
  })
})

describe('the content hash', () => {
  const body = 'Hello \r\nworld\r\n'
  const base = ['Date: Tue, 02 Jan 2024 10:00:00 +0100', 'Subject: Hi', from]

  it('is the same for every copy, whatever a server added or re-encoded', () => {
    const hash = read(base, body).contentHash
    const copies = [
      read(['Received: by x', ...base, 'Bcc: secret@acme.test', 'X-Spam: no', 'Message-ID: <other@x>'], body),
      read(base, 'Hello\nworld\n\n'),
      read(
        [...base, 'Content-Transfer-Encoding: quoted-printable', 'Content-Type: text/plain; charset=utf-8'],
        'Hello\r\nwor=6Cd',
      ),
      read([...base, 'Content-Transfer-Encoding: base64'], Buffer.from(body).toString('base64')),
      read([base[0]!, 'Subject: =?utf-8?Q?Hi?=', 'From: "Ada A." <ADA@acme.test>'], body),
    ]
    for (const copy of copies) expect(copy.contentHash).toBe(hash)
  })

  it('differs where the author made a difference (fault 51)', () => {
    const others = [
      read(base, 'Hello world!'),
      read([...base.slice(0, 2), 'From: eve@evil.test'], body),
      read([base[0]!, 'Subject: Ho', from], body),
      read(['Date: Tue, 02 Jan 2024 10:00:01 +0100', ...base.slice(1)], body),
      read(
        [...base, 'Content-Type: multipart/mixed; boundary=x'],
        '--x\r\n\r\nHello\r\nworld\r\n--x\r\nContent-Type: application/pdf\r\n\r\n1\r\n--x--',
      ),
      read(
        [...base, 'Content-Type: multipart/mixed; boundary=x'],
        '--x\r\n\r\nHello\r\nworld\r\n--x\r\nContent-Type: application/pdf\r\n\r\n2\r\n--x--',
      ),
    ]
    const hashes = [read(base, body), ...others].map(({ contentHash }) => contentHash)
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('the second parser', () => {
  it('gives the same message for ordinary mail', async () => {
    const raw = Buffer.from(
      `${from}\r\nTo: b@x.test\r\nSubject: Both\r\nMessage-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\n\r\nplain\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>page</p>\r\n--y--\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--x--\r\n`,
    )
    const [first, second] = [parse(raw), await parseSecond(raw)]
    if (!first.ok || !second.ok) throw new Error('not parsed')
    expect({
      ...second.message,
      text: second.message.text.trim(),
      html: second.message.html?.trim(),
    }).toEqual({ ...first.message })
  })
})
