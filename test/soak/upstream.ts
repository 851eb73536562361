/**
 * The upstream of the soak, a process of its own: Chat Completions that mostly stream to their end, and in three of ten
 * cases do not. It counts what it really did, and tells it at `GET /truth`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { randomSource } from '../proxy/recordings.ts'
import { drawFault, type Fault } from './faults.ts'

/** What the upstream knows for sure. */
export interface Truth {
  calls: number
  /** Calls by what was done to them. */
  faults: Partial<Record<Fault, number>>
  /** Answers of which every byte was handed to the system. */
  complete: number
  /** Tokens of those. */
  inputTokens: number
  outputTokens: number
  /** Connections that are open now. */
  connections: number
}

const truth: Truth = { calls: 0, faults: {}, complete: 0, inputTokens: 0, outputTokens: 0, connections: 0 }
const random = randomSource(Number(process.argv[2] ?? 1))
const eventGapMs = 20

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-soak', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', ...fields })}\n\n`
const delta = (content: string): string => chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ error: { code: String(status), message: 'Drawn by lot' } }))
}

async function stream(response: ServerResponse, fault: Fault, words: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (fault === 'reset_after_head') {
    response.flushHeaders()
    await wait(5)
    response.destroy()
    return
  }
  if (fault === 'limited_in_stream') {
    response.end(`data: ${JSON.stringify({ error: { code: '429', message: 'Rate limit is exceeded.' } })}\n\n`)
    return
  }
  response.write(chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }))
  const breaksAt = fault === 'cut' || fault === 'failed_in_stream' || fault === 'pause' ? Math.floor(words / 2) : -1
  for (let index = 0; index < words; index++) {
    await wait(eventGapMs)
    if (response.destroyed) return
    if (index === breaksAt && fault === 'cut') {
      response.destroy()
      return
    }
    if (index === breaksAt && fault === 'failed_in_stream') {
      response.end(`data: ${JSON.stringify({ error: { code: 'server_error', message: 'Drawn by lot' } })}\n\n`)
      return
    }
    if (index === breaksAt) await wait(1000)
    response.write(delta(`${index} `))
  }
  const usage = { prompt_tokens: 11, completion_tokens: words, total_tokens: 11 + words }
  response.write(chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }))
  response.write(chunk({ choices: [], usage }))
  await new Promise<void>((done) => response.end('data: [DONE]\n\n', () => done()))
  if (response.destroyed && !response.writableFinished) return
  truth.complete += 1
  truth.inputTokens += usage.prompt_tokens
  truth.outputTokens += usage.completion_tokens
}

const server = createServer((request, response) => {
  response.on('error', () => {})
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(truth))
    return
  }
  void textOf(request).then(
    (text) => {
      // The request says how long its answer is, so that its sender knows what must arrive.
      const words = Number(/words=(\d+)/.exec(text)?.[1] ?? 10)
      const silence = Number(/silence=(\d+)/.exec(text)?.[1] ?? 0)
      const fault = silence > 0 ? 'none' : drawFault(random())
      truth.calls += 1
      truth.faults[fault] = (truth.faults[fault] ?? 0) + 1
      switch (fault) {
        case 'too_many_requests':
          return refuse(response, 429, { 'retry-after-ms': '30' })
        case 'server_error':
          return refuse(response, 500)
        case 'unavailable':
          return refuse(response, 503)
        case 'reset_before_answer':
          return void request.socket.destroy()
        default:
          return wait(silence * 1000).then(() => stream(response, fault, words))
      }
    },
    () => {},
  )
})
server.on('connection', (socket) => {
  truth.connections += 1
  socket.once('close', () => (truth.connections -= 1))
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.send?.(address.port)
})
