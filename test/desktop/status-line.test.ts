import { expect, test } from 'vitest'
import type { Status } from '../../shared/contract.ts'
import { statusLine } from '../../electron/desktop/status-line.ts'

const serving: Status = {
  state: 'running',
  baseUrl: 'http://127.0.0.1:11437',
  requestsPerMinute: 3,
  active: 0,
  recording: true,
  costToday: { usd: 0, unpriced: 0 },
}

test('says where Lazuli serves', () => {
  expect(statusLine(serving)).toBe('Serving at http://127.0.0.1:11437')
})

test('says that nothing is recorded', () => {
  expect(statusLine({ ...serving, recording: false })).toBe('Serving at http://127.0.0.1:11437, recording paused')
})

test('a problem is announced; the window has its words', () => {
  const problem = { code: 'journal_readonly', message: 'The data folder is read-only.' }
  expect(statusLine({ ...serving, problem })).toBe(
    'Serving at http://127.0.0.1:11437, with a problem: open Lazuli to read it',
  )
})

test('while it stops, says for what it waits', () => {
  expect(statusLine({ ...serving, state: 'stopping' })).toBe('Stopping')
  expect(statusLine({ ...serving, state: 'stopping', active: 1 })).toBe('Stopping: 1 request still running')
  expect(statusLine({ ...serving, state: 'stopping', active: 2 })).toBe('Stopping: 2 requests still running')
})
