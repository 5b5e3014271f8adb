import { readFileSync } from 'node:fs'
import { startTestEngine } from '../../support/engine.ts'
import { QUICK } from '../../support/company.ts'

/** An engine as a process of its own, to be killed: data folder and provisioning file as arguments, passwords by environment. */
const [dataDir, provisioning] = process.argv.slice(2)
const app = await startTestEngine({ dataDir: dataDir!, timeouts: QUICK })
await app.engine.provision(readFileSync(provisioning!, 'utf8'), process.env)
process.stdout.write('ready\n')
