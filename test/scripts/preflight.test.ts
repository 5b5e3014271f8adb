import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const preflight = pathToFileURL(join(import.meta.dirname, '../../scripts/preflight.mjs')).href

/** Runs the preflight in a Node that says it is of that version. */
function runAs(version: string) {
  const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' })
    await import('${preflight}')
    console.log('went on')`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
}

describe('the preflight', () => {
  it.each(['18.20.4', '20.20.2', '22.18.0'])(
    'refuses Node %s in one sentence that says what to do',
    (version) => {
      const { status, stdout, stderr } = runAs(version)
      expect(status).toBe(1)
      expect(stdout).toBe('')
      expect(stderr).toMatch(
        new RegExp(`^Anteroom needs Node 22\\.19 or newer, and this is Node ${version} `),
      )
      expect(stderr).toContain('https://nodejs.org')
    },
  )

  it.each(['22.19.0', '22.20.1', '23.0.0', '24.21.0'])('lets Node %s pass without a word', (version) => {
    expect(runAs(version)).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' })
  })
})
