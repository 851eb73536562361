import { expect, test } from 'vitest'
import { watchChanges } from '../../electron/console/watch-changes.ts'

test('what is watched comes at once, then only when it differs, and many changes come as one', async () => {
  let value = 0
  let reads = 0
  let tell = (): void => {}
  const stop = new AbortController()
  const watched = watchChanges(
    {
      read: () => {
        reads++
        return value
      },
      onChange: (listener) => {
        tell = listener
        return () => {
          tell = () => {}
        }
      },
      throttleMs: 20,
      refreshMs: 600_000,
    },
    stop.signal,
  )
  expect((await watched.next()).value).toBe(0)
  const next = watched.next()
  for (value = 1; value < 100; value++) tell()
  expect((await next).value).toBe(100)
  expect(reads).toBeLessThanOrEqual(3)
  const idle = watched.next()
  tell()
  stop.abort()
  expect(await idle).toEqual({ done: true, value: undefined })
  expect(reads).toBeLessThanOrEqual(4)
})

test('what changes without a word is noticed all the same', async () => {
  let value = 'before'
  const stop = new AbortController()
  const watched = watchChanges(
    { read: () => value, onChange: () => () => {}, throttleMs: 1, refreshMs: 5 },
    stop.signal,
  )
  await watched.next()
  value = 'after'
  expect((await watched.next()).value).toBe('after')
  stop.abort()
  await watched.return()
})
