import { parseArgs } from 'node:util'

/** What the command line asks for. */
export type ShellArguments = {
  /** As written; relative to the working directory. Undefined: the platform's default. */
  dataDir: string | undefined
  /** 0: any free port. */
  port: number
  open: boolean
  provision: string | undefined
  help: boolean
}

/** A command line that is not understood; the message is one sentence for the user. */
export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError'
}

const OPTIONS = {
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
  provision: { type: 'string' },
  shell: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export const HELP = `Usage: npm start -- [options]

  --shell web|electron  Which window to use. Without it: Electron where it is installed, else the browser.
  --data-dir DIR        Where mail and settings are kept. Without it: the usual folder of this system.
  --provision FILE      Set up the workspace from a JSON file before the first screen shows.
  --port N              Web shell: the port on 127.0.0.1; 0 takes any free one (the default).
  --no-open             Web shell: do not open the browser.
  --help                Show this text.
`

/**
 * Reads the web shell's command line.
 *
 * @param args without the program's name, as `process.argv.slice(2)`
 * @throws ArgumentsError for an unknown option, a missing value or a port out of range
 */
export function readArguments(args: string[]): ShellArguments {
  const { tokens } = parseArgs({
    args,
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values = new Map<string, string | undefined>()
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new ArgumentsError(`"${token.value}" is not an option of Anteroom. See npm start -- --help.`)
    }
    if (token.kind !== 'option') continue
    const known = OPTIONS[token.name as keyof typeof OPTIONS]
    if (known === undefined) {
      throw new ArgumentsError(`Anteroom has no option ${token.rawName}. See npm start -- --help.`)
    }
    const taken = token.value?.startsWith('--') && token.inlineValue === false
    if (known.type === 'string' && (!token.value || taken)) {
      throw new ArgumentsError(`${token.rawName} needs a value. See npm start -- --help.`)
    }
    if (known.type === 'boolean' && token.value !== undefined) {
      throw new ArgumentsError(`${token.rawName} takes no value. See npm start -- --help.`)
    }
    values.set(token.name, token.value)
  }
  const shell = values.get('shell')
  if (values.has('shell') && shell !== 'web' && shell !== 'electron') {
    throw new ArgumentsError(`--shell must be web or electron, not "${shell}".`)
  }
  const port = values.get('port') ?? '0'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new ArgumentsError(`--port must be a number from 0 to 65535, not "${port}".`)
  }
  return {
    dataDir: values.get('data-dir'),
    port: Number(port),
    open: !values.has('no-open'),
    provision: values.get('provision'),
    help: values.has('help'),
  }
}
