import { describe, expect, it } from 'vitest'
import { uuidV5, uuidV7 } from '../../src/main/engine/lib/uuid.ts'

describe('uuidV5', () => {
  it('gives the example of RFC 9562 appendix A.4', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  it('hashes the name as UTF-8 and takes the namespace in any case', () => {
    const namespace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8'
    expect(uuidV5(namespace, 'é')).toBe(uuidV5(namespace.toUpperCase(), 'é'))
    expect(uuidV5(namespace, 'é')).not.toBe(uuidV5(namespace, 'e'))
  })

  it('refuses a namespace that is no UUID', () => {
    expect(() => uuidV5('mail', 'x')).toThrow(/"mail" is not a UUID/)
  })
})

describe('uuidV7', () => {
  it('carries its time, version and variant, and never repeats', () => {
    const now = 1_700_000_000_123
    const made = Array.from({ length: 100 }, () => uuidV7(now))
    expect(new Set(made).size).toBe(100)
    for (const id of made) {
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
    expect(uuidV7(now + 1) > uuidV7(now)).toBe(true)
  })
})
