import { describe, expect, it } from 'vitest'
import { claimedHost, readLink, sameSite, visible } from '../../src/renderer/features/thread/reader/links.ts'
import { cpuTime } from '../support/cpu-time.ts'

describe('links in mail (fault 65)', () => {
  it.each([
    ['https://acme.test/a', 'our page', 'https://acme.test/a'],
    ['HTTP://ACME.test', 'x', 'http://acme.test/'],
    ['//acme.test/a', 'x', 'https://acme.test/a'],
    ['www.acme.test/a', 'x', 'https://www.acme.test/a'],
    [' ht\ttps://ac\u200bme.test/ ', 'x', 'https://acme.test/'],
  ])('opens %j', (href, text, url) => {
    expect(readLink(href, text)).toMatchObject({ kind: 'web', url, claims: null })
  })

  it.each([
    ['javascript:alert(1)', 'javascript'],
    ['java\nscript:alert(1)', 'javascript'],
    ['\u0001javascript:alert(1)', 'javascript'],
    ['JAVASCRIPT:alert(1)', 'javascript'],
    ['file:///etc/passwd', 'file'],
    ['smb://server/share', 'smb'],
    ['ms-msdt:/id PCWDiagnostic', 'ms-msdt'],
    ['data:text/html,x', 'data'],
    ['blob:https://acme.test/1', 'blob'],
    ['tel:+39123', 'tel'],
    ['about:blank', 'about'],
    ['C:\\Windows\\x.exe', 'c'],
    ['\\\\server\\share', ''],
    ['/files/raw/1', ''],
    ['report.html', ''],
    ['https://', ''],
  ])('blocks %j', (href, scheme) => {
    expect(readLink(href, 'x')).toMatchObject({ kind: 'blocked', scheme })
  })

  it.each([
    ['https://evil.test', 'https://bank.test/login', 'bank.test'],
    ['https://evil.test', 'Log in at www.bank.test now', 'www.bank.test'],
    ['https://evil.test', 'bank.test', 'bank.test'],
    ['https://evil.test', 'b\u200ban\u00adk.test', 'bank.test'],
    ['https://evil.test', '<bank.test/login>.', 'bank.test'],
    ['https://evil.test', 'service@bank.test', 'bank.test'],
    ['https://bank.test.evil.test', 'bank.test', 'bank.test'],
    ['https://evilbank.test', 'bank.test', 'bank.test'],
    ['https://evil.github.io', 'github.io', 'github.io'],
    ['https://bank.test@evil.test/', 'click', 'bank.test'],
    ['https://bаnk.test/', 'bank.test', 'bank.test'],
    ['mailto:eve@evil.test', 'ada@acme.test', 'ada@acme.test'],
  ])('%s does not lead where %j says', (href, text, claims) => {
    expect(readLink(href, text)).toMatchObject({ claims })
  })

  it.each([
    ['https://www.bank.test/login', 'bank.test'],
    ['https://click.bank.test/x', 'https://bank.test/y'],
    ['https://bank.test/?x=1', 'BANK.test/?x=2'],
    ['https://bücher.test/', 'bücher.test'],
    ['https://files.test/9', 'report.pdf'],
    ['https://acme.test', 'e.g. this one'],
    ['https://acme.test', 'Version 3.14.15'],
    ['https://acme.test', ''],
    ['mailto:Ada@acme.test?subject=Hi', 'ada@acme.test'],
    ['mailto:ada@acme.test', 'Write to us'],
  ])('%s may say %j', (href, text) => {
    expect(readLink(href, text)).toMatchObject({ claims: null })
  })

  it('takes credentials out of an address', () => {
    expect(readLink('https://bank.test:pw@evil.test/', 'x')).toMatchObject({
      url: 'https://evil.test/',
      host: 'evil.test',
    })
  })

  it('stays inside the mail for an anchor, and has nothing to open without a target', () => {
    expect(readLink('#part%202', 'x')).toEqual({ kind: 'anchor', id: 'part 2' })
    expect(readLink('#', 'x')).toBeNull()
    expect(readLink(' \u200b', 'x')).toBeNull()
  })

  it('reads text as a person does', () => {
    expect(visible('a\u202eb\u200b \n c')).toBe('ab c')
    expect(claimedHost('please read this')).toBeNull()
    expect(sameSite('a.bank.test', 'b.bank.test')).toBe(false)
  })

  it('takes hostile lengths in its stride', () => {
    const begin = cpuTime()
    readLink('x'.repeat(1_000_000), 'a.'.repeat(500_000))
    readLink('https://a.test', `${'@'.repeat(100_000)}${'a-'.repeat(100_000)}`)
    expect(cpuTime() - begin).toBeLessThan(2_000)
  })
})
