import { test } from 'vitest'
import {
  cutWhileSending,
  cutWhileSyncing,
  killedWhileSending,
  killedWhileSyncing,
  soakSeed,
} from './reliability.ts'

// The short form of reliability.soak.test.ts.
const seed = soakSeed()

test('killed at 10 random moments of a 2,000-message sync', () => killedWhileSyncing(10, seed), 120_000)
test('cut and stalled at 10 random moments of it', () => cutWhileSyncing(10, seed), 120_000)
test('killed at 10 random moments of sending', () => killedWhileSending(10, seed), 120_000)
test('cut and stalled at 10 random moments of sending', () => cutWhileSending(10, seed), 120_000)
