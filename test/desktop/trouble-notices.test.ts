import { expect, test } from 'vitest'
import type { Trouble } from '../../electron/core/trouble.ts'
import { TroubleNotices, type TroubleNotice } from '../../electron/desktop/trouble-notices.ts'

const MINUTE = 60_000
const east = { instance: 'east', deployment: 'gpt-5' }
const throttled: Trouble = { kind: 'throttled', ...east }
const expired: Trouble = { kind: 'credential', ...east, told: 'the sign-in has expired' }
const budget: Trouble = { kind: 'budget', what: 'all', period: 'day', usd: 5, spent: 5.1, blocks: false }

function desk(): {
  shown: TroubleNotice[]
  state: { now: number; focused: boolean }
  tell: (trouble: Trouble) => void
} {
  const shown: TroubleNotice[] = []
  const state = { now: 0, focused: false }
  const notices = new TroubleNotices({
    show: (notice) => shown.push(notice),
    isFocused: () => state.focused,
    now: () => state.now,
  })
  return { shown, state, tell: (trouble) => notices.tell(trouble, () => 'What happened.') }
}

test('an expired credential and a crossed budget are told once, and again only much later', () => {
  const { shown, state, tell } = desk()
  tell(expired)
  tell(expired)
  tell(budget)
  expect(shown.map(({ title, page }) => [title, page])).toEqual([
    ['east: sign-in needed', 'models'],
    ['A budget is used up', 'settings'],
  ])
  state.now = 61 * MINUTE
  tell(expired)
  expect(shown).toHaveLength(3)
})

test('one 429 is daily life, five within a minute are told', () => {
  const { shown, state, tell } = desk()
  for (let at = 0; at < 4; at++) tell(throttled)
  state.now = 2 * MINUTE
  for (let at = 0; at < 4; at++) tell(throttled)
  expect(shown).toEqual([])
  tell(throttled)
  expect(shown).toEqual([{ title: 'east: quota used up', body: 'What happened.', page: 'traffic' }])
})

test('nothing is told to who looks at the window, which says it itself', () => {
  const { shown, state, tell } = desk()
  state.focused = true
  tell(expired)
  expect(shown).toEqual([])
  state.focused = false
  tell(expired)
  expect(shown).toHaveLength(1)
})

test('what nobody must act on is not told: an error, an outage, a deployment that is unknown', () => {
  const { shown, tell } = desk()
  tell({ kind: 'error', message: 'x' })
  tell({ kind: 'down', ...east, told: '503' })
  tell({ kind: 'failed', ...east, told: '500' })
  tell({ kind: 'misconfigured', ...east, told: '404 DeploymentNotFound' })
  expect(shown).toEqual([])
  tell({ kind: 'misconfigured', ...east, told: '401 Access denied' })
  expect(shown[0]?.title).toBe('east refuses its key')
})
