/** The upstream, a process of its own: answers what the prompt asks for, and counts its connections. */
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DialectId } from '../../shared/exchange.ts'
import { readPlan, streamSource, UPSTREAM_PATHS, wholeAnswer } from './wire.ts'
import type { AnswerPlan, StreamSource } from './wire.ts'

export type UpstreamReport = { type: 'listening'; port: number } | { type: 'busy'; streams: number }

const dialects = Object.entries(UPSTREAM_PATHS) as [DialectId, string][]
const answers = new Map(dialects.map(([dialect]) => [dialect, wholeAnswer(dialect)]))
/** Streams that were begun and have neither ended nor been broken off. */
const streams = new Set<ServerResponse>()

const server = createServer({ noDelay: true, keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
  const dialect = dialects.find(([, path]) => request.url?.startsWith(path))?.[0]
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const plan = readPlan(Buffer.concat(pieces))
    if (dialect === undefined || plan === undefined) {
      response.writeHead(404, { 'content-length': '0' }).end()
    } else if (plan.events === 0) {
      const body = answers.get(dialect)!
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
    } else {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      streams.add(response)
      response.on('close', () => streams.delete(response))
      stream(response, streamSource(dialect, plan), plan)
    }
  })
})
server.timeout = 0

function stream(response: ServerResponse, source: StreamSource, { events, everyMs }: AnswerPlan): void {
  let left = events
  // The first text comes at once, so that the time to the first byte is the proxy's.
  response.write(source.head + source.next())
  left--
  if (everyMs === 0) {
    const more = (): void => {
      while (left > 0) {
        left--
        if (!response.write(source.next())) {
          response.once('drain', more)
          return
        }
      }
      response.end(source.tail())
    }
    more()
    return
  }
  const timer = setInterval(() => {
    if (left-- > 0) response.write(source.next())
    else {
      clearInterval(timer)
      response.end(source.tail())
    }
  }, everyMs)
  response.on('close', () => clearInterval(timer))
}

const tell = (report: UpstreamReport): void => void process.send?.(report)
server.listen(0, '127.0.0.1', () => tell({ type: 'listening', port: (server.address() as AddressInfo).port }))
process.on('message', () => tell({ type: 'busy', streams: streams.size }))
process.on('disconnect', () => process.exit(0))
