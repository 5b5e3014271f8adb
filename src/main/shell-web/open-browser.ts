import { spawn } from 'node:child_process'
import type { Logger } from 'pino'

/**
 * Opens the user's browser. Failure is only logged: the address is on the screen anyway.
 *
 * @param url our own address; nothing that a user or a mail wrote
 */
export function openBrowser(url: string, log: Logger): void {
  const command = commandFor(process.platform, process.env, url)
  if (command === null) {
    log.info('no display here: the browser is not opened')
    return
  }
  const child = spawn(command.program, command.args, { detached: true, stdio: 'ignore' })
  child.on('error', (error) => log.info({ err: error }, 'the browser could not be opened'))
  child.unref()
}

/** The system's way to open a URL; null where there is no screen to show it on. */
export function commandFor(
  platform: string,
  env: Record<string, string | undefined>,
  url: string,
): { program: string; args: string[] } | null {
  if (platform === 'darwin') return { program: 'open', args: [url] }
  // Not `start`, which is the shell's own and would read & and % in the URL.
  if (platform === 'win32') return { program: 'rundll32', args: ['url.dll,FileProtocolHandler', url] }
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return null
  return { program: 'xdg-open', args: [url] }
}
