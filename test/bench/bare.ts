/** The measuring stick: the least that a pipe made of `node:http` and undici's dispatch does. A process of its own. */
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [origin = '', port = '0'] = process.argv.slice(2)
const pool = new Pool(origin, { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, allowH2: false })

// Longer than the load's pauses: who reuses a connection must not run into one that is being closed.
const server = createServer({ noDelay: true, requestTimeout: 0, keepAliveTimeout: 120_000 }, (request, response) => {
  const { host: _host, connection: _connection, ...headers } = request.headers
  let gone = false
  pool.dispatch(
    { path: request.url ?? '/', method: 'POST', headers, body: request },
    {
      onRequestStart(controller) {
        response.on('close', () => {
          if (response.writableFinished || gone) return
          gone = true
          controller.abort(new Error('client left'))
        })
        response.on('drain', () => controller.resume())
      },
      onResponseStart(_controller, status, answered) {
        const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = answered
        response.writeHead(status, kept)
      },
      onResponseData(controller, chunk) {
        if (!response.write(chunk)) controller.pause()
      },
      onResponseEnd() {
        response.end()
      },
      onResponseError() {
        gone = true
        response.destroy()
      },
    },
  )
})
server.timeout = 0
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'))
