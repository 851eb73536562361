/**
 * The HTTP server: what node:http must be told on purpose. Time limits bound slow clients and never a slow model;
 * malformed framing closes the connection, because what follows it cannot be trusted.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Header } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import { createServer } from './node-http.ts'

/** Beyond it: 431. Identity tokens of 10 KB fit. */
const MAX_HEADER_BYTES = 16 * 1024
const HEADERS_WITHIN_MS = 30_000
/** A whole request, its body included, unless it is an upload. */
const REQUEST_WITHIN_MS = 60_000
const CHECK_EVERY_MS = 2000
/** Longer than clients keep idle connections, so that they and not we close them: no request runs into a closed door. */
const KEEP_ALIVE_MS = 120_000

export interface Listening {
  host: string
  port: number
}

export interface ListenerHandlers {
  /** @param expectsContinue the body comes only after `response.writeContinue()` */
  request(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void
  /**
   * A WebSocket is asked for. The text returned is the whole answer, and then the connection is closed; without one the
   * socket is taken over.
   * @param head what came behind the request's head
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): string | undefined
}

export interface Listener {
  /** @throws LazuliError `port_in_use`, `cannot_listen` */
  listen(host: string, port: number): Promise<Listening>
  /** Stops listening; resolves when all connections are closed. */
  close(): Promise<void>
  /** Closes every connection now. */
  destroyConnections(): void
}

export function createListener(handlers: ListenerHandlers): Listener {
  const busy = new WeakSet<Duplex>()
  const handle = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    const { socket } = request
    const encoding = request.headers['transfer-encoding']
    if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || request.httpVersion !== '1.1')) {
      // Two parties that read `identity, chunked` differently see two different requests.
      socket.end(rawError(400, 'proxy_bad_request', 'This Transfer-Encoding is not taken.'), () => socket.destroy())
      return
    }
    busy.add(socket)
    response.once('close', () => busy.delete(socket))
    if (!isUpload(request)) limitTime(request)
    handlers.request(request, response, expectsContinue)
  }
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_WITHIN_MS,
    // Large uploads take as long as the upstream does; who reads them watches their pace. All others: `limitTime`.
    requestTimeout: 0,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
    // Java clients offer `Upgrade: h2c` with plain requests; those are answered as what they are.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  })
  server.timeout = 0
  server.on('request', (request, response) => handle(request, response, false))
  server.on('checkContinue', (request, response) => handle(request, response, true))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    const answer = handlers.upgrade(request, socket, head)
    if (answer !== undefined) socket.end(answer, () => socket.destroy())
  })
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {})
    const text = rawError(405, 'proxy_bad_request', 'CONNECT is not served: point the client at this address instead.')
    socket.end(text, () => socket.destroy())
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // In the middle of an answer there is no place for another one.
    if (!socket.writable || busy.has(socket) || error.code === 'ECONNRESET') socket.destroy()
    else socket.end(framingError(error.code), () => socket.destroy())
  })
  return {
    listen: (host, port) => listen(server, host, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
    destroyConnections: () => server.closeAllConnections(),
  }
}

function isUpload({ headers }: IncomingMessage): boolean {
  return /^(?:multipart\/form-data|application\/octet-stream)\b/i.test(headers['content-type'] ?? '')
}

function limitTime(request: IncomingMessage): void {
  if (request.complete) return
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy()
  }, REQUEST_WITHIN_MS)
  const stop = (): void => clearTimeout(timer)
  request.once('end', stop).once('close', stop)
}

function listen(server: Server, host: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => reject(listenError(cause, host, port))
    server.once('error', onError)
    server.listen({ host, port }, () => {
      server.off('error', onError)
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): LazuliError {
  const inUse = cause.code === 'EADDRINUSE'
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use by another program, perhaps by a Lazuli that runs already.`,
    EACCES: `Port ${port} may not be used: ports below 1024 need special rights.`,
    EADDRNOTAVAIL: `This machine has no address ${host}.`,
    ENOTFOUND: `The host name ${host} is not known.`,
  }
  return new LazuliError({
    code: inUse ? 'port_in_use' : 'cannot_listen',
    status: 500,
    message: reasons[cause.code ?? ''] ?? `Cannot listen on ${host}:${port}: ${cause.message}.`,
    fix: inUse
      ? 'Stop that program, or choose another port: --port, LAZULI_SERVER_PORT, or Settings.'
      : 'Choose another host or port: --host, --port, or Settings.',
    cause,
  })
}

function framingError(code: string | undefined): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return rawError(431, 'proxy_headers_too_large', 'The request’s headers are larger than 16 KiB.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return rawError(408, 'proxy_request_timeout', 'The request did not arrive in time.')
    default:
      return rawError(400, 'proxy_bad_request', 'The request is not valid HTTP.')
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
}

/** A whole HTTP answer that closes its connection, for where there is no response object. */
export function rawError(status: number, code: string, message: string): string {
  const type = status === 401 ? 'authentication_error' : status === 403 ? 'permission_error' : 'invalid_request_error'
  return rawAnswer(status, JSON.stringify({ error: { message, type, param: null, code } }))
}

/** A JSON document as a whole HTTP answer that closes its connection. */
export function rawAnswer(status: number, body: string, headers: readonly Header[] = []): string {
  return [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    ...(status === 426 ? ['upgrade: HTTP/1.1'] : []),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
