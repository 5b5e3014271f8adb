import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createI18n } from 'vue-i18n'
import { compileMessages } from '../../scripts/vite-messages.ts'

type Translator = { t(key: string, values?: object | number): string }

const i18n = (messages: unknown): Translator =>
  createI18n({ legacy: false, locale: 'en', messages: { en: messages as never } })
    .global as unknown as Translator

const messages = {
  plain: 'It is here, whole',
  place: 'To {name}, {count} in all',
  plural: 'one | {n} of them',
  address: "like ada{'@'}acme.test",
  link: 'again: @:plain',
}

test('compiled messages say what the ones in the file say', () => {
  const { plain, ...others } = compileMessages({ ...messages, deeper: messages }) as Record<string, unknown>
  expect(plain).toBe(messages.plain)
  expect(typeof others['place']).toBe('object')
  const before = i18n({ ...messages, deeper: messages })
  const after = i18n({ plain, ...others })
  const values = { name: 'Ada', count: 3 }
  for (const key of Object.keys(messages)) {
    expect(after.t(key, values)).toBe(before.t(key, values))
    expect(after.t(`deeper.${key}`, values)).toBe(before.t(`deeper.${key}`, values))
  }
  for (const n of [1, 5]) expect(after.t('plural', n)).toBe(before.t('plural', n))
})

test('a message that does not compile is named', () => {
  expect(() => compileMessages({ list: { bad: 'To {name' } })).toThrow(/list\.bad/)
})

test('every English message compiles', () => {
  const file = new URL('../../resources/locales/en.json', import.meta.url)
  expect(() => compileMessages(JSON.parse(readFileSync(file, 'utf8')))).not.toThrow()
})
