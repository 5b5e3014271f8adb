import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Looks up a text by its dotted key and fills `{name}` places, as vue-i18n does in the renderer. */
export type Strings = (key: string, values?: Record<string, string | number>) => string

type Messages = { [key: string]: string | Messages }

/**
 * Reads what the shells say from the locale file that the renderer uses too.
 *
 * @param resourcesDir the product's `resources` folder
 * @param locale e.g. `en-GB`; its language is used where there is a file for it, else English
 * @returns a look-up; a key that is missing comes back as itself, so that the gap is seen
 */
export function loadStrings(resourcesDir: string, locale = 'en'): Strings {
  const english = read(resourcesDir, 'en')
  const language = locale.split(/[-_]/)[0]?.toLowerCase() ?? 'en'
  const own = language === 'en' || !/^[a-z]{2,3}$/.test(language) ? english : read(resourcesDir, language)
  return (key, values = {}) =>
    (find(own, key) ?? find(english, key) ?? key).replaceAll(/\{(\w+)\}/g, (place, name: string) =>
      name in values ? String(values[name]) : place,
    )
}

function read(resourcesDir: string, language: string): Messages {
  try {
    return JSON.parse(readFileSync(join(resourcesDir, 'locales', `${language}.json`), 'utf8')) as Messages
  } catch (error) {
    // A language that was not translated has no file; English always has one, but the key is shown then.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

function find(messages: Messages, key: string): string | undefined {
  let here: string | Messages | undefined = messages
  for (const part of key.split('.')) here = typeof here === 'object' ? here[part] : undefined
  return typeof here === 'string' ? here : undefined
}
