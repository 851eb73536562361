import { expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import { describeStartFailure } from '../../electron/desktop/start-failure.ts'

test('a failure that is understood is told with what to do about it, and without a stack', () => {
  const error = new LazuliError({
    code: 'port_in_use',
    status: 500,
    message: 'Port 11437 is in use.',
    fix: 'Choose another port.',
  })
  expect(describeStartFailure(error)).toEqual({
    title: 'Lazuli could not start',
    content: 'Port 11437 is in use.\n\nChoose another port.',
  })
})

test('any other keeps its stack, for whoever reports it', () => {
  const error = new TypeError('x is not a function')
  expect(describeStartFailure(error).content).toBe(error.stack)
  expect(describeStartFailure('plain').content).toBe('plain')
})
