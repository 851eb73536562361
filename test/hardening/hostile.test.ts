/** R12, R42, R47: hostile values, a program that is stopped for a while, and thousands of mutated requests. */
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mutatedBytes } from '../fuzz/mutate.ts'
import { fuzzSettings } from '../fuzz/settings.ts'
import { answerWhole, ask, delta, ending, json, memoryOf, program } from './program.ts'

/** Sends these bytes and gives what comes back; at most so long. */
function exchangeRaw(port: number, bytes: Buffer, patienceMs: number): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const timer = setTimeout(() => socket.destroy(), patienceMs)
    socket.on('error', () => {})
    socket.on('data', (part) => {
      text += part.toString('latin1')
      // One whole answer is enough.
      if (/\r\n\r\n[^]*(\}\s*$|0\r\n\r\n$)/.test(text)) socket.destroy()
    })
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(text)
    })
  })
}

test.each([
  ['quotes', `Bearer "a'b"`],
  ['a prototype', 'Bearer __proto__'],
  ['eight kilobytes', `Bearer ${'x'.repeat(8192)}`],
  ['bytes beyond ASCII', 'Bearer \u00e9\u00ff'],
  ['nothing', ''],
  ['a scheme alone', 'Bearer'],
  ['another scheme', 'Basic dXNlcjpwYXNz'],
])('R47: a key that is %s is refused as any wrong one', async (_name, value) => {
  const run = await program((_incoming, response) => answerWhole(response), {
    config: { server: { token: 'the-right-token' } },
  })
  const body = ask(false)
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${run.port}\r\ncontent-type: application/json\r\nauthorization: ${value}\r\ncontent-length: ${body.length}\r\n\r\n`
  const answer = await exchangeRaw(run.port, Buffer.from(head + body, 'latin1'), 3000)
  expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  expect(answer).not.toMatch(/ at .*\.js|node:internal/)
})

test(
  'R47: mutated requests crash nothing, never show a stack, and leave nothing behind',
  { timeout: 300_000 },
  async () => {
    const run = await program((incoming, response) => {
      incoming.resume()
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(delta('Hello') + ending)
    })
    const requests = [
      '/v1/chat/completions',
      '/v1/messages',
      '/v1/responses',
      '/v1/embeddings',
      '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    ].map((path) => {
      const body = JSON.stringify({
        model: 'gpt-4o',
        max_tokens: 9,
        stream: true,
        input: 'Hi',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        tools: [
          {
            type: 'function',
            name: 'f',
            function: { name: 'f', parameters: { type: 'object' } },
            input_schema: { type: 'object' },
          },
        ],
      })
      return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${run.port}\r\ncontent-type: application/json\r\nx-custom: a\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    })
    const { numRuns, seed } = fuzzSettings()
    const descriptors = (): number => readdirSync(`/proc/${run.server.pid}/fd`).length
    // What is there once the first connections upstream are open.
    await exchangeRaw(run.port, Buffer.from(requests[0] ?? ''), 2000)
    const before = { descriptors: descriptors(), memory: memoryOf(run.server.pid) }
    const inputs = fc.sample(mutatedBytes(requests), { numRuns, seed })
    for (let from = 0; from < inputs.length; from += 50) {
      const answers = await Promise.all(
        inputs.slice(from, from + 50).map((bytes) => exchangeRaw(run.port, bytes, 1500)),
      )
      for (const [index, answer] of answers.entries()) {
        const told = `${inputs[from + index]?.toString('latin1')}\n→ ${answer.slice(0, 500)}`
        expect(answer, told).not.toMatch(/ at .*\.js|node:internal|proxy_internal_error/)
        expect(answer, told).not.toMatch(/^HTTP\/1\.1 500 /)
      }
    }
    expect((await fetch(`${run.server.url}/healthz`)).status).toBe(200)
    await expect.poll(descriptors, { timeout: 20_000, interval: 500 }).toBeLessThanOrEqual(before.descriptors + 60)
    expect(memoryOf(run.server.pid) - before.memory).toBeLessThan(250)
  },
)

test(
  'R42: a program that was stopped for a while goes on, and a stream that waited for it ends',
  { timeout: 60_000 },
  async () => {
    const run = await program((incoming, response) => {
      incoming.resume()
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(delta('Hello'))
      setTimeout(() => response.end(ending), 1500)
    })
    const stream = await fetch(`${run.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: json,
      body: ask(true),
    })
    process.kill(run.server.pid, 'SIGSTOP')
    await wait(4000)
    process.kill(run.server.pid, 'SIGCONT')
    expect(await stream.text()).toContain('[DONE]')
    const next = await fetch(`${run.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: json,
      body: ask(true),
    })
    expect(await next.text()).toContain('[DONE]')
  },
)
