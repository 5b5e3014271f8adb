import { createI18n } from 'vue-i18n'
import en from '../../resources/locales/en.json'

type Messages = typeof en

declare module 'vue-i18n' {
  // The English file is the reference: a key that is not in it does not compile where it is written out.
  export interface DefineLocaleMessage extends Messages {}
}

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } })

/** The words for a key, outside components (inside, `useI18n()` does the same). */
export const t = i18n.global.t
