// `npm test`: check, unit, build, integration, end to end. Every step runs even when one before it failed,
// except the end-to-end tests of a program that could not be built. The last line is for machines.
import './preflight.mjs'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ensurePackages } from './servers.mjs'
import { root, run } from './run.mjs'

const reports = mkdtempSync(join(tmpdir(), 'anteroom-test-'))
const total = { passed: 0, failed: 0, skipped: 0 }
/** What failed and has no test count of its own. */
const broken = []
/** What failed, and passed when its file was run once more by itself. */
const unsteady = []
/** More files than these that fail are no accident. */
const MOST_AGAIN = 2

/**
 * Runs one vitest project, or some of its files.
 * @param {string} project @param {string[]} files none for all @param {string} name of the report
 * @returns what became of each file, and how many errors came from outside of any test; null without a report
 */
async function vitest(project, files = [], name = project) {
  const file = join(reports, `${name}.json`)
  const outside = join(reports, `${name}.outside`)
  const args = [
    'run',
    ...files,
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    '--reporter=./scripts/outside-reporter.mjs',
    `--outputFile.json=${file}`,
  ]
  const { ok } = await run('vitest', args, { env: { OUTSIDE_FILE: outside } })
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
    return { ok, files: testResults, outside: Number(readFileSync(outside, 'utf8')) }
  } catch {
    return null
  }
}

/** @returns {string[]} the full names of the tests of a file that failed; the file's own where it failed outside of them */
function failedOf({ name, status, assertionResults }) {
  const file = relative(root, name)
  const tests = assertionResults.filter((test) => test.status === 'failed')
  if (tests.length === 0) return status === 'failed' ? [file] : []
  return tests.map(({ fullName }) => `${file} > ${fullName}`)
}

/**
 * Runs one vitest project and adds its counts. With `again`, one or two files that failed are run once more by
 * themselves, and what passes only then is named at the end: a browser on a busy machine can miss what a person would
 * just do again. What fails twice, in more files, or outside of any test, fails the run.
 * @param {string} project @param {{ again?: boolean }} options
 */
async function suite(project, { again = false } = {}) {
  console.log(`\n== ${project}`)
  const first = await vitest(project)
  if (!first) {
    broken.push(`${project} (ended without a report)`)
    return
  }
  let { ok, files } = first
  const failed = files.filter((file) => failedOf(file).length > 0)
  if (again && first.outside === 0 && failed.length > 0 && failed.length <= MOST_AGAIN) {
    console.log(`\n== ${project}, what failed once more`)
    const names = failed.map(({ name }) => relative(root, name))
    const second = await vitest(project, names, `${project}-again`)
    ok = second?.ok ?? false
    files = files.map((file) => second?.files.find(({ name }) => name === file.name) ?? file)
    const still = files.flatMap(failedOf)
    unsteady.push(...failed.flatMap(failedOf).filter((name) => !still.includes(name)))
  }
  const results = files.flatMap(({ assertionResults }) => assertionResults)
  const count = (wanted) => results.filter(({ status }) => wanted.includes(status)).length
  total.passed += count(['passed'])
  total.failed += count(['failed'])
  total.skipped += count(['pending', 'skipped', 'todo'])
  // A file that does not load, or an error outside of a test, fails the run without failing a test.
  if (!ok && count(['failed']) === 0) broken.push(project)
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
if (!leftOut.includes('e2e') && built) await suite('e2e', { again: true })

rmSync(reports, { recursive: true, force: true })
console.log('')
if (leftOut.length > 0) {
  console.log(
    `Left out: ${leftOut.join(' and ')}. To run them, install ${missing.join(', ')} (Debian's names).`,
  )
}
if (!built) console.log('Left out: e2e, because the build failed.')
if (total.skipped > 0) console.log(`${total.skipped} skipped`)
for (const name of unsteady) console.log(`Failed, and passed when run again: ${name}`)
for (const name of broken) console.log(`Failed: ${name}`)
const failed = total.failed + broken.length
console.log(`${total.passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
