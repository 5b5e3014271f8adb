import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ProviderGuide } from '@contract/hosted.ts'
import { parseGuide } from '../../../src/main/engine/api/provider-guides.ts'
import { guideNodes } from '@/features/connect-channel/hosted/guide-nodes.ts'
import { guideFor, searchGuides } from '@/features/connect-channel/hosted/guides.ts'

const dir = resolve(import.meta.dirname, '../../../resources/provider-guides')
const guides: ProviderGuide[] = readdirSync(dir)
  .filter((name) => name.endsWith('.md'))
  .map((name) => parseGuide(name.slice(0, -3), readFileSync(resolve(dir, name), 'utf8')))
const ids = (found: readonly ProviderGuide[]) => found.map(({ id }) => id)

describe('the guides of providers (H9)', () => {
  it('has all of those that were asked for', () => {
    for (const wanted of [
      'Gmail',
      'Google Groups',
      'Microsoft 365, shared mailbox',
      'Microsoft 365, mail flow rule',
      'Exchange',
      'Yahoo',
      'iCloud',
      'Zoho',
      'Fastmail',
      'Proton',
      'cPanel',
      'Postfix',
    ])
      expect(
        guides.some(({ title }) => title.startsWith(wanted)),
        wanted,
      ).toBe(true)
  })

  it.each(guides.map((guide) => [guide.id, guide] as const))(
    '%s says where to forward, step by step',
    (_, guide) => {
      expect(guide.markdown).toContain('{{forwarding_address}}')
      const drawn = guideNodes(guide.markdown, () => undefined)
      expect(drawn.some(({ type }) => type === 'ol')).toBe(true)
      // Everything that is drawn is one of the few things that guides are made of.
      expect(drawn.every(({ type }) => ['p', 'ol', 'ul', 'h5'].includes(String(type)))).toBe(true)
    },
  )

  it('is found by name, by other names, and by what it says; the name counts most', () => {
    expect(ids(searchGuides(guides, 'gmail'))[0]).toBe('gmail')
    expect(ids(searchGuides(guides, 'OFFICE 365'))).toContain('microsoft365-shared-mailbox')
    expect(ids(searchGuides(guides, 'transportrule'))).toContain('exchange')
    expect(ids(searchGuides(guides, 'zohó'))).toContain('zoho')
    expect(searchGuides(guides, 'quantum pigeon')).toEqual([])
    expect(searchGuides(guides, '  ')).toHaveLength(guides.length)
  })

  it('is chosen by the mail exchanger that the DNS named', () => {
    expect(guideFor(guides, ['Mail for acme.test goes to aspmx.l.google.com (MX).'])?.id).toBe('gmail')
    expect(
      guideFor(guides, ['Mail for acme.test goes to acme-test.mail.protection.outlook.com (MX).'])?.id,
    ).toBe('microsoft365-shared-mailbox')
    expect(guideFor(guides, ['Mail for acme.test goes to mx.acme.test (MX).'])).toBeNull()
    expect(guideFor(guides, ['Mail for acme.com goes to mx.acme.com (MX).'])).toBeNull()
    expect(guideFor(guides, ['Addresses at me.com belong to iCloud.'])?.id).toBe('icloud')
    expect(guideFor(guides, [])).toBeNull()
  })
})

describe('how a guide is drawn', () => {
  it('knows lists, code, bold and links, and nothing that runs', () => {
    const opened: string[] = []
    const [paragraph, list] = guideNodes(
      'See **this** <script>alert(1)</script> and [that](https://acme.test/x) or [not](javascript:alert(1)).\n\n1. Type `a@b.test`\n   and go on\n2. Done',
      (url) => opened.push(url),
    )
    const tags = JSON.stringify((paragraph?.children as { type: unknown }[]).map(({ type }) => String(type)))
    expect(tags).toContain('strong')
    expect((paragraph?.children as { type: unknown }[]).filter(({ type }) => type === 'a')).toHaveLength(1)
    expect(list?.type).toBe('ol')
    expect(list?.children).toHaveLength(2)
  })
})
