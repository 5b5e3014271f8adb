import { writeFileSync } from 'node:fs'

/** Writes how many errors came from outside of any test to the file OUTSIDE_FILE: vitest's JSON does not tell. */
export default class OutsideReporter {
  onTestRunEnd(_modules, unhandledErrors) {
    writeFileSync(process.env.OUTSIDE_FILE, String(unhandledErrors.length))
  }
}
