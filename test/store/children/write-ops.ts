// Appends ops to the data folder named by the first argument, each durable, and prints the id of each once it is there.
import { writeSync } from 'node:fs'
import pino from 'pino'
import { appendOp } from '../../../src/main/engine/store/ops.ts'
import { Store } from '../../../src/main/engine/store/store.ts'

const [, , dataDir = ''] = process.argv
const store = new Store({ dataDir, log: pino({ level: 'silent' }), clock: { now: () => Date.now() } })
for (let i = 0; ; i++) {
  const id = `inbox-${i}`
  store.write(
    (write) => {
      appendOp(write, store.hlc, null, {
        entity: 'inbox',
        id,
        kind: 'create',
        values: { name: id, access: 'everyone', created_at: i },
      })
      write.changed('inboxes', id)
    },
    { durable: true },
  )
  // Not process.stdout: what it holds back would die with the process.
  writeSync(1, `${id}\n`)
}
