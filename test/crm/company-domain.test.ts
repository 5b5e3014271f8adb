import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { companyOfAddress } from '../../src/main/engine/crm/company-domain.ts'

describe('companyOfAddress', () => {
  test.each([
    ['ada@acme.com', { domain: 'acme.com', name: 'Acme' }],
    ['ada@mail.acme.com', { domain: 'acme.com', name: 'Acme' }],
    ['ada@shop.acme.co.uk', { domain: 'acme.co.uk', name: 'Acme' }],
    ['ADA@ACME.IT', { domain: 'acme.it', name: 'Acme' }],
    ['"a@b"@acme.pl', { domain: 'acme.pl', name: 'Acme' }],
    ['x@xn--exmple-cua.com', { domain: 'xn--exmple-cua.com', name: 'Exämple' }],
    ['x@exämple.com', { domain: 'xn--exmple-cua.com', name: 'Exämple' }],
  ])('%s', (address, company) => {
    expect(companyOfAddress(address)).toEqual(company)
  })

  test.each([
    ['free mail', 'carla@gmail.com'],
    ['a part of a free-mail domain', 'carla@mail.gmail.com'],
    ['no domain', 'carla'],
    ['an empty domain', 'carla@'],
    ['one label', 'root@localhost'],
    ['an address literal', 'x@[192.168.0.1]'],
    ['an address as a domain', 'x@192.168.0.1'],
    ['a registry alone', 'x@co.uk'],
    ['an empty label', 'x@acme..com'],
    ['a space', 'x@ac me.com'],
  ])('none for %s', (_name, address) => {
    expect(companyOfAddress(address)).toBeNull()
  })

  test('the same company for every address below its domain', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{2,10}$/)
    fc.assert(
      fc.property(label, label, label, (host, own, user) => {
        const at = companyOfAddress(`${user}@${own}.example`)
        expect(companyOfAddress(`${user}@${host}.${own}.example`)).toEqual(at)
      }),
    )
  })

  test('never throws, and what it gives is a domain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const company = companyOfAddress(text)
        if (company) expect(company.domain).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
      }),
    )
  })
})
