import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** node_modules/.bin comes first, so that `node` is the one of the lock file also outside npm. */
const env = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
}

/**
 * Runs a command in the project's folder.
 * @param {string} command found by PATH, node_modules/.bin first
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string> }} options `quiet` collects the output instead of showing it
 * @returns {Promise<{ ok: boolean, output: string }>} `output` is empty unless `quiet`
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...env, ...options.env },
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      // Windows finds the .cmd files of node_modules/.bin only through a shell.
      shell: process.platform === 'win32',
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ ok: false, output: `${output}${command}: ${error.message}\n` }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}
