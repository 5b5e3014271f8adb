// `npm run check`: everything that can be said about the source without running it.
import './preflight.mjs'
import { run } from './run.mjs'

const steps = [
  ['types: contract', 'tsc', ['-p', 'tsconfig.contract.json']],
  ['types: node', 'tsc', ['-p', 'tsconfig.node.json']],
  ['types: e2e', 'tsc', ['-p', 'tsconfig.e2e.json']],
  ['types: web', 'vue-tsc', ['-p', 'tsconfig.web.json']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['layering', 'vitest', ['run', '--project', 'unit', 'test/layering.test.ts']],
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['dead code', 'knip', ['--no-progress']],
]

let failed = 0
for (const [name, command, args] of steps) {
  const started = performance.now()
  const { ok, output } = await run(command, args, { quiet: true })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`)
  if (!ok) {
    failed += 1
    console.log(output.trimEnd())
  }
}
process.exitCode = failed === 0 ? 0 : 1
