import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from '../../node-http.ts'
import { answerRequest, type AnswerContext } from './answer-request.ts'
import { messagesError, openAiError, SimulatedFailure } from './failure.ts'
import { realOptions, type SimulatorOptions } from './options.ts'
import { Reply } from './reply.ts'
import { readOperation } from './simulator-paths.ts'

export interface RunningSimulator {
  /** e.g. `http://127.0.0.1:40123` */
  origin: string
  /** Sent as `api-key`, `x-api-key` or Bearer, like a resource's key. */
  key: string
  /** Ends running answers and frees the port. */
  close(): Promise<void>
}

const MAX_BODY = 64 * 1024 * 1024
/** What Azure would grant per minute; counted per wire-side minute, never enforced. */
const REQUEST_LIMIT = 1000

/**
 * Starts the built-in upstream on a free loopback port. It speaks the wire of Azure OpenAI under `/openai` and that of
 * Claude in Foundry under `/anthropic`, answers without a model, and says so in every answer.
 */
export async function startSimulator(given: Partial<SimulatorOptions> = {}): Promise<RunningSimulator> {
  const options: SimulatorOptions = { ...realOptions, ...given }
  const key = options.newKey()
  const context: AnswerContext = { now: options.now, newId: (prefix) => prefix + randomText(options.random, 28) }
  const nextRemaining = minuteCounter(options.now)
  const server = createServer((request, response) => {
    const headers = azureHeaders(context, nextRemaining())
    void serve(request, response, { options, context, key, headers })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    key,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Serving {
  options: SimulatorOptions
  context: AnswerContext
  key: string
  headers: Readonly<Record<string, string>>
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { options, context, key, headers } = serving
  const claude = (request.url ?? '').startsWith('/anthropic/')
  const requestId = context.newId('req_')
  const reply = new Reply(response, options, claude ? { ...headers, 'request-id': requestId } : headers)
  try {
    const bytes = await readBody(request)
    if (!carriesKey(request, key)) {
      throw new SimulatedFailure(401, '401', 'Access denied: this is not the simulator’s key (simulated).')
    }
    const operation = readOperation(request.method ?? 'GET', request.url ?? '/')
    if (operation === undefined) throw new SimulatedFailure(404, '404', 'Resource not found (simulated).')
    await answerRequest(operation, request, bytes, reply, context)
  } catch (error) {
    if (error instanceof SimulatedFailure) {
      const body = claude ? messagesError(error, requestId) : openAiError(error)
      reply.json(error.status, body, error.headers)
      return
    }
    // The client left, or the simulator is being closed.
    if (!response.destroyed) response.destroy()
    if (!request.destroyed) options.log?.error({ err: String(error) }, 'The simulator failed')
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.byteLength
    if (size > MAX_BODY) throw new SimulatedFailure(413, 'RequestTooLarge', 'The body is too large (simulated).')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function carriesKey(request: IncomingMessage, key: string): boolean {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const expected = Buffer.from(key)
  return [request.headers['api-key'], request.headers['x-api-key'], bearer].some((given) => {
    if (typeof given !== 'string') return false
    const bytes = Buffer.from(given)
    return bytes.byteLength === expected.byteLength && timingSafeEqual(bytes, expected)
  })
}

/** Headers that Azure sends with every answer, the wildcard of CORS included. */
function azureHeaders(context: AnswerContext, remaining: number): Record<string, string> {
  const id = context.newId('')
  return {
    'x-lazuli-simulator': 'true',
    'apim-request-id': id,
    'x-request-id': id,
    'x-ms-region': 'Simulator',
    'x-ratelimit-limit-requests': String(REQUEST_LIMIT),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-limit-tokens': '1000000',
    'x-ratelimit-remaining-tokens': String(remaining * 1000),
    'access-control-allow-origin': '*',
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
    'x-content-type-options': 'nosniff',
  }
}

/** Counts down from the limit and starts again with each minute. */
function minuteCounter(now: () => number): () => number {
  let minute = 0
  let used = 0
  return () => {
    const current = Math.floor(now() / 60_000)
    if (current !== minute) used = 0
    minute = current
    used += 1
    return Math.max(0, REQUEST_LIMIT - used)
  }
}

function randomText(random: () => number, length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')
}
