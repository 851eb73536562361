import type { BundledExchange, BundledLane } from '../../shared/bundle.ts'
import type { CapturedBody, ExchangeSummary } from '../../shared/exchange.ts'
import { eventText, isStream } from '../../shared/lane-text.ts'
import { type Content, emptySection, packContent, type Section } from './content.ts'
import type { FinishedRecord } from './finish-record.ts'
import { unknownCause } from './lane-buffer.ts'
import type { RecordedDetail } from './protocol.ts'
import { redactHeaders, redactUrl } from './redact.ts'

const timeless = { at: new Float64Array(), ends: new Uint32Array() }

/**
 * An exchange out of a bundle, ready to be stored. It is not counted again: what it cost, it cost elsewhere.
 * @param id under which it is stored
 * @param now when it came in, milliseconds since the epoch; it is kept as long as one that begins now
 * @param largest most bytes that one exchange may take in the store; beyond, its bodies and lanes are left out
 */
export function importedRecord(
  { detail, upstream, client }: BundledExchange,
  id: string,
  now: number,
  largest: number,
): FinishedRecord {
  const { summary: told, requestBody, attempts, ...rest } = detail
  const summary: ExchangeSummary = { ...told, id, path: redactUrl(told.path), imported: true }
  const recorded: RecordedDetail = {
    ...rest,
    requestHeaders: redactHeaders(rest.requestHeaders),
    responseHeaders: redactHeaders(rest.responseHeaders),
    attempts: attempts.map(({ requestBody: _body, ...attempt }) => ({
      ...attempt,
      url: redactUrl(attempt.url),
      requestHeaders: redactHeaders(attempt.requestHeaders),
      ...(attempt.responseHeaders === undefined ? {} : { responseHeaders: redactHeaders(attempt.responseHeaders) }),
    })),
  }
  const content: Content = {
    detail: recorded,
    request: bodySection(requestBody),
    attempts: attempts.map((attempt) => bodySection(attempt.requestBody)),
    upstream: laneSection(upstream, isStream(attempts.at(-1)?.responseHeaders ?? [])),
    client: laneSection(client, isStream(rest.responseHeaders)),
  }
  const asTold = (head: string): string => head
  const whole = packContent(content, asTold)
  if (whole.length <= largest) return { id, startedAt: now, summary, content: whole }
  const bare: Content = {
    detail: recorded,
    request: emptySection(content.request.total),
    attempts: content.attempts.map(({ total }) => emptySection(total)),
    upstream: emptySection(content.upstream.total),
    client: emptySection(content.client.total),
  }
  return { id, startedAt: now, summary, content: packContent(bare, asTold) }
}

function bodySection(body: CapturedBody | undefined): Section {
  if (body === undefined) return emptySection(0)
  return { bytes: Buffer.from(body.text), total: body.bytes, truncated: body.truncated, ...timeless }
}

/** Each event is a chunk of its own, so that cutting the bytes again gives the same events. */
function laneSection({ events, truncated }: BundledLane, stream: boolean): Section {
  const pieces = events.map((event) => Buffer.from(stream ? eventText(event) : event.raw))
  const bytes = Buffer.concat(pieces)
  const ends = new Uint32Array(pieces.length)
  let end = 0
  for (const [index, piece] of pieces.entries()) {
    end += piece.length
    ends[index] = end
  }
  return {
    bytes,
    total: bytes.length + Number(truncated),
    truncated,
    at: Float64Array.from(events, ({ atMs }) => atMs),
    ends,
    ...(events.some(({ causes }) => causes !== undefined)
      ? { causes: Uint32Array.from(events.flatMap(({ causes }) => causes ?? [unknownCause, unknownCause])) }
      : {}),
  }
}
