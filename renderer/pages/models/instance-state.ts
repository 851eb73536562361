/** How an instance fares, in a shape and a word. */
import type { InstanceView, TestResult } from '../../../shared/instance-view.ts'
import type { InstanceLive } from '../../../shared/live.ts'
import { duration } from '../../ui/format.ts'

export interface ShownState {
  dot: 'dot' | 'dot warn' | 'dot err' | 'dot off' | 'dot live'
  word: string
  /** What is wrong, and what to do. */
  problem?: { message: string; fix?: string | undefined }
}

export type TestState = TestResult | 'running' | undefined

export interface StateFacts {
  view: InstanceView
  live: InstanceLive | undefined
  test: TestState
  /** Milliseconds since the epoch. */
  now: number
}

export function stateOf({ view, live, test, now }: StateFacts): ShownState {
  if (!view.instance.enabled) return { dot: 'dot off', word: 'switched off' }
  if (view.key.state === 'unreadable') {
    const { problem } = view.key
    return { dot: 'dot err', word: 'misconfigured', ...(problem === undefined ? {} : { problem }) }
  }
  const condition = live?.condition
  if (condition?.state === 'misconfigured') {
    return { dot: 'dot err', word: 'misconfigured', problem: condition.failure }
  }
  if (condition?.state === 'resting') {
    const left = condition.until - now
    const word = left > 0 ? `resting, ${duration(Math.ceil(left / 1000) * 1000)} left` : 'resting'
    return { dot: 'dot warn', word: condition.cause === 'throttled' ? `${word} (429)` : `${word} (failing)` }
  }
  if (condition?.state === 'half-open') return { dot: 'dot warn', word: 'trying again' }
  if (test === 'running') return { dot: 'dot live', word: 'being tested' }
  if (test !== undefined && !test.ok) return { dot: 'dot err', word: 'failing' }
  if (test?.ok === true) return { dot: 'dot', word: 'ok' }
  return (live?.requests ?? 0) > 0 ? { dot: 'dot', word: 'ok' } : { dot: 'dot off', word: 'not asked yet' }
}

/** One limit of a minute. */
export interface ShownQuota {
  /** `147k of 240k`, or why there is no figure. */
  text: string
  /** What is left, 0 … 1; undefined: not known. */
  left: number | undefined
  title: string
}

type Quota = InstanceLive['quota']
const TOLD_MS = 60_000

/** What is left of a minute: of the limit that is configured, else of the least that Azure said of a deployment. */
export function quotaOf(live: InstanceLive | undefined, what: 'tokens' | 'requests', now: number): ShownQuota {
  if (live === undefined) return { text: '—', left: undefined, title: 'Not known' }
  const limit = limitOf(live.quota, what)
  const used = what === 'tokens' ? live.quota.usedTpm : live.quota.usedRpm
  if (limit !== undefined) return shown(limit, Math.max(0, limit - used), 'of the limit that is configured')
  const told = live.deployments.flatMap(({ deployment, quota }) => {
    const left = what === 'tokens' ? quota.remainingTokens : quota.remainingRequests
    const most = limitOf(quota, what)
    return left === undefined || now - (quota.seenAt ?? 0) > TOLD_MS ? [] : [{ deployment, left, most }]
  })
  const least = told.toSorted((a, b) => a.left - b.left)[0]
  if (least === undefined) {
    return used > 0
      ? { text: `${compact(used)} used`, left: undefined, title: 'No limit is configured, and the upstream tells none' }
      : { text: 'not told', left: undefined, title: 'No limit is configured, and the upstream tells none' }
  }
  const title = `as the upstream says of ${least.deployment}`
  return least.most === undefined
    ? { text: compact(least.left), left: undefined, title }
    : shown(least.most, least.left, title)
}

function limitOf(quota: Quota, what: 'tokens' | 'requests'): number | undefined {
  return what === 'tokens' ? quota.limitTpm : quota.limitRpm
}

function shown(limit: number, left: number, title: string): ShownQuota {
  return {
    text: `${compact(left)} of ${compact(limit)}`,
    left: limit <= 0 ? 0 : Math.min(1, left / limit),
    title,
  }
}

/** `240k`, `1,440`, `1.2M`. */
export function compact(value: number): string {
  if (value < 10_000) return Math.round(value).toLocaleString('en-US')
  if (value < 1_000_000) return `${Math.round(value / 1000)}k`
  return `${(value / 1_000_000).toFixed(1)}M`
}
