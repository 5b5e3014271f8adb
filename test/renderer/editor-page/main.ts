import { createApp, defineComponent, h } from 'vue'
import { EditorContent } from '@tiptap/vue-3'
import { createI18n } from 'vue-i18n'
import EditorToolbar from '@/features/composer/editor/EditorToolbar.vue'
import '@/features/composer/editor/mail-editor.css'
import { documentToMailHtml } from '@/features/composer/mail-html.ts'
import { useMailEditor } from '@/features/composer/editor/use-mail-editor.ts'
import '@/styles.css'
import en from '../../../resources/locales/en.json'
import type {} from './window.ts'

/** Where pictures lie, by their content id or the id of their upload. */
const pictures = new Map<string, string>()
/** What a content id shows that no upload made: 40 by 20, of one colour. */
const RED = (() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 20 })
  const brush = canvas.getContext('2d')
  if (brush) Object.assign(brush, { fillStyle: '#dc1e1e' }).fillRect(0, 0, 40, 20)
  return canvas.toDataURL()
})()

const page = defineComponent({
  setup() {
    const { editor, imageUploaded, setHtml } = useMailEditor({
      html: '',
      label: 'Message body',
      placeholder: 'Write',
      missingImageText: 'missing',
      imageWidthLabel: 'Width of the picture',
      source: ({ cid, pending }) => pictures.get(pending ?? cid ?? '') ?? (cid === null ? null : RED),
      onChange: (html) => (window.editorPage.saved = html),
      onBlur: () => {},
      onImage(id, file) {
        const url = URL.createObjectURL(file)
        const cid = `${id}@anteroom.invalid`
        pictures.set(id, url).set(cid, url)
        // The bytes are on their way while the text is already there.
        setTimeout(() => imageUploaded(id, cid))
      },
      onFiles: () => {},
      onImagesLeftOut: (count) => (window.editorPage.leftOut += count),
    })
    window.editorPage = {
      leftOut: 0,
      saved: '',
      linkAsked: 0,
      set: setHtml,
      html: () => documentToMailHtml(editor.value.state.doc),
      paste({ html: rich, text, picture }) {
        const data = new DataTransfer()
        if (rich !== undefined) data.setData('text/html', rich)
        if (text !== undefined) data.setData('text/plain', text)
        if (picture !== undefined) {
          const bytes = Uint8Array.from(atob(picture), (char) => char.charCodeAt(0))
          data.items.add(new File([bytes], 'picture.png', { type: 'image/png' }))
        }
        editor.value.view.dom.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
        )
      },
      run(...commands) {
        for (const [name, ...rest] of commands) {
          const all = editor.value.commands as unknown as Record<string, (...rest: unknown[]) => boolean>
          if (!all[name]?.(...rest)) throw new Error(`The command ${name} could not be done.`)
        }
      },
    }
    return () =>
      h(
        'div',
        { style: 'display: flex; flex-direction: column; height: 100vh; background: var(--color-surface)' },
        [
          h(EditorContent, { editor: editor.value, style: 'flex: 1; overflow: auto' }),
          h(EditorToolbar, {
            editor: editor.value,
            style: 'padding: 2px 8px',
            onLink: () => (window.editorPage.linkAsked += 1),
          }),
        ],
      )
  },
})

createApp(page)
  .use(createI18n({ legacy: false, locale: 'en', messages: { en } }))
  .mount('#app')
