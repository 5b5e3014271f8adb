import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readElectronArguments } from '../../src/main/shell-electron/electron-arguments.ts'
import { ArgumentsError, readArguments } from '../../src/main/shell-shared/arguments.ts'
import { chooseDataDir, defaultDataDir } from '../../src/main/shell-shared/data-dir.ts'
import { commandFor } from '../../src/main/shell-web/open-browser.ts'

describe("the web shell's command line", () => {
  test('defaults', () => {
    expect(readArguments([])).toEqual({
      dataDir: undefined,
      port: 0,
      open: true,
      provision: undefined,
      help: false,
    })
  })

  test('everything', () => {
    const line = '--shell web --data-dir /d --port=8080 --no-open --provision p.json -h'
    expect(readArguments(line.split(' '))).toEqual({
      dataDir: '/d',
      port: 8080,
      open: false,
      provision: 'p.json',
      help: true,
    })
  })

  test.each([
    ['--prot 1', 'has no option --prot'],
    ['--data-dir', '--data-dir needs a value'],
    ['--data-dir=', '--data-dir needs a value'],
    ['--port abc', 'from 0 to 65535'],
    ['--port 70000', 'from 0 to 65535'],
    ['--port -1', 'from 0 to 65535'],
    ['--data-dir --no-open', '--data-dir needs a value'],
    ['--no-open=1', 'takes no value'],
    ['--shell firefox', 'web or electron'],
    ['mailbox.mbox', '"mailbox.mbox" is not an option'],
    ['-x', 'has no option -x'],
  ])('%s is refused with a sentence', (line, message) => {
    expect(() => readArguments(line.split(' '))).toThrow(ArgumentsError)
    expect(() => readArguments(line.split(' '))).toThrow(message)
  })
})

test("Electron's command line is read among whatever else stands there", () => {
  const argv = ['/app', '--no-sandbox', '--data-dir=/d', '--provision', 'p.json', 'anteroom://view/mine']
  expect(readElectronArguments(argv)).toEqual({
    dataDir: '/d',
    provision: 'p.json',
    link: 'anteroom://view/mine',
  })
})

describe('where the data lies', () => {
  test.each([
    ['darwin', {}, '/home/ada/Library/Application Support/Anteroom'],
    ['linux', {}, '/home/ada/.local/share/anteroom'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/anteroom'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/anteroom'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Anteroom'],
    ['win32', {}, '/home/ada/AppData/Roaming/Anteroom'],
  ])('%s %j', (platform, env, expected) => {
    expect(defaultDataDir(platform, env, '/home/ada')).toBe(join(expected))
  })

  test('as asked for, from the working directory', () => {
    expect(chooseDataDir('x/y', 'linux', {}, '/home/ada')).toBe(resolve('x/y'))
  })
})

test('the browser is opened without a command shell, and not where there is no screen', () => {
  const url = 'http://127.0.0.1:1/?token=a'
  expect(commandFor('linux', {}, url)).toBeNull()
  expect(commandFor('linux', { DISPLAY: ':0' }, url)).toEqual({ program: 'xdg-open', args: [url] })
  expect(commandFor('darwin', {}, url)).toEqual({ program: 'open', args: [url] })
  expect(commandFor('win32', {}, url)!.program).toBe('rundll32')
})
