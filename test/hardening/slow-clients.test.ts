/** R16: clients that send next to nothing. */
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { answerWhole, ask, json, program, warm } from './program.ts'

const each = 250

test(
  'R16: five hundred clients that send a byte now and then delay nobody, and are gone after a minute',
  { timeout: 120_000 },
  async () => {
    let asked = 0
    const run = await program((incoming, response) => {
      asked += 1
      incoming.resume()
      answerWhole(response)
    })
    await warm(run)
    const before = asked
    const body = ask(false)
    const begin = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${run.port}\r\n`
    const slow = [
      ...Array.from({ length: each }, () => ({ first: begin, rest: 'x-slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' })),
      ...Array.from({ length: each }, () => ({
        first: `${begin}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
        rest: body,
      })),
    ]
    let open = 0
    const sockets: Socket[] = slow.map(({ first, rest }) => {
      const socket = connect(run.port, '127.0.0.1')
      open += 1
      socket.once('close', () => (open -= 1)).on('error', () => {})
      socket.resume().write(first)
      let at = 0
      const drip = setInterval(() => socket.write(rest.charAt(at++ % rest.length)), 5000)
      socket.once('close', () => clearInterval(drip))
      return socket
    })
    const began = performance.now()
    try {
      await expect.poll(() => sockets.filter(({ connecting }) => connecting).length, { timeout: 10_000 }).toBe(0)
      while (open > 0 && performance.now() - began < 66_000) {
        const asking = performance.now()
        const answer = await fetch(`${run.server.url}/v1/chat/completions`, { method: 'POST', headers: json, body })
        expect(answer.status).toBe(200)
        await answer.text()
        expect(performance.now() - asking).toBeLessThan(1000)
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
      expect(open).toBe(0)
      // Not one of the slow ones was passed on.
      expect(asked - before).toBeLessThan(80)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
)
