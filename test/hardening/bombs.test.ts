/** What is made to exhaust memory: R17 to R20 of the requirements. */
import { request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { answerWhole, ask, delta, growthDuring, json, memoryOf, program, warm } from './program.ts'

const megabyte = Buffer.alloc(1024 * 1024, 0x61)

test('R17: an upload of a gigabyte goes through without being held', { timeout: 120_000 }, async () => {
  let received = 0
  const run = await program((incoming, response) => {
    incoming.on('data', (part: Buffer) => (received += part.length))
    incoming.on('end', () => {
      response.writeHead(200, json)
      response.end(
        JSON.stringify({ id: 'file-1', object: 'file', purpose: 'batch', filename: 'a', bytes: 1, created_at: 1 }),
      )
    })
  })
  const head =
    '--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\ncontent-type: application/octet-stream\r\n\r\n'
  function* form(): Generator<Buffer> {
    yield Buffer.from(head)
    for (let sent = 0; sent < 1024; sent++) yield megabyte
    yield Buffer.from('\r\n--x--\r\n')
  }
  const { result, growth } = await growthDuring(
    run.server.pid,
    () =>
      new Promise<number | undefined>((resolve, reject) => {
        const call = request(
          {
            port: run.port,
            method: 'POST',
            path: '/v1/files',
            headers: { 'content-type': 'multipart/form-data; boundary=x' },
          },
          (answer) => answer.resume().once('end', () => resolve(answer.statusCode)),
        )
        call.once('error', reject)
        Readable.from(form(), { objectMode: false }).pipe(call)
      }),
  )
  expect(result).toBe(200)
  expect(received).toBeGreaterThan(1024 * megabyte.length)
  // What was passed on waits for the collector, which takes its time as long as there is room.
  expect(growth).toBeLessThan(150)
})

test('R17: a body beyond the limit is refused before it has been sent', async () => {
  let asked = 0
  const run = await program(
    (_incoming, response) => {
      asked += 1
      answerWhole(response)
    },
    { config: { server: { max_body: 1024 * 1024 } } },
  )
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const call = request(
      {
        port: run.port,
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { ...json, 'content-length': 1024 ** 3 },
      },
      (answer) => {
        resolve(answer.statusCode)
        call.destroy()
      },
    )
    call.once('error', reject)
    call.write('{')
  })
  expect(status).toBe(413)
  expect(asked).toBe(0)
})

const bomb = Buffer.alloc(200 * megabyte.length)

test.each([
  ['one gzip of a thousand to one', 'gzip', gzipSync(bomb)],
  ['one brotli', 'br', brotliCompressSync(Buffer.alloc(64 * megabyte.length))],
  ['ten encodings in a chain', Array.from({ length: 10 }, () => 'gzip').join(', '), gzipSync(gzipSync(megabyte))],
])('R18: %s from an upstream does not fill the memory', { timeout: 60_000 }, async (_name, encoding, body) => {
  let armed = false
  const run = await program((incoming, response) => {
    incoming.resume()
    if (armed) {
      response.writeHead(200, { ...json, 'content-encoding': encoding })
      response.end(body)
    } else answerWhole(response)
  })
  await warm(run)
  armed = true
  const { result, growth } = await growthDuring(run.server.pid, async () => {
    const answer = await fetch(`${run.server.url}/v1/messages`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ model: 'gpt-4o', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }),
    })
    return { status: answer.status, text: await answer.text() }
  })
  expect(result.status).toBeGreaterThanOrEqual(500)
  expect(JSON.parse(result.text)).toMatchObject({ type: 'error' })
  expect(growth).toBeLessThan(100)
})

test('R18: a compressed request is refused, not unpacked', async () => {
  let asked = 0
  const run = await program((_incoming, response) => {
    asked += 1
    answerWhole(response)
  })
  const { result, growth } = await growthDuring(run.server.pid, async () => {
    const answer = await fetch(`${run.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(bomb),
    })
    return answer.status
  })
  expect(result).toBe(415)
  expect(asked).toBe(0)
  expect(growth).toBeLessThan(50)
})

test('R19: events of 100 MB without an end break their streams, not the program', { timeout: 60_000 }, async () => {
  const run = await program((incoming, response) => {
    incoming.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(delta('Hello'))
    response.write('data: ')
    const line = (function* () {
      for (let sent = 0; sent < 100; sent++) yield megabyte
    })()
    Readable.from(line, { objectMode: false }).pipe(response)
  })
  const stream = async (path: string): Promise<string> => {
    const body = { model: 'gpt-4o', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] }
    const answer = await fetch(run.server.url + path, { method: 'POST', headers: json, body: JSON.stringify(body) })
    return answer.text().catch(() => 'broken off')
  }
  // Relayed and broken off; translated, and ended with an error that says why.
  const rounds = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      expect(await stream('/v1/chat/completions')).toBe('broken off')
      expect(await stream('/v1/messages')).toMatch(/event: error\n.*larger than 16777216 bytes.*\n\n$/)
    }
  }
  // What is recorded of one exchange is bounded, and held a few times while it is made ready: a peak, and no leak.
  const first = await growthDuring(run.server.pid, rounds)
  const second = await growthDuring(run.server.pid, rounds)
  expect(first.growth).toBeLessThan(700)
  expect(second.growth).toBeLessThan(200)
  expect((await fetch(`${run.server.url}/healthz`)).status).toBe(200)
})

test('R19: a million tiny events arrive, each once, in bounded memory', { timeout: 120_000 }, async () => {
  const events = 1_000_000
  const run = await program((incoming, response) => {
    incoming.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    Readable.from(
      (function* () {
        for (let sent = 0; sent < events / 1000; sent++) yield 'data: {}\n\n'.repeat(1000)
        yield 'data: [DONE]\n\n'
      })(),
      { objectMode: false },
    ).pipe(response)
  })
  const { result, growth } = await growthDuring(run.server.pid, async () => {
    const answer = await fetch(`${run.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: json,
      body: ask(true),
    })
    let count = 0
    for await (const part of answer.body ?? []) for (const byte of part) if (byte === 0x7b) count += 1
    return count
  })
  expect(result).toBe(events)
  expect(growth).toBeLessThan(150)
})

test('R20: a client that stops reading stops the upstream, and memory stays', { timeout: 60_000 }, async () => {
  let sent = 0
  const run = await program((incoming, response) => {
    incoming.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const event = delta('x'.repeat(16 * 1024))
    const send = (): void => {
      while (!response.destroyed && sent < 512 * 1024 * 1024) {
        sent += event.length
        if (!response.write(event)) return void response.once('drain', send)
      }
    }
    send()
  })
  const before = memoryOf(run.server.pid)
  const socket = connect(run.port, '127.0.0.1')
  const body = ask(true)
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${run.port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  socket.pause()
  await expect.poll(() => sent, { timeout: 10_000 }).toBeGreaterThan(0)
  let last = -1
  await expect
    .poll(
      () => {
        const still = sent === last
        last = sent
        return still
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBe(true)
  const stalledAt = sent
  await wait(2000)
  expect(sent).toBe(stalledAt)
  // Buffers of the system's sockets on both sides are in it.
  expect(sent).toBeLessThan(24 * 1024 * 1024)
  expect(memoryOf(run.server.pid) - before).toBeLessThan(60)
  socket.destroy()
})
