import { beforeEach, describe, expect, test } from 'vitest'
import { Health } from '../../electron/routing/health.ts'
import type { Permit } from '../../electron/routing/health.ts'

let now: number
let health: Health
beforeEach(() => {
  now = 0
  health = new Health(() => now)
})

function permit(): Permit {
  const admitted = health.admit('a')
  if ('waitMs' in admitted) throw new Error(`rests for ${admitted.waitMs} ms`)
  return admitted
}

const fail = (times: number): void => {
  for (let count = 0; count < times; count++) health.failed('a', permit())
}

describe('the breaker', () => {
  test('opens at the fifth failure in a row, for a minute', () => {
    fail(4)
    health.answered('a', permit())
    fail(5)
    expect(health.admit('a')).toEqual({ waitMs: 60_000, cause: 'down' })
    now = 60_000
    expect(health.admit('a')).toEqual({ probe: true })
  })

  test('lets one probe through at a time; a failed one closes it for another minute, a good one opens it', () => {
    fail(5)
    now = 60_000
    const probe = permit()
    expect(health.admit('a')).toMatchObject({ cause: 'down' })
    health.failed('a', probe)
    expect(health.admit('a')).toEqual({ waitMs: 60_000, cause: 'down' })
    now = 120_000
    health.served('a', permit())
    expect([permit(), permit()]).toEqual([{ probe: false }, { probe: false }])
  })

  test('is not held by a probe whose client left', () => {
    fail(5)
    now = 60_000
    health.abandoned('a', permit())
    expect(permit().probe).toBe(true)
  })

  test('is not prolonged by those that were on their way when it opened', () => {
    const late = [permit(), permit()]
    fail(5)
    now = 30_000
    for (const one of late) health.failed('a', one)
    now = 60_000
    expect(permit().probe).toBe(true)
  })

  test('knows each deployment by itself', () => {
    fail(5)
    expect(health.admit('b')).toEqual({ probe: false })
  })
})

describe('a 429', () => {
  test('keeps requests away for as long as it says, and no longer', () => {
    health.throttled('a', permit(), 20_000)
    expect(health.admit('a')).toEqual({ waitMs: 20_000, cause: 'throttled' })
    now = 20_000
    expect([permit(), permit()]).toEqual([{ probe: false }, { probe: false }])
  })

  test.each([undefined, 1e15])('that says nothing of use keeps nobody away: %s', (ms) => {
    health.throttled('a', permit(), ms)
    expect(permit()).toEqual({ probe: false })
  })
})

test('wrong settings are forgotten when they change, when a request is served, and after five minutes', () => {
  const configured = {}
  health.misconfigured('a', permit(), 'Copy the key again.', configured)
  expect(health.doubt('a', configured)).toBe('Copy the key again.')
  expect(health.doubt('a', {})).toBeUndefined()
  now = 300_000
  expect(health.doubt('a', configured)).toBeUndefined()
  health.misconfigured('a', permit(), 'Again.', configured)
  health.served('a', permit())
  expect(health.doubt('a', configured)).toBeUndefined()
})

test('failures that come back before many answers that flow do not open the breaker; more of them than that do', () => {
  const ends = Array.from({ length: 7 }, () => health.flows('a'))
  fail(6)
  expect(health.rest('a')).toBeUndefined()
  fail(1)
  expect(health.rest('a')).toMatchObject({ cause: 'down' })
  for (const end of ends) end()
})
