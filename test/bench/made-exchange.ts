/** Exchanges for benchmarks, as the proxy hands them to the recorder. */
import type { BodyParts, ExchangeRecord } from '../../electron/journal/protocol.ts'

const vocabulary =
  'the stone is blue and very old it was found in a quarry near river from there traders took it west'.split(' ')
const clients = ['Claude Code', 'opencode', 'curl', 'Codex', 'Playground']
const models = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'o3', 'gpt-4o']

export interface MadeExchanges {
  /** How many there will be; the last began a second ago. */
  of: number
  /** From 0 to 1. */
  random: () => number
  /** Of the stream; 40 without. */
  events?: number
}

/** About 2 kB of request and a stream of events, like a short turn of a chat; many of them make sessions. */
export function madeExchange(number: number, { of, random, events = 40 }: MadeExchanges): ExchangeRecord {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const words = (count: number): string => Array.from({ length: count }, () => pick(vocabulary)).join(' ')
  const failed = random() < 0.05
  const model = pick(models)
  const rare = number % 97 === 0 ? ' lapis lazuli' : ''
  const request = Buffer.from(
    JSON.stringify({
      model,
      messages: [
        { role: 'system', content: words(120) },
        { role: 'user', content: `${words(200)}${rare} number ${number}` },
      ],
    }),
  )
  const event = (delta: object, usage?: object): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model, choices: [{ index: 0, delta }], ...(usage === undefined ? {} : { usage }) })}\n\n`
  const chunks = Array.from({ length: events }, () => Buffer.from(event({ content: ` ${words(3)}` })))
  chunks.push(Buffer.from(event({}, { prompt_tokens: 400 * (1 + (number % 50)), completion_tokens: 120 })))
  const bytes = new Uint8Array(Buffer.concat(chunks))
  const ends = new Uint32Array(chunks.length)
  const at = new Float64Array(chunks.length)
  let end = 0
  for (const [index, chunk] of chunks.entries()) {
    end += chunk.length
    ends[index] = end
    at[index] = 400 + index * 30
  }
  const body = (pieces: BodyParts['pieces']): BodyParts => ({ pieces, total: request.length, truncated: false })
  const headers: [string, string][] = [['content-type', 'text/event-stream']]
  return {
    summary: {
      id: String(number).padStart(12, '0'),
      startedAt: Date.now() - (of - number) * 1000,
      state: failed ? 'failed' : 'done',
      client: pick(clients),
      session: `session-${Math.floor(number / 40)}`,
      method: 'POST',
      path: random() < 0.3 ? '/v1/messages?beta=true' : '/v1/chat/completions',
      clientDialect: 'chat',
      upstreamDialect: 'chat',
      askedModel: model,
      instance: pick(['east', 'west']),
      deployment: `${model}-prod`,
      stream: true,
      status: failed ? 429 : 200,
      ttftMs: 200 + 3000 * random(),
      durationMs: 1000 + 40_000 * random(),
      cost: random() / 5,
      attempts: 1,
      losses: 0,
      flags: random() < 0.1 ? ['lossy'] : [],
    },
    detail: {
      requestHeaders: [['user-agent', 'bench/1.0']],
      losses: [],
      responseHeaders: headers,
      attempts: [
        {
          instance: 'east',
          deployment: `${model}-prod`,
          method: 'POST',
          url: 'https://contoso.openai.azure.com/openai/v1/chat/completions',
          requestHeaders: [],
          startMs: 1,
          responseHeaders: headers,
          status: 200,
          received: end,
        },
      ],
    },
    secrets: [],
    bodies: true,
    request: body([new Uint8Array(request)]),
    attemptBodies: [body([{ from: 0, length: request.length }])],
    upstream: { mirrored: 0, slabs: [bytes], at, ends, total: end, truncated: false },
    client: { mirrored: end, slabs: [], at, ends, total: end, truncated: false },
  }
}
