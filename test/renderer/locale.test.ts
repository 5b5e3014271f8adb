import { baseCompile } from '@intlify/message-compiler'
import { describe, expect, it } from 'vitest'
import en from '../../resources/locales/en.json'

type Tree = { [key: string]: string | Tree }

function* leaves(tree: Tree, path = ''): Generator<[string, string]> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') yield [`${path}${key}`, value]
    else yield* leaves(value, `${path}${key}.`)
  }
}

describe('the English words', () => {
  it('all compile: a bare @ or brace would show as its source', () => {
    const broken: string[] = []
    for (const [key, message] of leaves(en as Tree)) {
      baseCompile(message, { onError: (error) => broken.push(`${key}: ${error.message}`) })
    }
    expect(broken).toEqual([])
  })
})
