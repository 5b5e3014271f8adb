import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { met, table, type Failure, type Figure } from './figures.ts'
import { createLab, type Bench } from './lab.ts'
import { loadPerCore, machine } from './machine.ts'
import { catchUp } from './rows/catch-up.ts'
import { coldStart } from './rows/cold-start.ts'
import { composing } from './rows/composing.ts'
import { engineStart } from './rows/engine-start.ts'
import { firstRows } from './rows/first-rows.ts'
import { initialSync } from './rows/initial-sync.ts'
import { keystroke } from './rows/keystroke.ts'
import { memory } from './rows/memory.ts'
import { mime } from './rows/mime.ts'
import { openThread } from './rows/open-thread.ts'
import { organising } from './rows/organising.ts'
import { palette } from './rows/palette.ts'
import { readsWhileSyncing } from './rows/reads-while-syncing.ts'
import { records } from './rows/records.ts'
import { scroll } from './rows/scroll.ts'
import { search } from './rows/search.ts'
import { timeline } from './rows/timeline.ts'

/** In this order: the first leaves the data that others start from, the last changes the mailbox on the server. */
const BENCHES: readonly Bench[] = [
  initialSync,
  firstRows,
  readsWhileSyncing,
  search,
  openThread,
  scroll,
  engineStart,
  coldStart,
  memory,
  mime,
  timeline,
  records,
  organising,
  composing,
  palette,
  keystroke,
  catchUp,
]

const HELP = `npm run bench -- [options]
  --messages N     messages of the mailbox (10000)
  --large          also measure at 100,000 what must not grow with the mailbox (takes long)
  --only a,b       only these: ${BENCHES.map(({ name }) => name).join(', ')}
  --runs N         how often what is quick is repeated (10)
  --json FILE      also writes the figures to a file
  --no-build       measures what lies in out/
`

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000' },
    large: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string', default: '10' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

function positive(name: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least) return value
  process.stderr.write(`--${name} wants a whole number of ${least} or more, not "${text}".\n`)
  process.exit(2)
}

const only = values.only?.split(',').map((name) => name.trim())
const unknown = only?.find((name) => !BENCHES.some((bench) => bench.name === name))
if (values.help || unknown !== undefined) {
  if (unknown !== undefined) process.stderr.write(`There is no bench "${unknown}".\n`)
  process.stdout.write(HELP)
  process.exit(unknown === undefined ? 0 : 2)
}

const lab = createLab({
  messages: positive('messages', values.messages, 200),
  large: values.large ? 100_000 : null,
  runs: positive('runs', values.runs, 1),
  say: (text) => process.stderr.write(`  ${text}\n`),
})
if (loadPerCore() > 0.5) {
  const load = loadPerCore().toFixed(1)
  process.stderr.write(
    `This machine has other work (load ${load} a core): trust the ratios more than the times.\n`,
  )
}
const figures: (Figure & { bench: string })[] = []
const failures: Failure[] = []
const startedAt = performance.now()

for (const bench of BENCHES.filter(({ name }) => !only || only.includes(name))) {
  process.stderr.write(`${bench.name}\n`)
  try {
    for (const figure of await bench.run(lab)) figures.push({ ...figure, bench: bench.name })
  } catch (error) {
    // One row that fails takes no other with it; the table says why.
    const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200)
    failures.push({ name: bench.name, why })
    process.stderr.write(`  failed: ${error instanceof Error ? error.stack : String(error)}\n`)
  }
}
await lab.close()

const { cpu, cores, memoryGb, os, node } = machine()
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)
console.log(`\n${table(figures, failures)}\n`)
for (const { name, note } of figures) if (note) console.log(`${name}: ${note}`)
console.log(
  `\n${cores} cores, ${cpu}, ${memoryGb} GB, ${os}, Node ${node}; ${minutes} minutes, load ${loadPerCore().toFixed(1)} a core at the end.`,
)
if (values.json !== undefined) {
  const rows = figures.map((figure) => ({ ...figure, met: met(figure) }))
  writeFileSync(values.json, `${JSON.stringify({ machine: machine(), figures: rows, failures }, null, 2)}\n`)
}
process.exit(0)
