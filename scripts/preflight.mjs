// Runs before anything else, so it must itself run on every old Node: no imports of ours, no new syntax.
// On Node 20 the database driver would end the process without a word.

/** The lowest Node that every package we load supports: mailauth wants 22.19. */
const LOWEST = [22, 19]

/**
 * Says why a Node version cannot run Anteroom, or nothing when it can.
 * @param {string} version such as `process.versions.node`
 * @returns {string | null}
 */
export function nodeProblem(version) {
  const parts = version.split('.')
  const major = Number(parts[0])
  const minor = Number(parts[1])
  if (major > LOWEST[0] || (major === LOWEST[0] && minor >= LOWEST[1])) return null
  return (
    'Anteroom needs Node ' +
    LOWEST.join('.') +
    ' or newer, and this is Node ' +
    version +
    ' (' +
    process.execPath +
    '). Install a newer one from https://nodejs.org and try again.'
  )
}

const problem = nodeProblem(process.versions.node)
if (problem !== null) {
  process.stderr.write(problem + '\n')
  process.exit(1)
}
