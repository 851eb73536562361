import { request } from 'undici'
import type { PlaygroundEvent, PlaygroundRequest } from '../../shared/contract.ts'
import type { Failure } from '../../shared/exchange.ts'
import type { AnswerContext, EventDecoder } from '../core/dialects/dialect.ts'
import { chat } from '../core/dialects/chat/chat.ts'
import type { HubError, HubEvent, PartKind } from '../core/hub.ts'
import { SseReader } from '../core/sse.ts'
import { listModels } from '../routing/list-models.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'

export const playground = {
  send: os.playground.send.handler(({ context, input, signal }) => converse(context, input, signal)),
}

/**
 * Sends a conversation through the proxy's own front door, so that each answer is an exchange like any other program's:
 * a real request over loopback, in the Chat dialect, with the local key.
 */
async function* converse(
  context: ConsoleContext,
  input: PlaygroundRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<PlaygroundEvent, void> {
  const started = performance.now()
  const body = bodyOf(context, input)
  let response: Awaited<ReturnType<typeof request>>
  try {
    response = await request(`http://${loopbackOf(context)}/v1/chat/completions`, {
      method: 'POST',
      headers: headersOf(context),
      body: JSON.stringify(body),
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    if (signal?.aborted === true) return
    yield { type: 'error', failure: unreachable(cause) }
    return
  }
  const exchange = response.headers['x-lazuli-exchange']
  if (typeof exchange === 'string') yield { type: 'exchange', id: exchange }
  if (response.statusCode >= 400) {
    yield {
      type: 'error',
      failure: failureOf(
        chat.decodeError({ status: response.statusCode, headers: response.headers, text: await response.body.text() }),
      ),
    }
    return
  }
  const losses = [response.headers['x-lazuli-dropped'], response.headers['x-lazuli-degraded']].flatMap((value) =>
    typeof value === 'string' ? value.split(',').map((path) => path.trim()) : [],
  )
  yield* readAnswer(response.body, decoderOf(body), started, losses, signal)
}

async function* readAnswer(
  body: AsyncIterable<Uint8Array>,
  decoder: EventDecoder,
  started: number,
  losses: string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<PlaygroundEvent, void> {
  const reader = new SseReader()
  const kinds = new Map<number, PartKind>()
  let ttftMs: number | undefined
  function* show(events: readonly HubEvent[]): Generator<PlaygroundEvent, void> {
    for (const event of events) {
      if (event.type === 'open') kinds.set(event.part, event.kind)
      else if (event.type === 'delta') {
        const kind = kinds.get(event.part)
        if (event.text === '' || (kind !== 'text' && kind !== 'reasoning' && kind !== 'refusal')) continue
        ttftMs ??= performance.now() - started
        yield { type: 'delta', kind, text: event.text }
      } else if (event.type === 'section') yield { type: 'delta', kind: 'reasoning', text: '\n\n' }
      else if (event.type === 'error') yield { type: 'error', failure: failureOf(event.error) }
      else if (event.type === 'end') {
        const durationMs = performance.now() - started
        const { usage } = event
        yield {
          type: 'end',
          finish: event.finish,
          ...(usage === undefined ? {} : { usage }),
          ttftMs: ttftMs ?? durationMs,
          durationMs,
          losses,
        }
      }
    }
  }
  try {
    for await (const chunk of body) for (const event of reader.push(chunk)) yield* show(decoder.push(event))
    for (const event of reader.end()) yield* show(decoder.push(event))
    yield* show(decoder.end())
  } catch (cause) {
    if (signal?.aborted === true) return
    yield { type: 'error', failure: unreachable(cause) }
  }
}

function bodyOf(context: ConsoleContext, input: PlaygroundRequest): Record<string, unknown> {
  const model = listModels(context.configuration.current()).find((each) => each.id === input.model)
  const limit = model?.profile.maxTokensField ?? 'max_completion_tokens'
  return {
    model: input.model,
    messages: [
      ...(input.system === undefined || input.system === '' ? [] : [{ role: 'system', content: input.system }]),
      ...input.messages,
    ],
    stream: true,
    stream_options: { include_usage: true },
    ...(input.temperature === undefined ? {} : { temperature: input.temperature }),
    ...(input.maxTokens === undefined ? {} : { [limit]: input.maxTokens }),
  }
}

function headersOf(context: ConsoleContext): Record<string, string> {
  const { auth, token } = context.configuration.current()
  return {
    'content-type': 'application/json',
    'user-agent': `Lazuli-Playground/${context.info.version}`,
    ...(auth === 'token' && token !== undefined ? { authorization: `Bearer ${token}` } : {}),
  }
}

/** The proxy as this machine reaches it, also when it listens on every interface. */
function loopbackOf(context: ConsoleContext): string {
  const { host } = context.configuration.current().config.server
  const bare = host.includes(':') ? `[${host}]` : host
  return `${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : bare}:${context.port}`
}

function decoderOf(body: Record<string, unknown>): EventDecoder {
  const { request: hub } = chat.decodeRequest(body)
  const answer: AnswerContext = {
    request: hub,
    undo: { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map() },
    upstreamDialect: 'chat',
    now: Date.now,
    newId: (prefix) => prefix,
    lose: () => {},
  }
  return chat.createEventDecoder(answer)
}

function failureOf(error: HubError): Failure {
  return { code: error.code ?? error.type, message: error.message }
}

function unreachable(cause: unknown): Failure {
  return {
    code: 'playground_unreachable',
    message: `The answer broke off: ${cause instanceof Error ? cause.message : String(cause)}.`,
    fix: 'Open the exchange in Traffic to see what arrived, then send again.',
  }
}
