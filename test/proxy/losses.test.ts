import { afterEach, describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../shared/config.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { json, startUpstream, stream } from './scripted-upstream.ts'
import type { Script, ScriptedUpstream } from './scripted-upstream.ts'

const CHAT = '/v1/chat/completions'
const CLAUDE = 'claude-sonnet-4-5'
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: CLAUDE,
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}
const PAGE = { type: 'char_location', cited_text: 'a', document_index: 0, start_char_index: 0, end_char_index: 1 }
const USER = [{ role: 'user', content: 'the canary sings' }]

let lines: { level: string; message: string; fields: Record<string, unknown> }[]
let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(script: Script, config: ConfigInput = {}): Promise<void> {
  lines = []
  const keep =
    (level: string) =>
    (fields: Record<string, unknown>, message: string): void =>
      void lines.push({ level, message, fields })
  upstream = await startUpstream(script)
  proxy = await startProxy({
    instances: [{ base: upstream.origin }],
    config,
    log: { debug: keep('debug'), info: keep('info') },
  })
}

async function logged(): Promise<Record<string, unknown>> {
  await proxy.exchange()
  const requests = lines.filter(({ level, message }) => level === 'info' && message === 'model request')
  expect(requests).toHaveLength(1)
  return requests[0]!.fields
}

function events(...list: { type: string; [key: string]: unknown }[]): Buffer {
  return Buffer.from(list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
}

const CITING = events(
  { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: PAGE } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'b' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
)

describe('the log has one line for each model request', () => {
  test('with what it was and what it lost, and never its text', async () => {
    await start(json(MESSAGE))
    const response = await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER, seed: 1, temperature: 1.5 })
    expect(await logged()).toEqual({
      exchange: 'ex0',
      client: 'chat',
      upstream: 'messages',
      model: CLAUDE,
      deployment: CLAUDE,
      status: 200,
      ms: expect.any(Number),
      state: 'done',
      dropped: ['seed'],
      degraded: ['temperature'],
    })
    expect(response.headers.get('x-lazuli-dropped')).toBe('seed')
    expect(response.headers.get('x-lazuli-degraded')).toBe('temperature')
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  test('with the path that it was refused for', async () => {
    await start(json(MESSAGE))
    await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER, n: 2 })
    expect(await logged()).toMatchObject({ status: 400, state: 'failed', refused: 'n', dropped: [], degraded: [] })
    expect(upstream.received).toEqual([])
  })

  test('with the upstream’s failure, which is no refusal of ours', async () => {
    await start(json({ error: { message: 'no', code: 'content_filter' } }, 400))
    await post(proxy.origin, CHAT, { model: 'gpt-4o', messages: USER })
    const line = await logged()
    expect(line).toMatchObject({ status: 400, state: 'failed', failure: 'content_filter' })
    expect(line).not.toHaveProperty('refused')
  })

  test('and a name in it cannot forge another line or move the cursor', async () => {
    await start(json(MESSAGE))
    await post(proxy.origin, CHAT, { model: 'x\n{"level":50}\u001b[2J\u009b\u2028\u202e', messages: USER })
    expect((await logged())['model']).toBe('x\\u000a{"level":50}\\u001b[2J\\u009b\\u2028\\u202e')
  })
})

describe('at debug the log says that Claude is spoken to for a Chat client', () => {
  test.each([
    [false, 'Converted Anthropic response to OpenAI format', json(MESSAGE)],
    [true, 'Using new Anthropic streaming converter', stream(CITING)],
  ])('(streaming: %s)', async (streams, last, script) => {
    await start(script)
    const answer = await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER, stream: streams })
    await answer.text()
    expect(lines.filter(({ level }) => level === 'debug').map(({ message }) => message)).toEqual([
      `Model ${CLAUDE} is a Claude model - converting to Anthropic Messages API format`,
      'Converted to Anthropic Messages API request',
      last,
    ])
  })
})

describe('what is lost of an answer', () => {
  test('is named in the head where the answer comes whole', async () => {
    const content = [{ type: 'text', text: 'ab', citations: [PAGE] }]
    await start(json({ ...MESSAGE, content }))
    const answer = await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER })
    expect(answer.headers.get('x-lazuli-dropped')).toMatch(/citations|annotations/)
  })

  test('is a comment in a stream that was begun, between two events', async () => {
    let goOn = (): void => {}
    const begun = CITING.indexOf('event: content_block_delta', CITING.indexOf('text_delta'))
    await start(async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CITING.subarray(0, begun))
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
      response.end(CITING.subarray(begun))
    })
    const answer = await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER, stream: true })
    // The head has come, so what is lost from here on cannot stand in it.
    goOn()
    const blocks = (await answer.text()).split('\n\n')
    expect(blocks.filter((block) => block.startsWith(': dropped '))).toHaveLength(1)
    for (const block of blocks.slice(0, -1)) expect(block).toMatch(/^(?:data: (?:\{.*\}|\[DONE\])|: dropped \S+)$/)
    expect(await logged()).toMatchObject({ status: 200, dropped: [expect.stringMatching(/citations|annotations/)] })
  })
})

describe('strict mode refuses what could not arrive unchanged', () => {
  test.each<[string, Record<string, string>, ConfigInput]>([
    ['asked for by a header', { 'x-lazuli-strict': '1' }, {}],
    ['set in the configuration', {}, { translation: { strict: true } }],
  ])('%s', async (_how, headers, config) => {
    await start(json(MESSAGE), config)
    const answer = await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER, seed: 1, top_p: 0.5 }, headers)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      error: {
        code: 'unsupported_by_upstream',
        param: 'seed',
        message: expect.stringContaining('seed would be dropped'),
      },
    })
    expect(upstream.received).toEqual([])
    expect(await logged()).toMatchObject({ refused: 'seed' })
  })

  test('and lets everything else through', async () => {
    await start(json(MESSAGE))
    const answer = await post(proxy.origin, CHAT, { model: CLAUDE, messages: USER }, { 'x-lazuli-strict': '1' })
    expect(answer.status).toBe(200)
  })
})

describe('stop sequences for a model behind Responses', () => {
  const body = { model: 'o3', messages: USER, stop: ['\n\n'] }

  test('are left out and declared', async () => {
    await start(json({ id: 'resp_1', object: 'response', status: 'completed', model: 'o3', output: [] }))
    const answer = await post(proxy.origin, CHAT, body)
    expect(answer.headers.get('x-lazuli-dropped')).toBe('stop')
    expect(JSON.parse(upstream.received[0]!.body.toString())).not.toHaveProperty('stop')
  })

  test('are refused where the configuration wants that', async () => {
    await start(json({}), { translation: { stop: 'refuse' } })
    const answer = await post(proxy.origin, CHAT, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param: 'stop', code: 'unsupported_by_upstream' } })
    expect(upstream.received).toEqual([])
  })
})
