import type { Find } from './evidence.ts'

/** Failures that mean that an answer which had begun did not come to its end. */
const cut: ReadonlySet<string> = new Set([
  'proxy_upstream_incomplete',
  'proxy_upstream_closed',
  'proxy_idle_timeout',
  'proxy_total_timeout',
  'proxy_event_too_large',
])

/** The upstream's answer broke off. */
export const findTruncatedStream: Find = ({ summary, upstream, client }) => {
  const { failure } = summary
  if (failure === undefined || !cut.has(failure.code) || upstream.total === 0 || client.total === 0) return undefined
  return {
    kind: 'truncated-stream',
    severity: 'error',
    title: 'The stream broke off',
    explanation: `The upstream’s answer ended without its end: ${failure.message} The client was told so and got no finish reason that the model did not give.`,
    ...(failure.fix === undefined ? {} : { fix: failure.fix }),
    related: [],
  }
}
