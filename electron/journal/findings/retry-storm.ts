import type { Find } from './evidence.ts'

const withinMs = 60_000
/** From so many on it is a storm; two are one retry. */
const fewest = 3
/** So many of them are named. */
const mostNamed = 10

/** The same body from the same client, again and again. */
export const findRetryStorm: Find = ({ summary, digest }, memory) => {
  if (digest === undefined || summary.clientDialect === undefined) return undefined
  const before = memory
    .same(summary.client, digest)
    .filter(({ startedAt }) => Math.abs(summary.startedAt - startedAt) <= withinMs)
  const count = before.length + 1
  if (count < fewest) return undefined
  const first = Math.min(...before.map(({ startedAt }) => startedAt))
  const seconds = Math.max(1, Math.round((summary.startedAt - first) / 1000))
  const failed = before.filter(({ status }) => status === undefined || status >= 400)
  const wasted = before.reduce((sum, { tokens }) => sum + tokens, 0)
  const statuses = [...new Set(failed.map(({ status }) => (status === undefined ? 'no answer' : String(status))))]
  return {
    kind: 'retry-storm',
    severity: 'warn',
    title: `${count} times the same`,
    explanation: [
      `${summary.client} sent exactly this body ${count} times within ${seconds} s.`,
      failed.length === 0
        ? 'The earlier ones were answered: it did not like what it got, or asks more often than it knows.'
        : `${failed.length} of the earlier ones failed (${statuses.join(', ')}).`,
      ...(wasted === 0 ? [] : [`The repetitions before this one took ${wasted.toLocaleString('en-US')} tokens.`]),
    ].join(' '),
    fix:
      failed.length === 0
        ? 'Look at what the client does with the answer; a time limit that is too short makes it ask again.'
        : 'Let the client wait as long as Retry-After says, or raise the limit of the deployment.',
    related: before.slice(-mostNamed).map(({ id }) => id),
  }
}
