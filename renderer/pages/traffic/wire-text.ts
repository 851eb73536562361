/** The messages of an exchange as text, close to what was on the wire. */
import type { CapturedBody, ExchangeDetail, Header, LaneEvent } from '../../../shared/exchange.ts'

export function isEventStream(headers: readonly Header[]): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'content-type' && value.includes('text/event-stream'))
}

/** The body that a lane carried: events with the blank line that ends each, or the slices joined. */
export function bodyOf(events: readonly LaneEvent[], headers: readonly Header[]): CapturedBody {
  const text = isEventStream(headers)
    ? events.map((event) => `${event.raw}\n\n`).join('')
    : events.map((event) => event.raw).join('')
  return { text, bytes: new TextEncoder().encode(text).length, truncated: false }
}

export type WirePart = 'client-request' | 'upstream-request' | 'upstream-answer' | 'client-answer'

/** One of the four messages: first line, headers, blank line, body. */
export function wireText(
  part: WirePart,
  detail: ExchangeDetail,
  lanes: { upstream: readonly LaneEvent[]; client: readonly LaneEvent[] },
): string {
  const { summary } = detail
  const attempt = detail.attempts.at(-1)
  switch (part) {
    case 'client-request':
      return message(`${summary.method} ${summary.path}`, detail.requestHeaders, detail.requestBody.text)
    case 'client-answer':
      return message(
        `HTTP ${summary.status ?? '…'}`,
        detail.responseHeaders,
        bodyOf(lanes.client, detail.responseHeaders).text,
      )
    case 'upstream-request':
      if (!attempt) return ''
      return message(
        `${attempt.method} ${attempt.url}`,
        attempt.requestHeaders,
        (attempt.requestBody ?? detail.requestBody).text,
      )
    case 'upstream-answer': {
      if (!attempt) return ''
      const headers = attempt.responseHeaders ?? []
      return message(`HTTP ${attempt.status ?? '…'}`, headers, bodyOf(lanes.upstream, headers).text)
    }
  }
}

function message(line: string, headers: readonly Header[], body: string): string {
  return `${[line, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n')}\n\n${body}`
}
