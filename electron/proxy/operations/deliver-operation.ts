/** What an operation answers with: documents, bytes, events; relayed as they come, at the client's pace. */
import type { Header, Usage } from '../../../shared/exchange.ts'
import type { ConfiguredInstance } from '../../config/configuration.ts'
import { dialectOf } from '../../core/dialects/registry.ts'
import { LazuliError } from '../../core/error.ts'
import type { ClientAnswer } from '../client-answer.ts'
import { STREAM_HEADERS } from '../early-head.ts'
import type { Exchange, ExchangeEnd } from '../exchange.ts'
import { responseHeaders } from '../headers.ts'
import { relayStream, relayWhole } from '../relay.ts'
import type { Outcome } from '../relay.ts'
import type { UpstreamAnswer } from '../send.ts'
import { redirectError } from '../upstream-errors.ts'
import type { OperationTools } from './call-operation.ts'
import { GivenIds, watched } from './named-ids.ts'
import type { Operation } from './operation.ts'

const SETTLE_MS = 1000
/** Figures stand at the end of a document. */
const TAIL_BYTES = 8 * 1024
/** Of a document, besides those that every answer passes on. */
const PASSED = ['content-disposition', 'etag', 'last-modified', 'location', 'x-openai-file-id'] as const

/** Brings the answer to the client and remembers the ids that it gives. */
export async function deliverOperation(
  exchange: Exchange,
  operation: Operation,
  instance: ConfiguredInstance,
  upstream: UpstreamAnswer,
  { ownership }: OperationTools,
): Promise<ExchangeEnd> {
  const type = textOf(upstream.headers['content-type'])
  const holdsContent = /\/content(?:\/|$)|\/results$/.test(operation.path)
  refuseOddAnswer(upstream, instance, type, holdsContent)
  const document = /^application\/(?:[\w.-]+\+)?json\b/i.test(type ?? '')
  const answered =
    document && !holdsContent ? remembering(exchange, operation, instance, upstream, ownership) : upstream
  const outcome = await relay(exchange, operation, answered, type, document)
  if (outcome.failure === undefined && operation.method === 'DELETE' && operation.path === operation.root) {
    ownership.forget(operation.ids[0]!)
  }
  await upstream.settle(outcome.failure === undefined ? SETTLE_MS : 0)
  return outcome.failure === undefined ? { state: 'done' } : { state: 'failed', failure: outcome.failure }
}

/** Ids are remembered before the client hears of them, so that whoever has an id is always led back. */
function remembering(
  exchange: Exchange,
  operation: Operation,
  instance: ConfiguredInstance,
  upstream: UpstreamAnswer,
  ownership: OperationTools['ownership'],
): UpstreamAnswer {
  const holds = operation.effect !== 'compute' || operation.path === '/responses/compact'
  const ids = new GivenIds((found) => ownership.remember(found, instance.name))
  let tail: Buffer = Buffer.alloc(0)
  return watched(
    upstream,
    (chunk) => {
      if (holds) ids.push(chunk)
      tail =
        chunk.length >= TAIL_BYTES ? chunk.subarray(-TAIL_BYTES) : Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES)
    },
    () => {
      const usage = operation.effect === 'compute' ? usageIn(tail.toString('latin1')) : undefined
      if (usage !== undefined) exchange.tap.usage(usage)
    },
  )
}

/** Token counts of a document, under either of OpenAI's names. */
export function usageIn(text: string): Usage | undefined {
  const at = text.lastIndexOf('"usage"')
  if (at === -1) return undefined
  const json = /^"usage"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})/.exec(text.slice(at))?.[1]
  if (json === undefined) return undefined
  try {
    const figures = JSON.parse(json) as Record<string, unknown>
    const count = (...names: string[]): number | undefined =>
      names.map((name) => figures[name]).find((value) => typeof value === 'number')
    const input = count('input_tokens', 'prompt_tokens')
    const output = count('output_tokens', 'completion_tokens')
    if (input === undefined && output === undefined) return undefined
    return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) }
  } catch {
    return undefined
  }
}

function relay(
  exchange: Exchange,
  operation: Operation,
  upstream: UpstreamAnswer,
  type: string | undefined,
  document: boolean,
): Promise<Outcome> {
  const { answer } = exchange
  const passed = responseHeaders(upstream.headers, operation.anthropic ? 'messages' : 'chat')
  for (const name of PASSED) {
    const value = textOf(upstream.headers[name])
    if (value !== undefined) passed.push([name, value])
  }
  if (upstream.status === 204) {
    answer.head(204, passed)
    answer.end()
    upstream.release()
    return Promise.resolve({})
  }
  const events = /^text\/event-stream\b/i.test(type ?? '')
  const dialect =
    operation.path === '/completions' ? dialectOf('chat') : resumes(operation) ? dialectOf('responses') : undefined
  if (events && dialect !== undefined) {
    return relayStream(upstream, answer, { dialect, headers: [...passed, ...STREAM_HEADERS], takeUsageOut: false })
  }
  const headers: Header[] = [...passed, ...(type === undefined ? [] : [['content-type', type] as Header])]
  if (document) return relayWhole(upstream, answer, headers)
  return relayBytes(upstream, answer, events ? [...passed, ...STREAM_HEADERS] : headers)
}

/** `GET /responses/{id}?stream=true` takes up a stream of the Responses API. */
function resumes({ method, path, root }: Operation): boolean {
  return method === 'GET' && path === root && path.startsWith('/responses/')
}

/** Relays bytes from the first one on; a cut is told by breaking the connection, the only way that bytes have. */
function relayBytes(upstream: UpstreamAnswer, answer: ClientAnswer, headers: readonly Header[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const length = textOf(upstream.headers['content-length'])
    const begin = (): void => {
      if (answer.headSent) return
      answer.head(upstream.status, length === undefined ? headers : [...headers, ['content-length', length]])
    }
    upstream.read({
      data(chunk) {
        begin()
        if (!answer.write(chunk)) answer.holdBack(upstream)
      },
      end() {
        begin()
        answer.end()
        resolve({})
      },
      fail(error) {
        if (!answer.headSent) {
          reject(error)
          return
        }
        answer.break()
        resolve({ failure: error.toFailure() })
      },
    })
  })
}

function refuseOddAnswer(
  upstream: UpstreamAnswer,
  instance: ConfiguredInstance,
  type: string | undefined,
  holdsContent: boolean,
): void {
  const { status, headers } = upstream
  if (status >= 300) throw redirectError(status, instance.name)
  const encoding = textOf(headers['content-encoding'])
  if (encoding !== undefined && encoding !== 'identity' && encoding !== '') {
    throw new LazuliError({
      code: 'proxy_upstream_encoding',
      status: 502,
      message: 'The upstream sent a compressed answer although it was asked not to.',
      fix: 'Switch compression off on the gateway in front of the resource.',
    })
  }
  if (!holdsContent && /^text\/html\b/i.test(type ?? '')) {
    throw new LazuliError({
      code: 'proxy_upstream_invalid',
      status: 502,
      message: 'The upstream sent a web page instead of an answer.',
      fix: 'Check that the instance’s address leads to the API, and that no sign-in page is in between.',
    })
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
