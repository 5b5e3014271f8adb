import { createApp, defineComponent, h, nextTick, reactive } from 'vue'
import { createI18n } from 'vue-i18n'
import MailReader from '@/features/thread/reader/MailReader.vue'
import { overBudget } from '@/features/thread/reader/budget.ts'
import en from '../../../resources/locales/en.json'

/** What a test may set, and what the reader said. */
type ReaderPage = {
  show: (props: Partial<typeof mail>) => Promise<void>
  said: [string, string][]
  /** Milliseconds that the last `show` kept the page busy. */
  took: number
  overBudget: typeof overBudget
}
declare global {
  interface Window {
    readerPage: ReaderPage
  }
}

const EMPTY = {
  html: null as string | null,
  text: '',
  files: [] as { contentId: string | null; url: string; state: 'stored' | 'missing' | 'too_large' }[],
  remoteAllowed: false,
  dark: false,
  label: 'Message from Ada',
  sender: 'ada@acme.test',
}
const mail = reactive({ ...EMPTY, serial: 0 })

window.readerPage = {
  said: [],
  took: 0,
  overBudget,
  async show(props) {
    const begin = performance.now()
    Object.assign(mail, EMPTY, props, { serial: mail.serial + 1 })
    await nextTick()
    const frame = document.querySelector('iframe')
    if (frame) {
      // The frame is filled when its own document is there.
      while (!frame.contentDocument?.querySelector('#ar-mail')) await new Promise((go) => setTimeout(go, 1))
    }
    window.readerPage.took = performance.now() - begin
  },
}

const page = defineComponent({
  setup() {
    const say = (kind: string) => (what: string) => void window.readerPage.said.push([kind, what])
    return () =>
      h(MailReader, {
        ...mail,
        key: mail.serial,
        onOpen: say('open'),
        onCompose: say('compose'),
        onAllow: say('allow'),
      })
  },
})

createApp(page)
  .use(createI18n({ legacy: false, locale: 'en', messages: { en } }))
  .mount('#app')
