/** What a failed call means: for the request, and for the deployment that it was sent to. */
import { LazuliError } from '../core/error.ts'
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

/** @param now milliseconds since the epoch */
export function judgeFailure(thrown: unknown, now: number): Judgement {
  if (thrown instanceof UpstreamFailure) return judgeAnswer(thrown, now)
  const none = { isFinalHere: false, retryAfterMs: undefined }
  if (!(thrown instanceof LazuliError)) return { ...none, meaning: 'silent', retryable: false, told: 'failed' }
  if (CONNECTION.test(thrown.code)) return { ...none, meaning: 'down', retryable: true, told: thrown.message }
  // A key that cannot be read, a sign-in that fails: nothing was sent, and another instance may have no such trouble.
  const unsent = thrown.status === 503
  const advice = unsent && thrown.fix !== undefined ? { advice: thrown.fix } : {}
  return { ...none, meaning: 'silent', retryable: unsent, isFinalHere: unsent, told: thrown.message, ...advice }
}

function judgeAnswer({ answer: { status, headers, text } }: UpstreamFailure, now: number): Judgement {
  const retryAfterMs = readRetryAfter(headers, now)
  const told = `answered ${status}`
  const isFinalHere =
    headers['x-should-retry'] === 'false' || /insufficient_quota|enforced_spend_limit_reached/.test(text)
  if (status === 429) return { meaning: 'throttled', retryable: true, isFinalHere, retryAfterMs, told }
  if (status === 408 || (status >= 500 && status !== 501)) {
    return { meaning: 'down', retryable: true, isFinalHere, retryAfterMs, told }
  }
  const settings =
    status === 401 ||
    status === 403 ||
    (status === 404 && /DeploymentNotFound|deployment.{0,40}does not exist|not_found_error/i.test(text))
  const advice = settings ? adviceFor(status, text)?.fix : undefined
  return {
    meaning: settings ? 'misconfigured' : 'refused',
    retryable: false,
    isFinalHere: true,
    retryAfterMs,
    told,
    ...(advice === undefined ? {} : { advice }),
  }
}
