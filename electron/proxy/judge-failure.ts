/** What a failed call means: for the request, and for the deployment that it was sent to. */
import { LazuliError } from '../core/error.ts'
import type { Route } from '../routing/route.ts'
import { readRetryAfter } from '../routing/retry-after.ts'
import { UpstreamFailure } from './upstream-failure.ts'
import { adviceFor } from './upstreams/error-advice.ts'

export interface Judgement {
  /**
   * throttled: 429. down: 5xx, a reset, a time that ran out. misconfigured: its settings are wrong. refused: it works,
   * and refused this request. silent: nothing is known of it.
   */
  meaning: 'throttled' | 'down' | 'misconfigured' | 'refused' | 'silent'
  /** May the same request succeed when it is sent again? */
  retryable: boolean
  /** Nothing of it can have reached the upstream. */
  isUnsent: boolean
  /** The same deployment would fail again; others may not. */
  isFinalHere: boolean
  /** How long the upstream asks to be left alone, in milliseconds. */
  retryAfterMs: number | undefined
  /** In a few words, e.g. `answered 503`. */
  told: string
  /** What to do about wrong settings. */
  advice?: string
}

/** Our own words for a connection that failed. A certificate that is not accepted stays so, and is not among them. */
const CONNECTION =
  /^proxy_(?:connect_timeout|first_byte_timeout|idle_timeout|upstream_unreachable|upstream_closed|upstream_incomplete)$/

/** Those of them that come before the first byte of a request. */
const CONNECTING = /^proxy_(?:connect_timeout|upstream_unreachable)$/

/**
 * @param now milliseconds since the epoch
 * @param deployment that was asked; empty where the request names none, so that a 404 is about something else
 */
export function judgeFailure(thrown: unknown, now: number, deployment: string): Judgement {
  if (thrown instanceof UpstreamFailure) return judgeAnswer(thrown, now, deployment)
  const none = { isFinalHere: false, isUnsent: false, retryAfterMs: undefined }
  if (!(thrown instanceof LazuliError)) return { ...none, meaning: 'silent', retryable: false, told: 'failed' }
  if (CONNECTION.test(thrown.code)) {
    const isUnsent = CONNECTING.test(thrown.code)
    return { ...none, meaning: 'down', retryable: true, isUnsent, told: thrown.message }
  }
  // A key that cannot be read, a sign-in that fails: nothing was sent, and another instance may have no such trouble.
  const unsent = thrown.status === 503
  const advice = unsent && thrown.fix !== undefined ? { advice: thrown.fix } : {}
  const silent = { ...none, meaning: 'silent', isUnsent: unsent, isFinalHere: unsent } as const
  return { ...silent, retryable: unsent, told: thrown.message, ...advice }
}

function judgeAnswer({ answer }: UpstreamFailure, now: number, deployment: string): Judgement {
  const { status, headers, text } = answer
  const retryAfterMs = readRetryAfter(headers, now)
  const told = `answered ${status}`
  const isFinalHere =
    headers['x-should-retry'] === 'false' || /insufficient_quota|enforced_spend_limit_reached/.test(text)
  const common = { isUnsent: false, isFinalHere, retryAfterMs, told }
  if (status === 429) return { ...common, meaning: 'throttled', retryable: true }
  if (status === 408 || (status >= 500 && status !== 501)) return { ...common, meaning: 'down', retryable: true }
  const settings =
    status === 401 ||
    status === 403 ||
    (status === 404 &&
      deployment !== '' &&
      /DeploymentNotFound|deployment.{0,40}does not exist|not_found_error/i.test(text))
  const advice = settings ? adviceFor(status, text)?.fix : undefined
  return {
    ...common,
    meaning: settings ? 'misconfigured' : 'refused',
    retryable: false,
    isFinalHere: true,
    ...(advice === undefined ? {} : { advice }),
  }
}

/** Does a recording answer there? */
export const isPlayed = ({ instance }: Route): boolean => instance.provider_type === 'recording'

/** What a recording fails with is what came of all attempts then: it is told as it is, and says nothing about now. */
export function asPlayed(judgement: Judgement): Judgement {
  const { advice: _advice, ...rest } = judgement
  return { ...rest, meaning: 'refused', retryable: false, isFinalHere: true, retryAfterMs: undefined }
}
