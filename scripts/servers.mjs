// The real programs that tests and benchmarks run against. On Debian as root they are installed when missing;
// elsewhere nothing is touched and the caller says what to install.
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run } from './run.mjs'

/** Programs by the Debian package that brings them. Dovecot's parts are found by their own files. */
const PROGRAMS = {
  'dovecot-imapd': ['/usr/lib/dovecot/imap'],
  'dovecot-lmtpd': ['/usr/lib/dovecot/lmtp'],
  chromium: ['chromium'],
  isync: ['mbsync'],
  'maildir-utils': ['mu'],
  notmuch: ['notmuch'],
  xvfb: ['Xvfb'],
}

/** @param {string} program a name to look for in PATH, or an absolute path */
function present(program) {
  const places = program.startsWith('/')
    ? [program]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program))
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** @param {string[]} packages names of Debian packages out of PROGRAMS */
export function missingPackages(packages) {
  return packages.filter((name) => !(PROGRAMS[name] ?? [name]).every(present))
}

function isDebianRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !present('apt-get')) return false
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

/**
 * Makes sure that the programs of these Debian packages are there; installs what is missing where it may.
 * @param {string[]} packages
 * @returns {Promise<string[]>} the packages that are still missing
 */
export async function ensurePackages(packages) {
  const missing = missingPackages(packages)
  if (missing.length === 0 || !isDebianRoot()) return missing
  console.log(`Installing with apt-get: ${missing.join(', ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const steps = [
    ['update', '-q', '-o', 'DPkg::Lock::Timeout=300'],
    ['install', '-y', '-q', '-o', 'DPkg::Lock::Timeout=300', '--no-install-recommends', ...missing],
  ]
  for (const args of steps) {
    const { ok, output } = await run('apt-get', args, { quiet: true, env })
    if (!ok) {
      console.log(`apt-get ${args.join(' ')} failed:\n${output.trimEnd()}`)
      break
    }
  }
  return missingPackages(packages)
}
