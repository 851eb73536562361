/** An HTTP proxy with a log: CONNECT and absolute-form. Every host is on this machine for it. */
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface LoggingProxy {
  port: number
  /** `CONNECT host:port` or `POST http://host/…`. */
  log: string[]
  /** Values of Proxy-Authorization, one per line of the log. */
  authorizations: (string | undefined)[]
  close(): Promise<void>
}

/** @param password what it wants as `name:password`; others get 407 */
export async function startHttpProxy(password?: string): Promise<LoggingProxy> {
  const log: string[] = []
  const authorizations: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  const wanted = password === undefined ? undefined : `Basic ${Buffer.from(password).toString('base64')}`
  const server = createServer((incoming, response) => {
    log.push(`${incoming.method} ${incoming.url}`)
    authorizations.push(incoming.headers['proxy-authorization'])
    if (wanted !== undefined && incoming.headers['proxy-authorization'] !== wanted) {
      response.writeHead(407).end()
      return
    }
    const url = new URL(incoming.url!)
    const { 'proxy-authorization': _own, ...headers } = incoming.headers
    const onward = request(
      { host: '127.0.0.1', port: url.port, method: incoming.method, path: url.pathname + url.search, headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  server.on('connect', (incoming, socket) => {
    log.push(`CONNECT ${incoming.url}`)
    authorizations.push(incoming.headers['proxy-authorization'])
    if (wanted !== undefined && incoming.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const onward = connect(Number(incoming.url!.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const one of [onward, socket]) one.on('error', () => onward.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    log,
    authorizations,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
