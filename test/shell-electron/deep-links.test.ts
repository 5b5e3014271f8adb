import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkInArguments, routeOfLink } from '../../src/main/shell-electron/deep-links.ts'
import { isRoute } from '../../src/main/shell-electron/origin.ts'

/** The `mailto:` link inside a composer's route, decoded, as the renderer will read it. */
function composed(link: string): string | null {
  const route = routeOfLink(link)
  if (route === null) return null
  const [path, value] = route.split('?mailto=')
  expect(path).toBe('/compose')
  return decodeURIComponent(value!)
}

describe('mailto (RFC 6068, fault 66)', () => {
  test.each([
    ['mailto:', 'mailto:'],
    ['mailto:ada@acme.test', 'mailto:ada%40acme.test'],
    ['MAILTO:ada@acme.test,ben@acme.test', 'mailto:ada%40acme.test,ben%40acme.test'],
    [
      'mailto:?to=a@b.test&cc=c@d.test,e@f.test&bcc=g@h.test',
      'mailto:a%40b.test?cc=c%40d.test,e%40f.test&bcc=g%40h.test',
    ],
    [
      'mailto:a@b.test?subject=Hello%20there&body=One%0D%0ATwo',
      'mailto:a%40b.test?subject=Hello%20there&body=One%0D%0ATwo',
    ],
    ['mailto:a@b.test?Subject=x&amp;BODY=y', 'mailto:a%40b.test?subject=x&body=y'],
    ['mailto:a+b@c.test?subject=1+1', 'mailto:a%2Bb%40c.test?subject=1%2B1'],
    ['mailto:%22not%40me%22@acme.test', 'mailto:%22not%40me%22%40acme.test'],
    ['mailto:gorby%25kremvax@example.com', 'mailto:gorby%25kremvax%40example.com'],
    ['mailto:a@b.test?subject=caf%C3%A9', 'mailto:a%40b.test?subject=caf%C3%A9'],
    ['mailto:a@b.test?subject=%FF', 'mailto:a%40b.test?subject=%25FF'],
  ])('%s', (link, expected) => {
    expect(composed(link)).toBe(expected)
  })

  test.each([
    'attach',
    'attachment',
    'Attach',
    'from',
    'in-reply-to',
    'x-mailer',
    'send',
    'reply-to',
    'content-type',
  ])('%s is not taken over', (name) => {
    expect(composed(`mailto:a@b.test?${name}=/etc/passwd&subject=x`)).toBe('mailto:a%40b.test?subject=x')
  })

  test('no value begins another header (fault 27)', () => {
    const link = composed(
      'mailto:a@b.test%0D%0ABcc:evil@x.test?subject=Hi%0D%0ABcc:%20evil@x.test&cc=c@d.test%0A%0Dx',
    )!
    const [, query] = link.split('?')
    expect(decodeURIComponent(link.replace(/body=.*/, ''))).not.toMatch(/[\r\n]/)
    expect(query).toMatch(/subject=Hi%20Bcc%3A%20evil%40x.test/)
  })

  test('control characters go, line ends are one kind', () => {
    expect(composed('mailto:?body=a%00b%1B%0Ac%0Dd')).toBe('mailto:?body=ab%0D%0Ac%0D%0Ad')
  })

  test('floods are cut', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `a${i}@b.test`).join(',')
    expect(composed(`mailto:${many}`)!.split(',')).toHaveLength(200)
    expect(composed(`mailto:?body=${'x'.repeat(400_000)}`)!.length).toBeLessThan(60_000)
    expect(routeOfLink(`mailto:?body=${'x'.repeat(600_000)}`)).toBeNull()
  })
})

describe('deep links open views and nothing else', () => {
  const id = '7f3c0f2e-1b1a-5a6e-9d7c-0123456789ab'
  test.each([
    ['anteroom://view/unassigned', '/unassigned'],
    [`anteroom://view/inbox-${id}`, `/inbox-${id}`],
    [`anteroom://thread/${id}`, `/open/${id}`],
    [`anteroom://message/${id}/`, `/message/${id}`],
    ['anteroom://search?q=from:ada%20%26%20co', '/search?q=from%3Aada%20%26%20co'],
    [
      'anteroom://compose?to=a@b.test&subject=Hi&attach=/etc/passwd',
      '/compose?mailto=mailto%3Aa%2540b.test%3Fsubject%3DHi',
    ],
  ])('%s', (link, route) => {
    expect(routeOfLink(link)).toBe(route)
    expect(isRoute(route)).toBe(true)
  })

  test.each([
    'anteroom://send/7f3c0f2e-1b1a-5a6e-9d7c-0123456789ab',
    'anteroom://delete/7f3c0f2e-1b1a-5a6e-9d7c-0123456789ab',
    'anteroom://settings/channels',
    'anteroom://view/everything',
    'anteroom://thread/../settings',
    'anteroom://thread/1',
    'anteroom://app/files/attachment/1',
    'anteroom://app/#/settings',
    'anteroom://constructor/x',
    'anteroom://__proto__/x',
    'anteroom://search',
    'anteroom:',
    'anteroom://compose/send?to=a@b.test',
    'https://evil.test/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'mailtox:a@b.test',
    '',
  ])('%s opens nothing', (link) => {
    expect(routeOfLink(link)).toBeNull()
  })

  test('whatever comes, the answer is a route of ours or nothing', () => {
    const link = fc.oneof(
      fc.string().map((rest) => `mailto:${rest}`),
      fc.string().map((rest) => `anteroom://${rest}`),
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.constantFrom('to', 'cc', 'subject', 'body', 'x'), fc.string({ unit: 'binary' }))
        .map(([name, value]) => `mailto:a@b.test?${name}=${value}`),
    )
    fc.assert(
      fc.property(link, (text) => {
        const route = routeOfLink(text)
        if (route === null) return
        expect(isRoute(route)).toBe(true)
        expect(route).toMatch(/^\/(compose\?mailto=mailto%3A|search\?q=|open\/|message\/|inbox-|[a-z]+$)/)
      }),
      { numRuns: 2000 },
    )
  })
})

test('the link is found among the arguments of a second start', () => {
  expect(linkInArguments(['/app', '--no-sandbox', 'MailTo:a@b.test'])).toBe('MailTo:a@b.test')
  expect(linkInArguments(['/app', '--url=mailto:a@b.test', '.'])).toBeNull()
})
