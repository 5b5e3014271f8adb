// Writes resources/provision.schema.json from the zod schema of provisioning files.
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { ProvisionFile } from '../src/contract/provision.ts'

const schema = z.toJSONSchema(ProvisionFile, { io: 'input' })
writeFileSync(
  new URL('../resources/provision.schema.json', import.meta.url),
  `${JSON.stringify({ title: 'Anteroom provisioning file', ...schema }, null, 2)}\n`,
)
