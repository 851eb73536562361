/** Forms: the model is found wherever it stands, everything else goes through as it came, and nothing is held that need not be. */
import { randomBytes } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { replaceRange } from '../../../electron/proxy/operations/edit-body.ts'
import { boundaryOf, FormModelFinder } from '../../../electron/proxy/operations/form-model.ts'
import { RestOfBody } from '../../../electron/proxy/operations/upload.ts'
import { startProxy } from '../harness.ts'
import type { TestInstance, TestProxy } from '../harness.ts'
import { cutAt, json, startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'

const BOUNDARY = '----lazuli-test-7MA4'
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`

function part(name: string, value: string | Buffer, filename?: string): Buffer {
  const file = filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: application/octet-stream`
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ])
}
const END = Buffer.from(`--${BOUNDARY}--\r\n`)
const form = (...parts: Buffer[]): Buffer => Buffer.concat([...parts, END])

let upstream: ScriptedUpstream | undefined
let proxy: TestProxy
afterEach(async () => {
  await proxy?.close()
  await upstream?.close()
})

async function start(instance: Omit<TestInstance, 'base'> = {}, max_body?: number): Promise<void> {
  upstream = await startUpstream(json({ text: 'hi', usage: { type: 'tokens', input_tokens: 4, output_tokens: 2 } }))
  proxy = await startProxy({
    instances: [{ base: upstream.origin, deployments: { 'whisper-1': 'my whisper' }, ...instance }],
    ...(max_body === undefined ? {} : { config: { server: { max_body } } }),
  })
}

function send(path: string, body: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(proxy.origin + path, {
    method: 'POST',
    headers: { 'content-type': TYPE, ...headers },
    body: new Uint8Array(body),
  })
}

const SOUND = randomBytes(200_000)

describe('the field "model"', () => {
  test.each([
    ['before the file', (model: string) => form(part('model', model), part('file', SOUND, 'a.wav'))],
    [
      'behind the file',
      (model: string) => form(part('file', SOUND, 'a.wav'), part('language', 'de'), part('model', model)),
    ],
    ['between', (model: string) => form(part('language', 'de'), part('model', model), part('file', SOUND, 'model'))],
  ])('%s leads to its deployment and becomes its name', async (_where, make) => {
    await start()
    const response = await send('/v1/audio/transcriptions', make('whisper-1'))
    expect(await response.json()).toMatchObject({ text: 'hi' })
    const received = upstream!.received[0]!
    expect(received.url).toBe('/openai/v1/audio/transcriptions?api-version=preview')
    expect(received.body.equals(make('my whisper'))).toBe(true)
    expect(received.headers['content-length']).toBe(String(make('my whisper').length))
    expect(received.headers['content-type']).toBe(TYPE)
    const exchange = await proxy.exchange()
    expect(exchange.described).toMatchObject({ askedModel: 'whisper-1', deployment: 'my whisper' })
    expect(exchange.usage).toEqual({ input: 4, output: 2 })
  })

  test.each([
    [
      'audio/transcriptions',
      '2024-10-21',
      '/openai/deployments/my%20whisper/audio/transcriptions?api-version=2024-10-21',
    ],
    ['audio/translations', '2024-10-21', '/openai/deployments/my%20whisper/audio/translations?api-version=2024-10-21'],
    [
      'images/edits',
      '2025-04-01-preview',
      '/openai/deployments/my%20whisper/images/edits?api-version=2025-04-01-preview',
    ],
  ])('chooses the address on a dated version: %s', async (path, version, url) => {
    await start({ version })
    expect((await send(`/v1/${path}`, form(part('file', SOUND, 'a'), part('model', 'whisper-1')))).status).toBe(200)
    expect(upstream!.received[0]!.url).toBe(url)
  })

  test('is put in where only the path names a deployment', async () => {
    await start()
    const body = form(part('file', SOUND, 'a.wav'))
    expect((await send('/openai/deployments/my-own/audio/transcriptions?api-version=fake', body)).status).toBe(200)
    const expected = form(part('model', 'my-own').subarray(0), part('file', SOUND, 'a.wav'))
    expect(upstream!.received[0]!.body.equals(expected)).toBe(true)
  })

  test('of the path counts for more than that of the form', async () => {
    await start()
    await send('/openai/deployments/my-own/audio/transcriptions', form(part('model', 'x'), part('file', SOUND, 'a')))
    expect(upstream!.received[0]!.body.equals(form(part('model', 'my-own'), part('file', SOUND, 'a')))).toBe(true)
  })

  test.each([
    ['is missing', form(part('file', 'x', 'a')), 400, 'missing_required_parameter'],
    ['is empty', form(part('model', ''), part('file', 'x', 'a')), 400, 'missing_required_parameter'],
    ['is endless', form(part('model', 'x'.repeat(5000))), 400, 'invalid_model_name'],
    ['is in no form', Buffer.from('{"model":"x"}'.repeat(2000)), 400, 'proxy_invalid_form'],
  ])('that %s is refused', async (_how, body, status, code) => {
    await start()
    const response = await send('/v1/audio/transcriptions', body)
    expect(response.status).toBe(status)
    expect(await response.text()).toContain(code)
    expect(upstream!.received).toEqual([])
  })

  test('that does not come within the bound is refused, and told where to put it', async () => {
    await start({}, 100_000)
    const response = await send('/v1/audio/transcriptions', form(part('file', SOUND, 'a'), part('model', 'whisper-1')))
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('in front of the file')
    // In front of it, the bound for JSON does not concern it.
    const fine = await send('/v1/audio/transcriptions', form(part('model', 'whisper-1'), part('file', SOUND, 'a')))
    expect(fine.status).toBe(200)
  })

  test('is found however the body is cut', () => {
    const parts = [
      part('purpose', 'model'),
      part('file', Buffer.from('--\r\nname="model"\r\n\r\nno\r\n--'), 'model'),
      part('model', 'm-1'),
    ]
    const body = form(...parts)
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 40 }), (cuts) => {
        const finder = new FormModelFinder(BOUNDARY)
        const found = cutAt(body, cuts)
          .map((piece) => finder.push(piece))
          .find((field) => field !== undefined)
        expect(found?.name).toBe('m-1')
        expect(body.toString('utf8', found!.start, found!.end)).toBe('m-1')
      }),
    )
  })

  test('no bytes make the finder throw anything but a refusal, and its boundary may be quoted', () => {
    expect(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"')).toBe('a b')
    expect(() => boundaryOf('multipart/form-data')).toThrow('boundary')
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const finder = new FormModelFinder('x')
        try {
          for (const piece of [Buffer.from('--x\r\n'), ...pieces.map((bytes) => Buffer.from(bytes))]) finder.push(piece)
        } catch (error) {
          expect(error).toMatchObject({ status: 400 })
        }
      }),
    )
  })

  test('a range is replaced across pieces as it would be in one', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.nat(60)),
        fc.nat(60),
        fc.nat(60),
        (bytes, cuts, one, two) => {
          const body = Buffer.from(bytes)
          const [start = 0, end = 0] = [one, two].map((at) => Math.min(at, body.length)).toSorted((a, b) => a - b)
          const pieces = cutAt(
            body,
            cuts.filter((at) => at < body.length),
          )
          const by = Buffer.from('NEW')
          const expected = Buffer.concat([body.subarray(0, start), by, body.subarray(end)])
          expect(Buffer.concat(replaceRange(pieces, start, end, by)).equals(expected)).toBe(true)
        },
      ),
    )
  })
})

describe('files', () => {
  test('go through byte for byte, with their length', async () => {
    await start()
    const body = form(part('purpose', 'batch'), part('file', SOUND, 'a.jsonl'))
    expect((await send('/v1/files', body)).status).toBe(200)
    const received = upstream!.received[0]!
    expect([received.method, received.url]).toEqual(['POST', '/openai/v1/files'])
    expect(received.body.equals(body)).toBe(true)
    expect(received.headers['content-length']).toBe(String(body.length))
  })

  test('parts of an upload may be forms or plain bytes', async () => {
    await start()
    expect((await send('/v1/uploads/upload_1/parts', form(part('data', SOUND, 'x')))).status).toBe(200)
    expect(
      (await send('/v1/uploads/upload_1/parts', SOUND, { 'content-type': 'application/octet-stream' })).status,
    ).toBe(200)
    expect(upstream!.received[1]!.body.equals(SOUND)).toBe(true)
    expect(upstream!.received[1]!.headers['content-type']).toBe('application/octet-stream')
  })

  test('an upstream that refuses before it has read everything is heard', async () => {
    const early = createServer((request, response) => {
      request.once('data', () => {
        response.writeHead(413, { 'content-type': 'application/json' })
        response.end('{"error":{"code":"too_large","message":"no"}}')
      })
    })
    await new Promise<void>((resolve) => {
      early.listen(0, '127.0.0.1', resolve)
    })
    proxy = await startProxy({ instances: [{ base: `http://127.0.0.1:${(early.address() as AddressInfo).port}` }] })
    const response = await send('/v1/files', form(part('file', randomBytes(400_000), 'a')))
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('too_large')
    early.closeAllConnections()
    early.close()
  })

  test('a client that leaves in the middle of an upload ends the upstream’s request', async () => {
    let ended = (): void => {}
    const closed = new Promise<void>((resolve) => {
      ended = resolve
    })
    let begun = (): void => {}
    const began = new Promise<void>((resolve) => {
      begun = resolve
    })
    const slow = createServer((request) => {
      request.once('data', () => begun())
      request.on('error', () => {})
      request.once('close', () => ended())
      request.resume()
    })
    await new Promise<void>((resolve) => {
      slow.listen(0, '127.0.0.1', resolve)
    })
    proxy = await startProxy({ instances: [{ base: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` }] })
    const sending = httpRequest({
      host: '127.0.0.1',
      port: proxy.port,
      path: '/v1/files',
      method: 'POST',
      headers: { 'content-type': TYPE, 'content-length': 1_000_000 },
    })
    sending.on('error', () => {})
    sending.write(part('file', randomBytes(100_000), 'a'))
    await began
    sending.destroy()
    await closed
    expect((await proxy.exchange()).ends).toEqual([{ state: 'aborted' }])
    slow.closeAllConnections()
    slow.close()
  })

  test('that trickle in are not waited for, however long the upstream would', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const request = Object.assign(new PassThrough(), { complete: false }) as unknown as IncomingMessage
      const body = new RestOfBody(request, [Buffer.from('beginning')], () => {})
      const failed = new Promise<Error>((resolve) => {
        body.once('error', resolve)
      })
      body.resume()
      await vi.advanceTimersByTimeAsync(10)
      for (let second = 0; second < 70; second += 5) {
        ;(request as unknown as PassThrough).write('x')
        await vi.advanceTimersByTimeAsync(5000)
      }
      expect(await failed).toMatchObject({ status: 408 })
    } finally {
      vi.useRealTimers()
    }
  })

  test('200 MB flow through without being held', { timeout: 60_000 }, async () => {
    let taken = 0
    const sink = createServer((request, response) => {
      request.on('data', (piece: Buffer) => {
        taken += piece.length
      })
      request.on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('{"id":"file-big"}')
      })
    })
    await new Promise<void>((resolve) => {
      sink.listen(0, '127.0.0.1', resolve)
    })
    proxy = await startProxy({ instances: [{ base: `http://127.0.0.1:${(sink.address() as AddressInfo).port}` }] })
    const head = part('file', '', 'big.bin').subarray(0, -2)
    const tail = Buffer.concat([Buffer.from('\r\n'), END])
    const block = randomBytes(256 * 1024)
    const blocks = 800
    const length = head.length + block.length * blocks + tail.length
    const before = process.memoryUsage.rss()
    let peak = before
    const status = await new Promise<number>((resolve, reject) => {
      const sending = httpRequest(
        {
          host: '127.0.0.1',
          port: proxy.port,
          path: '/v1/files',
          method: 'POST',
          headers: { 'content-type': TYPE, 'content-length': length },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      sending.on('error', reject)
      sending.write(head)
      let sent = 0
      const more = (): void => {
        peak = Math.max(peak, process.memoryUsage.rss())
        while (sent < blocks) {
          sent++
          if (!sending.write(block)) {
            sending.once('drain', more)
            return
          }
        }
        sending.end(tail)
      }
      more()
    })
    expect(status).toBe(200)
    expect(taken).toBe(length)
    // Client, proxy and upstream share this process.
    expect((peak - before) / 1024 / 1024).toBeLessThan(100)
    const recorded = (await proxy.exchange()).attempts[0]!.start.body.reduce((sum, piece) => sum + piece.length, 0)
    expect(recorded).toBeLessThanOrEqual(64 * 1024)
    sink.closeAllConnections()
    sink.close()
  })
})
