/** Every route, as it reaches an upstream: method, address, headers and body. */
import { afterEach, describe, expect, test } from 'vitest'
import { post, rawRequest, startProxy } from '../harness.ts'
import type { TestInstance, TestProxy } from '../harness.ts'
import { json, startUpstream, stream } from '../scripted-upstream.ts'
import type { Received, Script, ScriptedUpstream } from '../scripted-upstream.ts'

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

type Options = Omit<TestInstance, 'base'> & { path?: string; script?: Script }

async function start({ path = '', script = json({ ok: true }), ...instance }: Options = {}): Promise<void> {
  upstream = await startUpstream(script)
  proxy = await startProxy({ instances: [{ base: upstream.origin + path, ...instance }] })
}

async function send(route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const [method, path] = route.split(' ') as [string, string]
  return fetch(proxy.origin + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

const jsonOf = (received: Received): unknown => JSON.parse(received.body.toString())

const WITH_MODEL = ['embeddings', 'images/generations', 'audio/speech'] as const
const KINDS: readonly [string, Options, (path: string) => string][] = [
  ['azure v1', {}, (path) => `/openai/v1/${path}${path === 'embeddings' ? '' : '?api-version=preview'}`],
  ['azure preview', { version: 'preview' }, (path) => `/openai/v1/${path}?api-version=preview`],
  ['azure dated', { version: '2024-10-21' }, (path) => `/openai/deployments/prod%20one/${path}?api-version=2024-10-21`],
  ['openai', { type: 'openai', path: '/v1' }, (path) => `/v1/${path}`],
  ['generic', { type: 'generic', path: '/api/v3' }, (path) => `/api/v3/${path}`],
]

describe('operations of a model', () => {
  test.each(
    KINDS.flatMap(([kind, options, url]) => WITH_MODEL.map((path) => [kind, path, options, url(path)] as const)),
  )('on %s: POST /%s', async (_kind, path, options, url) => {
    await start({ ...options, deployments: { 'some-model': 'prod one' } })
    const answer = await send(`POST /v1/${path}?api-version=2023-05-15`, { input: 'x', model: 'some-model', n: 1 })
    expect(answer.status).toBe(200)
    const received = upstream.received[0]!
    expect(received.method).toBe('POST')
    expect(received.url).toBe(url)
    expect(received.body.toString()).toBe('{"input":"x","model":"prod one","n":1}')
    expect(answer.headers.get('x-lazuli-deployment')).toBe('prod one')
    expect(answer.headers.get('x-lazuli-attempts')).toBe('1')
    const exchange = await proxy.exchange()
    expect(exchange.described).toMatchObject({ askedModel: 'some-model', deployment: 'prod one' })
    expect(exchange.ends).toEqual([{ state: 'done' }])
  })

  test.each([
    ['/openai/deployments/prod-1/embeddings?api-version=fake'],
    ['/openai/v1/embeddings'],
    ['/embeddings'],
    ['/v1/embeddings/'],
    ['/v1/engines/prod-1/embeddings'],
    ['/api/projects/p1/openai/v1/embeddings'],
    ['/models/embeddings?api-version=2024-05-01-preview'],
  ])('are reached at %s', async (path) => {
    await start()
    expect((await send(`POST ${path}`, { model: 'prod-1', input: ['a'] })).status).toBe(200)
    expect(upstream.received[0]!.url).toBe('/openai/v1/embeddings')
    expect(jsonOf(upstream.received[0]!)).toEqual({ model: 'prod-1', input: ['a'] })
  })

  test('the deployment of the path counts, whatever the body names', async () => {
    await start()
    await send('POST /openai/deployments/prod-1/embeddings?api-version=1', { model: 'other', input: 'a' })
    await send('POST /openai/deployments/prod-1/embeddings?api-version=1', { input: 'a' })
    await send('POST /openai/deployments/prod-1/chat/completions?api-version=1', { messages: [] })
    expect(upstream.received.map(jsonOf)).toEqual([
      { model: 'prod-1', input: 'a' },
      { model: 'prod-1', input: 'a' },
      { model: 'prod-1', messages: [] },
    ])
    expect(upstream.received.map(({ url }) => url)).not.toContainEqual(expect.stringContaining('api-version=1'))
  })

  test('embeddings of texts, token lists and with base64 come through byte for byte', async () => {
    const answer = Buffer.from(
      '{ "object":"list",\n"data":[{"embedding":"AAAAPw=="}], "usage":{"prompt_tokens":7,"total_tokens":7}}',
    )
    await start({ script: json(answer) })
    for (const input of ['a', ['a', 'b'], [1, 2, 3], [[1], [2, 3]], Array.from({ length: 2048 }, () => 'x')]) {
      const response = await send('POST /v1/embeddings', {
        model: 'text-embedding-3-small',
        input,
        encoding_format: 'base64',
      })
      expect(Buffer.from(await response.arrayBuffer()).equals(answer)).toBe(true)
      expect(jsonOf(upstream.received.at(-1)!)).toMatchObject({ input, encoding_format: 'base64' })
    }
    const exchange = await proxy.exchange()
    expect(exchange.usage).toEqual({ input: 7 })
  })

  test('speech comes through byte for byte, before the upstream has ended', async () => {
    const sound = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))
    let finish = (): void => {}
    await start({
      script: ({ response }) => {
        response.writeHead(200, { 'content-type': 'audio/mpeg' })
        response.write(sound)
        finish = () => response.end(Buffer.from('end'))
      },
    })
    const response = await send('POST /v1/audio/speech', { model: 'tts', input: 'x', voice: 'alloy' })
    expect(response.headers.get('content-type')).toBe('audio/mpeg')
    const reader = response.body!.getReader()
    const pieces: Buffer[] = []
    while (pieces.reduce((sum, piece) => sum + piece.length, 0) < sound.length) {
      pieces.push(Buffer.from((await reader.read()).value!))
    }
    finish()
    for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(Buffer.from(read.value))
    expect(Buffer.concat(pieces).equals(Buffer.concat([sound, Buffer.from('end')]))).toBe(true)
  })

  test('a sound that breaks off does not end as if it were whole', async () => {
    await start({
      script: ({ response, socket }) => {
        response.writeHead(200, { 'content-type': 'audio/mpeg' })
        response.write(Buffer.alloc(1000), () => socket.resetAndDestroy())
      },
    })
    const response = await send('POST /v1/audio/speech', { model: 'tts', input: 'x' })
    await expect(response.arrayBuffer()).rejects.toThrow()
    expect((await proxy.exchange()).ends[0]).toMatchObject({
      state: 'failed',
      failure: { code: 'proxy_upstream_incomplete' },
    })
  })

  test('errors of the upstream come with their status and body, and never a key', async () => {
    const body = { error: { code: 'DeploymentNotFound', message: 'no key upstream-key-canary' } }
    await start({ script: json(body, 404) })
    const response = await send('POST /v1/embeddings', { model: 'nope', input: 'x' })
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('DeploymentNotFound')
    expect(JSON.stringify((await proxy.exchange()).sent.map(String))).not.toContain('canary')
  })

  test.each([
    ['{"input":"x"}', 'missing_required_parameter'],
    ['{"input":', 'proxy_invalid_json'],
    ['[]', 'proxy_invalid_json'],
  ])('%s is refused before any call', async (body, code) => {
    await start()
    const response = await post(proxy.origin, '/v1/embeddings', body)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(code)
    expect(upstream.received).toEqual([])
  })
})

const RESOURCE: readonly [string, string, string?][] = [
  ['GET /files', '/files'],
  ['GET /files?purpose=batch&limit=5', '/files?purpose=batch&limit=5'],
  ['GET /files/file-1', '/files/file-1'],
  ['GET /files/file-1/content', '/files/file-1/content'],
  ['DELETE /files/file-1', '/files/file-1'],
  ['POST /uploads', '/uploads'],
  ['POST /uploads/upload_1/complete', '/uploads/upload_1/complete'],
  ['POST /uploads/upload_1/cancel', '/uploads/upload_1/cancel'],
  ['POST /batches', '/batches'],
  ['GET /batches?after=batch_0', '/batches?after=batch_0'],
  ['GET /batches/batch_1', '/batches/batch_1'],
  ['POST /batches/batch_1/cancel', '/batches/batch_1/cancel'],
  ['POST /fine_tuning/jobs', '/fine_tuning/jobs'],
  ['GET /fine_tuning/jobs', '/fine_tuning/jobs'],
  ['GET /fine_tuning/jobs/ftjob-1', '/fine_tuning/jobs/ftjob-1'],
  ['POST /fine_tuning/jobs/ftjob-1/cancel', '/fine_tuning/jobs/ftjob-1/cancel'],
  ['GET /fine_tuning/jobs/ftjob-1/events', '/fine_tuning/jobs/ftjob-1/events'],
  ['GET /fine_tuning/jobs/ftjob-1/checkpoints', '/fine_tuning/jobs/ftjob-1/checkpoints'],
  ['GET /fine_tunes', '/fine_tuning/jobs'],
  ['GET /fine_tunes/ft-1', '/fine_tuning/jobs/ft-1'],
  ['POST /fine_tunes/ft-1/cancel', '/fine_tuning/jobs/ft-1/cancel'],
  ['GET /fine_tunes/ft-1/events', '/fine_tuning/jobs/ft-1/events'],
  ['POST /vector_stores', '/vector_stores'],
  ['GET /vector_stores', '/vector_stores'],
  ['GET /vector_stores/vs_1', '/vector_stores/vs_1'],
  ['POST /vector_stores/vs_1', '/vector_stores/vs_1'],
  ['DELETE /vector_stores/vs_1', '/vector_stores/vs_1'],
  ['POST /vector_stores/vs_1/search', '/vector_stores/vs_1/search'],
  ['POST /vector_stores/vs_1/files', '/vector_stores/vs_1/files'],
  ['GET /vector_stores/vs_1/files/file-1', '/vector_stores/vs_1/files/file-1'],
  ['DELETE /vector_stores/vs_1/files/file-1', '/vector_stores/vs_1/files/file-1'],
  ['POST /vector_stores/vs_1/file_batches', '/vector_stores/vs_1/file_batches'],
  ['GET /vector_stores/vs_1/file_batches/vsfb_1/files', '/vector_stores/vs_1/file_batches/vsfb_1/files'],
  ['GET /containers', '/containers', 'v1'],
  ['POST /containers', '/containers', 'v1'],
  ['GET /containers/cntr_1/files/cfile_1/content', '/containers/cntr_1/files/cfile_1/content', 'v1'],
  ['GET /evals', '/evals', 'v1'],
  ['POST /evals/eval_1/runs', '/evals/eval_1/runs', 'v1'],
  ['GET /evals/eval_1/runs/evalrun_1/output_items', '/evals/eval_1/runs/evalrun_1/output_items', 'v1'],
  ['POST /conversations', '/conversations', 'v1'],
  ['GET /conversations/conv_1/items', '/conversations/conv_1/items', 'v1'],
  ['GET /responses/resp_1', '/responses/resp_1'],
  ['DELETE /responses/resp_1', '/responses/resp_1'],
  ['POST /responses/resp_1/cancel', '/responses/resp_1/cancel'],
  ['GET /responses/resp_1/input_items?limit=2', '/responses/resp_1/input_items?limit=2'],
]

describe('operations of a resource', () => {
  test.each(RESOURCE)('%s', async (route, path, only) => {
    const [method, asked] = route.split(' ') as [string, string]
    const body = method === 'POST' && !asked.endsWith('/cancel') ? { some: 'thing' } : undefined
    for (const [version, prefix, query] of [
      ['v1', '/openai/v1', ''],
      [
        '2025-04-01-preview',
        only === 'v1' ? '/openai/v1' : '/openai',
        only === 'v1' ? '' : 'api-version=2025-04-01-preview',
      ],
    ] as const) {
      await start({ version })
      const response = await send(`${method} /v1${asked}`, body)
      expect(response.status).toBe(200)
      const [bare, own = ''] = path.split('?')
      const wanted = [query, own].filter((part) => part !== '').join('&')
      const received = upstream.received[0]!
      expect(`${received.method} ${received.url}`).toBe(
        `${method} ${prefix}${bare}${wanted === '' ? '' : `?${wanted}`}`,
      )
      expect(received.body.toString()).toBe(body === undefined ? '' : JSON.stringify(body))
      expect(received.headers['api-key']).toBe('upstream-key-canary')
      if (version === 'v1') {
        await proxy.close()
        await upstream.close()
      }
    }
  })

  test('are reached on Azure’s own paths, and the client’s api-version stays here', async () => {
    await start()
    await send('GET /openai/files?api-version=2024-10-21')
    await send('GET /openai/v1/files/file-1')
    await send('POST /openai/responses/resp_1/cancel?api-version=2025-03-01-preview')
    await send('DELETE /openai/v1/responses/resp_1')
    expect(upstream.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /openai/v1/files',
      'GET /openai/v1/files/file-1',
      'POST /openai/v1/responses/resp_1/cancel',
      'DELETE /openai/v1/responses/resp_1',
    ])
  })

  test('a stream is taken up where it was left, byte for byte', async () => {
    const event = (type: string, rest: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 7, ...rest })}\n\n`
    const body = Buffer.from(
      event('response.output_text.delta', { item_id: 'msg_1', delta: 'on' }) +
        event('response.completed', { response: { id: 'resp_1', status: 'completed' } }),
    )
    await start({ script: stream(body, [30, 90]) })
    const response = await send('GET /v1/responses/resp_1?stream=true&starting_after=6')
    expect(upstream.received[0]!.url).toBe('/openai/v1/responses/resp_1?stream=true&starting_after=6')
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
  })

  test('a taken-up stream that breaks off ends with an error', async () => {
    const body = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"on"}\n\n'
    await start({ script: stream(Buffer.from(body)) })
    const text = await (await send('GET /v1/responses/resp_1?stream=true')).text()
    expect(text.startsWith(body)).toBe(true)
    expect(text).toContain('proxy_upstream_incomplete')
    expect(text).not.toContain('response.completed')
  })

  test('a legacy fine-tune becomes a job, and what jobs do not have is told', async () => {
    await start()
    const response = await send('POST /v1/fine_tunes', {
      training_file: 'file-1',
      model: 'gpt-4o-mini',
      n_epochs: 3,
      prompt_loss_weight: 0.1,
    })
    expect(upstream.received[0]!.url).toBe('/openai/v1/fine_tuning/jobs')
    expect(jsonOf(upstream.received[0]!)).toEqual({
      training_file: 'file-1',
      model: 'gpt-4o-mini',
      hyperparameters: { n_epochs: 3 },
    })
    expect(response.headers.get('x-lazuli-dropped')).toBe('prompt_loss_weight')
  })

  test('the content of a file comes as it is, with its name, whatever it is', async () => {
    const page = Buffer.from('<html>\u0000\u00ff</html>', 'latin1')
    await start({
      script: ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-disposition': 'attachment; filename="a.html"' })
        response.end(page)
      },
    })
    const response = await send('GET /v1/files/file-1/content')
    expect(Buffer.from(await response.arrayBuffer()).equals(page)).toBe(true)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="a.html"')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    ['..', '..'],
    ['.', '.'],
    ['%2e%2e', '..'],
    ['%00', 'NUL'],
    ['a'.repeat(300), 'too long'],
  ])('the id %s (%s) cannot lead to another path', async (id) => {
    await start()
    const text = `GET /v1/files/${id}/content HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`
    expect((await rawRequest(proxy.port, text)).text).toMatch(/^HTTP\/1\.1 400 /)
    expect(upstream.received).toEqual([])
  })

  test('what is in an id stays in its segment', async () => {
    await start()
    await send('GET /v1/files/a%2F..%2Fb%3Fx%23y')
    expect(upstream.received[0]!.url).toBe('/openai/v1/files/a%2F..%2Fb%3Fx%23y')
  })

  test('only the one credential and the headers that belong upstream go on', async () => {
    await start()
    await send('GET /v1/files?api-key=query-canary&after=x', undefined, {
      authorization: 'Bearer caller-canary',
      'api-key': 'caller-canary',
      cookie: 'a=caller-canary',
      'x-stainless-os': 'x',
      'x-lazuli-note': 'x',
      'x-custom': 'kept',
    })
    const received = upstream.received[0]!
    expect(JSON.stringify(received.rawHeaders) + received.url).not.toMatch(
      /caller-canary|query-canary|stainless|lazuli/,
    )
    expect(received.headers['x-custom']).toBe('kept')
    expect(received.rawHeaders.filter((text) => text === 'upstream-key-canary')).toHaveLength(1)
  })

  test('a redirect is not followed', async () => {
    await start({
      script: ({ response }) => {
        response.writeHead(307, { location: 'http://127.0.0.1:9/' })
        response.end()
      },
    })
    expect((await send('GET /v1/files/file-1')).status).toBe(502)
  })
})

test('a client behind http_proxy reaches every route by OpenAI’s own address', async () => {
  await start()
  const { request } = await import('node:http')
  const status = await new Promise<number>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: proxy.port,
        method: 'POST',
        path: 'http://api.openai.com/v1/embeddings',
        headers: { host: 'api.openai.com', 'content-type': 'application/json' },
      },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    asked.on('error', reject)
    asked.end('{"model":"m","input":"x"}')
  })
  expect(status).toBe(200)
  expect(upstream.received[0]!.url).toBe('/openai/v1/embeddings')
})
