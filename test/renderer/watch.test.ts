import { describe, expect, test } from 'vitest'
import { pause, watch } from '../../renderer/watch.ts'

async function* items(values: number[], error?: Error): AsyncGenerator<number> {
  yield* values
  if (error) throw error
}

describe('a feed that is watched', () => {
  test('is opened again after it broke or ended, with growing pauses that an item resets', async () => {
    const abort = new AbortController()
    const seen: number[] = []
    const pauses: number[] = []
    const down: string[] = []
    const plan = [
      () => Promise.reject(new Error('refused')),
      () => Promise.reject(new Error('refused')),
      () => Promise.resolve(items([1, 2], new Error('broke'))),
      () => Promise.resolve(items([3])),
    ]
    await watch(
      {
        open: () => (plan.shift() ?? (() => Promise.reject(new Error('end of the test'))))(),
        item: (value) => void seen.push(value),
        down: (error) => void down.push((error as Error).message),
      },
      abort.signal,
      async (ms) => {
        pauses.push(ms)
        if (pauses.length === 5) abort.abort()
      },
    )
    expect(seen).toEqual([1, 2, 3])
    expect(down).toEqual(['refused', 'refused', 'broke', 'The feed ended', 'end of the test'])
    expect(pauses).toEqual([250, 500, 250, 250, 500])
  })

  test('never waits longer than five seconds', async () => {
    const abort = new AbortController()
    const pauses: number[] = []
    await watch(
      { open: () => Promise.reject(new Error('refused')), item: () => undefined },
      abort.signal,
      async (ms) => {
        pauses.push(ms)
        if (pauses.length === 12) abort.abort()
      },
    )
    expect(Math.max(...pauses)).toBe(5_000)
  })

  test('ends without a word when it is no longer wanted', async () => {
    const abort = new AbortController()
    const down: unknown[] = []
    const endless = async function* (): AsyncGenerator<number> {
      yield 1
      await pause(60_000, abort.signal)
    }
    const watched = watch(
      { open: async () => endless(), item: () => abort.abort(), down: (error) => void down.push(error) },
      abort.signal,
    )
    await watched
    expect(down).toEqual([])
  })
})
