import { isAbsolute, join, resolve } from 'node:path'

/**
 * Where a user's Anteroom lives when no `--data-dir` names another place. Both shells use the same folder,
 * so that the mail is there whichever of them starts (passwords are kept by each shell in its own store).
 *
 * @param platform as `process.platform`
 * @param env the process's environment; XDG_DATA_HOME and APPDATA are read
 * @param home the user's home folder
 */
export function defaultDataDir(
  platform: string,
  env: Record<string, string | undefined>,
  home: string,
): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Anteroom')
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'Anteroom')
  // The XDG Base Directory Specification: a relative path in the variable is to be ignored.
  const xdg = env.XDG_DATA_HOME
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'anteroom')
}

/** The data folder as an absolute path: the one that was asked for, else the platform's. */
export function chooseDataDir(
  wanted: string | undefined,
  platform: string,
  env: Record<string, string | undefined>,
  home: string,
): string {
  return wanted === undefined ? defaultDataDir(platform, env, home) : resolve(wanted)
}
