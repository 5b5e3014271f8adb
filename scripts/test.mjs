// `npm test`: check, unit, build, integration, end to end. Every step runs even when one before it failed,
// except the end-to-end tests of a program that could not be built. The last line is for machines.
import './preflight.mjs'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensurePackages } from './servers.mjs'
import { run } from './run.mjs'

const reports = mkdtempSync(join(tmpdir(), 'anteroom-test-'))
const total = { passed: 0, failed: 0, skipped: 0 }
/** What failed and has no test count of its own. */
const broken = []

/** Runs one vitest project and adds its counts. @param {string} project */
async function suite(project) {
  console.log(`\n== ${project}`)
  const file = join(reports, `${project}.json`)
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  const { ok } = await run('vitest', args)
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    broken.push(`${project} (ended without a report)`)
    return
  }
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests
  total.skipped += report.numPendingTests + report.numTodoTests
  // A file that does not load, or an error outside of a test, fails the run without failing a test.
  if (!ok && report.numFailedTests === 0) broken.push(project)
}

/** Runs a step that counts no tests. @param {string} name @param {string} command @param {string[]} args */
async function step(name, command, args) {
  console.log(`\n== ${name}`)
  const { ok } = await run(command, args)
  if (!ok) broken.push(name)
  return ok
}

const missing = await ensurePackages(['dovecot-imapd', 'dovecot-lmtpd', 'chromium'])
const noDovecot = missing.some((name) => name.startsWith('dovecot'))
const leftOut = [...(noDovecot ? ['integration'] : []), ...(missing.length > 0 ? ['e2e'] : [])]

await step('check', 'node', ['scripts/check.mjs'])
await suite('unit')
const built = await step('build', 'electron-vite', ['build'])
if (!leftOut.includes('integration')) await suite('integration')
if (!leftOut.includes('e2e') && built) await suite('e2e')

rmSync(reports, { recursive: true, force: true })
console.log('')
if (leftOut.length > 0) {
  console.log(
    `Left out: ${leftOut.join(' and ')}. To run them, install ${missing.join(', ')} (Debian's names).`,
  )
}
if (!built) console.log('Left out: e2e, because the build failed.')
if (total.skipped > 0) console.log(`${total.skipped} skipped`)
for (const name of broken) console.log(`Failed: ${name}`)
const failed = total.failed + broken.length
console.log(`${total.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
