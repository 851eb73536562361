import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../../core/log.ts'

/** What the simulator needs from outside. */
export interface SimulatorOptions {
  /** Milliseconds since the epoch. */
  now: () => number
  /** A number from 0 up to, not including, 1. */
  random: () => number
  /** Resolves after so many milliseconds, rejects at once when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** A fresh secret; it becomes the simulator's key. */
  newKey: () => string
  log?: Log
}

/** The real clock, chance and patience. */
export const realOptions: SimulatorOptions = {
  now: Date.now,
  random: Math.random,
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal })
  },
  newKey: () => randomBytes(24).toString('base64url'),
}
