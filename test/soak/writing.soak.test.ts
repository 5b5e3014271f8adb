import { test } from 'vitest'
import { soakSeed } from './reliability.ts'
import { killedWhileWriting } from './writing.ts'

const times = Number(process.env.ANTEROOM_SOAK_TIMES ?? 100)

test(`killed at ${times} random keys`, () => killedWhileWriting(times, soakSeed()))
