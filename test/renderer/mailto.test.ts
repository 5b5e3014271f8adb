import { describe, expect, it } from 'vitest'
import { readMailto } from '@/features/composer/mailto.ts'

describe('readMailto', () => {
  it('reads recipients, subject and body', () => {
    expect(
      readMailto(
        'mailto:a@b.test,c%40d.test?cc=e@f.test&bcc=g@h.test&subject=Hi%20there&body=One%0D%0A%0D%0ATwo',
      ),
    ).toEqual({
      to: [
        { name: '', address: 'a@b.test' },
        { name: '', address: 'c@d.test' },
      ],
      cc: [{ name: '', address: 'e@f.test' }],
      bcc: [{ name: '', address: 'g@h.test' }],
      subject: 'Hi there',
      html: '<p>One</p><p><br></p><p>Two</p>',
    })
  })
  it('keeps a plus and takes further recipients from "to"', () => {
    expect(readMailto('MAILTO:a+tag@b.test?to=c@d.test')?.to.map(({ address }) => address)).toEqual([
      'a+tag@b.test',
      'c@d.test',
    ])
  })
  it('takes nothing else, and no HTML (fault 66)', () => {
    const preset = readMailto(
      'mailto:a@b.test?attach=/etc/passwd&attachment=x&in-reply-to=1&body=%3Cimg%20src=x%3E&subject=a%0d%0aBcc:x@y.test',
    )
    expect(Object.keys(preset ?? {}).sort()).toEqual(['bcc', 'cc', 'html', 'subject', 'to'])
    expect(preset?.html).toBe('<p>&lt;img src=x&gt;</p>')
    expect(preset?.subject).toBe('a Bcc:x@y.test')
  })
  it('survives nonsense and refuses other links', () => {
    expect(readMailto('mailto:%zz?subject=%E0%A4%A')?.subject).toBe('%E0%A4%A')
    expect(readMailto('https://a.test')).toBeNull()
  })
})
