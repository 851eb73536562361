/** The official SDKs drive every route that they have; what they read is what the upstream said. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { AzureOpenAI, BadRequestError, toFile } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startProxy } from '../harness.ts'
import type { TestProxy } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { Play, ScriptedUpstream } from '../scripted-upstream.ts'

const BYTES = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256))

let upstream: ScriptedUpstream
let proxy: TestProxy

function script(play: Play): void | Promise<void> {
  const path = play.received.url.split('?')[0]!
  if (/\/(?:speech|content)$/.test(path)) {
    play.response.writeHead(200, { 'content-type': 'application/octet-stream' })
    play.response.end(BYTES)
    return
  }
  if (path.endsWith('/embeddings')) {
    const { encoding_format: format } = JSON.parse(play.received.body.toString()) as { encoding_format?: string }
    const embedding = format === 'base64' ? Buffer.from(new Float32Array([0.5, 1]).buffer).toString('base64') : [0.5, 1]
    return json({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    })(play)
  }
  if (play.received.method === 'GET' && /\/(?:files|batches|jobs|vector_stores|events|input_items)$/.test(path)) {
    return json({ object: 'list', data: [{ id: 'file-1', object: 'thing' }], has_more: false })(play)
  }
  if (path.endsWith('/messages')) {
    return json({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'ok' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    })(play)
  }
  if (path.endsWith('/count_tokens')) return json({ input_tokens: 12 })(play)
  return json({
    id: 'thing_1',
    object: 'thing',
    deleted: true,
    text: 'hello',
    data: [{ b64_json: 'AAAA' }],
    choices: [{ index: 0, text: 'ok', message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
  })(play)
}

beforeEach(async () => {
  upstream = await startUpstream(script)
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const sdk = (): OpenAI => new OpenAI({ baseURL: `${proxy.origin}/v1`, apiKey: 'none-0000', maxRetries: 0 })
const azure = (): AzureOpenAI =>
  new AzureOpenAI({ endpoint: proxy.origin, apiKey: 'none-0000', apiVersion: '2024-10-21', maxRetries: 0 })
const last = (): string => {
  const { method, url } = upstream.received.at(-1)!
  return `${method} ${url}`
}
const wav = () => toFile(BYTES, 'a.wav')

type Drive = (client: OpenAI) => Promise<unknown>
const ROUTES: readonly [string, Drive, string][] = [
  ['embeddings', (c) => c.embeddings.create({ model: 'emb', input: 'x' }), 'POST /openai/v1/embeddings'],
  [
    'completions',
    (c) => c.completions.create({ model: 'gpt-35-turbo-instruct', prompt: 'x' }),
    'POST /openai/v1/completions',
  ],
  [
    'images',
    (c) => c.images.generate({ model: 'gpt-image-1', prompt: 'x' }),
    'POST /openai/v1/images/generations?api-version=preview',
  ],
  [
    'image edits',
    async (c) => c.images.edit({ model: 'gpt-image-1', prompt: 'x', image: await wav() }),
    'POST /openai/v1/images/edits?api-version=preview',
  ],
  [
    'transcriptions',
    async (c) => c.audio.transcriptions.create({ model: 'whisper', file: await wav() }),
    'POST /openai/v1/audio/transcriptions?api-version=preview',
  ],
  [
    'translations',
    async (c) => c.audio.translations.create({ model: 'whisper', file: await wav() }),
    'POST /openai/v1/audio/translations?api-version=preview',
  ],
  ['files.create', async (c) => c.files.create({ purpose: 'batch', file: await wav() }), 'POST /openai/v1/files'],
  ['files.list', (c) => c.files.list(), 'GET /openai/v1/files'],
  ['files.retrieve', (c) => c.files.retrieve('file-1'), 'GET /openai/v1/files/file-1'],
  ['files.delete', (c) => c.files.delete('file-1'), 'DELETE /openai/v1/files/file-1'],
  [
    'uploads.create',
    (c) => c.uploads.create({ bytes: 1, filename: 'a', mime_type: 'x/y', purpose: 'batch' }),
    'POST /openai/v1/uploads',
  ],
  [
    'uploads.parts',
    async (c) => c.uploads.parts.create('upload_1', { data: await wav() }),
    'POST /openai/v1/uploads/upload_1/parts',
  ],
  [
    'uploads.complete',
    (c) => c.uploads.complete('upload_1', { part_ids: ['part_1'] }),
    'POST /openai/v1/uploads/upload_1/complete',
  ],
  ['uploads.cancel', (c) => c.uploads.cancel('upload_1'), 'POST /openai/v1/uploads/upload_1/cancel'],
  [
    'batches.create',
    (c) => c.batches.create({ input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' }),
    'POST /openai/v1/batches',
  ],
  ['batches.list', (c) => c.batches.list(), 'GET /openai/v1/batches'],
  ['batches.cancel', (c) => c.batches.cancel('batch_1'), 'POST /openai/v1/batches/batch_1/cancel'],
  [
    'fineTuning.create',
    (c) => c.fineTuning.jobs.create({ model: 'm', training_file: 'file-1' }),
    'POST /openai/v1/fine_tuning/jobs',
  ],
  [
    'fineTuning.listEvents',
    (c) => c.fineTuning.jobs.listEvents('ftjob-1'),
    'GET /openai/v1/fine_tuning/jobs/ftjob-1/events',
  ],
  ['vectorStores.create', (c) => c.vectorStores.create({ name: 'x' }), 'POST /openai/v1/vector_stores'],
  [
    'vectorStores.search',
    (c) => c.vectorStores.search('vs_1', { query: 'x' }),
    'POST /openai/v1/vector_stores/vs_1/search',
  ],
  [
    'vectorStores.files',
    (c) => c.vectorStores.files.create('vs_1', { file_id: 'file-1' }),
    'POST /openai/v1/vector_stores/vs_1/files',
  ],
  ['responses.retrieve', (c) => c.responses.retrieve('resp_1'), 'GET /openai/v1/responses/resp_1'],
  ['responses.delete', (c) => c.responses.delete('resp_1'), 'DELETE /openai/v1/responses/resp_1'],
  ['responses.cancel', (c) => c.responses.cancel('resp_1'), 'POST /openai/v1/responses/resp_1/cancel'],
  ['responses.inputItems', (c) => c.responses.inputItems.list('resp_1'), 'GET /openai/v1/responses/resp_1/input_items'],
  [
    'responses.compact',
    (c) => c.responses.compact({ model: 'gpt-5', input: 'x' }),
    'POST /openai/v1/responses/compact',
  ],
  ['conversations.create', (c) => c.conversations.create({}), 'POST /openai/v1/conversations'],
  ['containers.create', (c) => c.containers.create({ name: 'x' }), 'POST /openai/v1/containers'],
  ['evals.list', (c) => c.evals.list(), 'GET /openai/v1/evals'],
]

describe.each([
  ['OpenAI', sdk],
  ['AzureOpenAI', azure],
])('%s', (_name, client) => {
  test.each(ROUTES)('%s', async (_route, drive, expected) => {
    await drive(client())
    expect(last()).toBe(expected)
    expect(upstream.received).toHaveLength(1)
  })

  test('speech and file contents are the same bytes', async () => {
    const speech = await client().audio.speech.create({ model: 'tts', input: 'x', voice: 'alloy' })
    const content = await client().files.content('file-1')
    for (const response of [speech, content]) expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true)
  })

  test('embeddings are read as numbers', async () => {
    const { data } = await client().embeddings.create({ model: 'emb', input: ['x'] })
    expect(Array.from(data[0]!.embedding)).toEqual([0.5, 1])
  })

  test('forms keep what they carry', async () => {
    await client().audio.transcriptions.create({ model: 'whisper', file: await wav(), language: 'de' })
    const { body } = upstream.received[0]!
    expect(body.includes(BYTES)).toBe(true)
    expect(body.toString('latin1')).toMatch(/name="language"\r\n\r\nde\r\n/)
  })

  test('errors are the SDK’s own', async () => {
    await expect(client().embeddings.create({ model: '', input: 'x' })).rejects.toThrow(BadRequestError)
  })
})

test('models are listed and found', async () => {
  const models = await sdk().models.list()
  expect(Array.isArray(models.data)).toBe(true)
  expect(await sdk().models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' })
})

describe('Anthropic', () => {
  test('in Foundry mode: /anthropic/v1/messages with x-api-key', async () => {
    const foundry = new Anthropic({ baseURL: `${proxy.origin}/anthropic`, apiKey: 'none-0000', maxRetries: 0 })
    const message = await foundry.messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(message.content).toEqual([{ type: 'text', text: 'ok' }])
    expect(upstream.received[0]!.url).toBe('/anthropic/v1/messages')
    const count = await foundry.messages.countTokens({
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(count.input_tokens).toBe(12)
    expect(last()).toBe('POST /anthropic/v1/messages/count_tokens')
  })

  test('files and batches are passed on to Anthropic’s paths', async () => {
    const client = new Anthropic({ baseURL: proxy.origin, apiKey: 'none-0000', maxRetries: 0 })
    await client.messages.batches.retrieve('msgbatch_1')
    expect(last()).toBe('GET /anthropic/v1/messages/batches/msgbatch_1')
    expect(upstream.received[0]!.headers['x-api-key']).toBe('upstream-key-canary')
    const listed = await fetch(`${proxy.origin}/v1/files`, { headers: { 'anthropic-version': '2023-06-01' } })
    expect(listed.status).toBe(200)
    expect(last()).toBe('GET /anthropic/v1/files')
  })
})
