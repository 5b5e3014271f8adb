import { linkInArguments } from './deep-links.ts'

/** What is read of Electron's command line. */
export type ElectronArguments = {
  dataDir: string | undefined
  provision: string | undefined
  /** A `mailto:` or `anteroom:` link to open. */
  link: string | null
}

/**
 * Reads the command line of the Electron shell. Unlike the web shell it cannot refuse what it does not know:
 * Chromium has hundreds of switches, and the system adds its own.
 *
 * @param argv as `process.argv`, or as a second start hands it over
 */
export function readElectronArguments(argv: string[]): ElectronArguments {
  const value = (name: string): string | undefined => {
    const at = argv.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
    if (at === -1) return undefined
    const arg = argv[at] ?? ''
    return arg === name ? argv[at + 1] : arg.slice(name.length + 1)
  }
  return {
    dataDir: value('--data-dir'),
    provision: value('--provision'),
    link: linkInArguments(argv),
  }
}
