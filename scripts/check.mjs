// `npm run check`: everything that can be said about the source without running it.
import './preflight.mjs'
import { run } from './run.mjs'

const steps = [
  ['types: web', 'vue-tsc', ['-p', 'tsconfig.web.json']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['types: node', 'tsc', ['-p', 'tsconfig.node.json']],
  ['types: e2e', 'tsc', ['-p', 'tsconfig.e2e.json']],
  ['layering', 'vitest', ['run', '--project', 'unit', 'test/layering.test.ts']],
  ['dead code', 'knip', ['--no-progress']],
  ['types: contract', 'tsc', ['-p', 'tsconfig.contract.json']],
]

let failed = 0
/** @param {string} name @param {string} command @param {string[]} args */
async function step(name, command, args) {
  const started = performance.now()
  const { ok, output } = await run(command, args, { quiet: true })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`)
  if (!ok) {
    failed += 1
    console.log(output.trimEnd())
  }
}

// Two at a time: each of them uses one core.
const waiting = [...steps]
const lane = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await step(...next)
}
await Promise.all([lane(), lane()])
process.exitCode = failed === 0 ? 0 : 1
