import { test } from 'vitest'
import {
  cutWhileSending,
  cutWhileSyncing,
  killedWhileSending,
  killedWhileSyncing,
  soakSeed,
} from './reliability.ts'

const seed = soakSeed()
const times = Number(process.env.ANTEROOM_SOAK_TIMES ?? 100)

test(`killed at ${times} random moments of a 2,000-message sync`, () => killedWhileSyncing(times, seed))
test(`cut and stalled at ${times} random moments of it`, () => cutWhileSyncing(times, seed))
test(`killed at ${times} random moments of sending`, () => killedWhileSending(times, seed))
test(`cut and stalled at ${times} random moments of sending`, () => cutWhileSending(times, seed))
