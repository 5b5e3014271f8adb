import { test } from 'vitest'
import { soakSeed } from './reliability.ts'
import { killedWhileWriting } from './writing.ts'

// The short form of writing.soak.test.ts.
test(
  'killed at 10 random keys: at most the last 300 ms of typing are lost',
  () => killedWhileWriting(10, soakSeed()),
  180_000,
)
