import { describe, expect, test } from 'vitest'
import { DEFAULT_SIZE, LEAST_SIZE, placeWindow } from '../../src/main/shell-electron/window-state.ts'

const main = { x: 0, y: 25, width: 1440, height: 875 }
const second = { x: 1440, y: 0, width: 1920, height: 1080 }
const state = { x: 100, y: 100, width: 900, height: 700, maximised: false }

describe('where a window opens', () => {
  test('where it was', () => {
    expect(placeWindow(state, [main, second])).toEqual(state)
    expect(placeWindow({ ...state, x: 1600, maximised: true }, [main, second])).toEqual({
      ...state,
      x: 1600,
      maximised: true,
    })
  })

  test('half off a screen is where the user left it', () => {
    expect(placeWindow({ ...state, x: -500 }, [main])).toEqual({ ...state, x: -500 })
  })

  test.each([
    ['its screen is gone', { ...state, x: 1600 }],
    ['the title bar is above the screen', { ...state, y: -200 }],
    ['the title bar is below the screen', { ...state, y: 899 }],
    ['only a sliver is left', { ...state, x: 1400 }],
    ['it is left of everything', { ...state, x: -890 }],
  ])('in the middle of the main screen when %s', (_name, saved) => {
    const placed = placeWindow(saved, [main])
    expect(placed).not.toHaveProperty('x')
    expect(placed).not.toHaveProperty('y')
    expect(placed).toMatchObject({ width: 900, height: 700 })
  })

  test.each([
    undefined,
    null,
    'x',
    {},
    { ...state, x: '1' },
    { ...state, width: NaN },
    { ...state, x: 1e9 },
    [],
  ])('as by default after %j', (saved) => {
    expect(placeWindow(saved, [main])).toEqual({ ...DEFAULT_SIZE, maximised: false })
  })

  test('never larger than the screen nor smaller than what can be used', () => {
    expect(placeWindow({ ...state, x: 0, y: 30, width: 4000, height: 3000 }, [main])).toMatchObject({
      width: 1440,
      height: 875,
    })
    expect(
      placeWindow({ ...state, width: 10, height: 10 }, [{ ...main, width: 320, height: 200 }]),
    ).toMatchObject(LEAST_SIZE)
  })
})
