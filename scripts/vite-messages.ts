import { baseCompile } from '@intlify/message-compiler'
import type { Plugin } from 'vite'

type Messages = { [key: string]: string | Messages }

/** Whether a text means itself: it holds nothing of the message syntax (places, plurals, links, escapes). */
const isPlain = (text: string): boolean => !/[{}|@\\]/.test(text)

/**
 * A tree of messages with everything but plain texts compiled, as the runtime without a compiler wants it:
 * plain texts are shown as they are. Throws with the key of a text that does not compile.
 */
export function compileMessages(messages: Messages, path = ''): unknown {
  return Object.fromEntries(
    Object.entries(messages).map(([key, value]) => {
      const at = path === '' ? key : `${path}.${key}`
      if (typeof value !== 'string') return [key, compileMessages(value, at)]
      if (isPlain(value)) return [key, value]
      const options = { jit: true, location: false, minify: true, optimize: true }
      const onError = ({ message }: { message: string }) => {
        throw new Error(`The message ${at} does not compile: ${message}`)
      }
      return [key, baseCompile(value, { ...options, onError }).ast]
    }),
  )
}

/**
 * Compiles the locale files when the renderer is built, so that neither the compiler is shipped nor its work done
 * at every start. Tests use the files as they are, and vue-i18n's own compiler.
 */
export function precompiledMessages(): Plugin {
  return {
    name: 'anteroom-messages',
    enforce: 'pre',
    transform(code, id) {
      if (!/[\\/]resources[\\/]locales[\\/][^\\/]+\.json$/.test(id)) return null
      return { code: JSON.stringify(compileMessages(JSON.parse(code) as Messages)), map: null }
    },
  }
}
