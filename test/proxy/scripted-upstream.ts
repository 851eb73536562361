/** A stand-in for an upstream: records what reached it and plays what a test tells it to. */
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  /** Name, value, name, value: as they came. */
  rawHeaders: string[]
  body: Buffer
  /** Resolves when the connection was closed, by whomever. */
  closed: Promise<void>
}

/** What a script can do with one request. */
export interface Play {
  received: Received
  response: ServerResponse
  socket: Socket
}

export type Script = (play: Play) => void | Promise<void>

export interface ScriptedUpstream {
  origin: string
  received: Received[]
  /** Connections that were ever made. */
  connections: () => number
  /** The next request, or the one that came already at this index. */
  request(index?: number): Promise<Received>
  close(): Promise<void>
}

export async function startUpstream(script: Script): Promise<ScriptedUpstream> {
  const received: Received[] = []
  const waiting: { index: number; resolve: (request: Received) => void }[] = []
  let connections = 0
  const server = createServer({ noDelay: true }, (request, response) => {
    void play(request, response)
  })
  async function play(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    socket.setMaxListeners(0)
    response.on('error', () => {})
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
    })
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(piece as Buffer)
    } catch {
      return
    }
    const one: Received = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(pieces),
      closed,
    }
    received.push(one)
    for (const waiter of waiting) if (waiter.index < received.length) waiter.resolve(received[waiter.index]!)
    await script({ received: one, response, socket })
  }
  server.on('connection', (socket) => {
    connections++
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    connections: () => connections,
    request(index = 0) {
      return new Promise((resolve) => {
        if (index < received.length) resolve(received[index]!)
        else waiting.push({ index, resolve })
      })
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

/** Answers with JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Script {
  return ({ response }) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
    response.end(bytes)
  }
}

/** Answers with an event stream, cut at these offsets, each piece in a write of its own. */
export function stream(body: Buffer, cuts: readonly number[] = []): Script {
  return async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of cutAt(body, cuts)) {
      response.write(piece)
      // The next turn of the loop: small enough to be quick, and each piece is a read of its own most of the time.
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    response.end()
  }
}

export function cutAt(body: Buffer, cuts: readonly number[]): Buffer[] {
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), body.length]
  return bounds.slice(1).flatMap((end, index) => {
    const piece = body.subarray(bounds[index], end)
    return piece.length === 0 ? [] : [piece]
  })
}

/** Sends these bytes of a stream, then resets the connection. */
export function resetAfter(body: Buffer, bytes: number): Script {
  return ({ response, socket }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    const reset = (): void => {
      setImmediate(() => socket.resetAndDestroy())
    }
    if (bytes === 0) reset()
    else response.write(body.subarray(0, bytes), reset)
  }
}
