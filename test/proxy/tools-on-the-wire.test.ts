/** What tools really send, through the proxy, to upstreams that refuse what the real ones refuse. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dialectOf } from '../../electron/core/dialects/registry.ts'
import { listOf, objectOf } from '../../electron/proxy/upstreams/simulator/json.ts'
import type { DialectId } from '../../shared/exchange.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { startStrictUpstream } from './strict-upstream.ts'
import type { StrictUpstream } from './strict-upstream.ts'
import * as responses from './wire-bodies-responses.ts'
import * as tools from './wire-bodies.ts'
import type { Body } from './wire-bodies.ts'

const PATH: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages?beta=true',
  responses: '/v1/responses',
}
/** The last event of a whole stream. */
const END: Readonly<Record<DialectId, string>> = {
  chat: 'data: [DONE]',
  messages: 'event: message_stop',
  responses: 'event: response.completed',
}
type Maker = (model: string) => Body
const CLIENTS: readonly [name: string, dialect: DialectId, body: Maker, headers: Record<string, string>][] = [
  ['Claude Code', 'messages', tools.claudeCode, tools.CLAUDE_CODE_HEADERS],
  ['Claude Code with a name that it does not know', 'messages', tools.claudeCodeAdaptive, tools.CLAUDE_CODE_HEADERS],
  ['Claude Code with the newest models', 'messages', tools.claudeCodeNewest, tools.CLAUDE_CODE_HEADERS],
  ['Claude Code’s title', 'messages', tools.claudeCodeTitle, tools.CLAUDE_CODE_HEADERS],
  ['Cline in its Anthropic mode', 'messages', tools.clineMessages, {}],
  ['qwen-code in its Anthropic mode', 'messages', tools.qwenMessages, {}],
  ['opencode’s title', 'chat', tools.opencodeTitle, {}],
  ['opencode', 'chat', tools.opencode, {}],
  ['Cline', 'chat', tools.clineChat, {}],
  ['Copilot CLI', 'chat', tools.copilotChat, {}],
  ['Continue', 'chat', tools.continueChat, {}],
  ['qwen-code', 'chat', tools.qwenChat, {}],
  ['Codex', 'responses', responses.codex, responses.CODEX_HEADERS],
  ['Codex with tools in its input', 'responses', responses.codexAdditionalTools, responses.CODEX_HEADERS],
  ['LangChain', 'responses', responses.langchain, {}],
  ['opencode over Responses', 'responses', responses.opencodeResponses, {}],
]
const spoken = (dialect: DialectId): boolean => dialectOf(dialect) !== undefined
const UPSTREAMS: readonly [model: string, api: DialectId][] = [
  ['gpt-4o', 'chat'],
  ['gpt-5', 'chat'],
  ['gpt-5.1', 'chat'],
  ['gpt-5', 'responses'],
  ['o3', 'responses'],
  ['claude-sonnet-4-5', 'messages'],
  ['claude-opus-4-6', 'messages'],
  ['claude-opus-4-8', 'messages'],
  ['claude-sonnet-5-5', 'messages'],
]
const ACROSS = CLIENTS.filter(([, dialect]) => spoken(dialect)).flatMap((client) =>
  UPSTREAMS.filter(([, api]) => spoken(api) && api !== client[1]).map(([model, api]) => ({ client, model, api })),
)

let upstream: StrictUpstream
let proxy: TestProxy
beforeEach(async () => {
  upstream = await startStrictUpstream(() => ({ thinking: 'Let me see.', text: 'Here it is.' }))
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(model: string, api: DialectId, deployment = model): Promise<void> {
  proxy = await startProxy({
    instances: [{ base: upstream.origin, deployments: { [model]: deployment } }],
    config: { models: [{ model, api }] },
  })
}

async function send(client: (typeof CLIENTS)[number], model: string): Promise<{ status: number; text: string }> {
  const [, dialect, body, headers] = client
  const answer = await post(proxy.origin, PATH[dialect], body(model), headers)
  return { status: answer.status, text: await answer.text() }
}

describe.each(ACROSS)('$client.0 on $model over $api', ({ client, model, api }) => {
  test('sends what the upstream takes, and gets a whole answer', async () => {
    await start(model, api)
    const answer = await send(client, model)
    expect(upstream.refused).toEqual([])
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('Here')
    if (client[2](model)['stream'] === true) expect(answer.text).toContain(END[client[1]])
  })
})

describe('of Claude Code on a GPT deployment', () => {
  async function reached(maker: Maker): Promise<Body> {
    await start('gpt-5', 'chat')
    await send(['', 'messages', maker, tools.CLAUDE_CODE_HEADERS], 'gpt-5')
    expect(upstream.refused).toEqual([])
    return upstream.taken[0]!
  }

  test('the note for Anthropic’s billing does not reach it, nor do the betas', async () => {
    const body = await reached(tools.claudeCode)
    expect(JSON.stringify(body)).not.toContain('billing')
    const { headers, url } = upstream.received[0]!
    expect(Object.keys(headers).filter((name) => name.startsWith('anthropic-'))).toEqual([])
    expect(headers).toMatchObject({ 'api-key': 'upstream-key-canary' })
    expect(headers).not.toHaveProperty('authorization')
    expect(url).not.toContain('beta')
  })

  test('the long user id becomes a digest, and effort and limit their own fields', async () => {
    const body = await reached(tools.claudeCodeAdaptive)
    expect(body).toMatchObject({ max_completion_tokens: 32_000, reasoning_effort: 'high' })
    expect(String(body['user'] ?? body['safety_identifier'])).toMatch(/^[0-9a-f]{64}$/)
  })

  test('the effort in a system message counts', async () => {
    expect(await reached(tools.claudeCodeNewest)).toMatchObject({ reasoning_effort: 'medium' })
  })

  test('a system message in the middle keeps its place', async () => {
    const messages = listOf((await reached(tools.claudeCodeAdaptive))['messages']).map(objectOf)
    expect(JSON.stringify(messages.at(-1))).toContain('The mode has changed.')
    expect(new Set(messages.map(({ role }) => role)).has('system')).toBe(false)
  })

  test('a picture in a result follows the results, an error says that it is one', async () => {
    const messages = listOf((await reached(tools.claudeCode))['messages']).map(objectOf)
    const results = messages.filter(({ role }) => role === 'tool')
    expect(results.map(({ tool_call_id }) => tool_call_id)).toEqual(['toolu_01ABC', 'toolu_01DEF'])
    const after = messages.slice(messages.lastIndexOf(results[1]!) + 1)
    expect(JSON.stringify(after)).toContain('data:image/png;base64,iVBORw0KGgo=')
  })

  test('the title’s schema is asked for', async () => {
    expect(await reached(tools.claudeCodeTitle)).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: { required: ['title'] } } },
    })
  })

  test('its search, which is nothing without the server tool, is refused with a way out', async () => {
    await start('gpt-5', 'chat')
    const answer = await send(['', 'messages', tools.claudeCodeSearch, tools.CLAUDE_CODE_HEADERS], 'gpt-5')
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: expect.stringMatching(/^tools\[0\]: .*web_search.*hosted_tools/),
      },
    })
    expect(upstream.received).toEqual([])
  })
})

test('Cline’s server tool is left out beside its own tools, and said so', async () => {
  await start('gpt-4o', 'chat')
  const answer = await post(proxy.origin, PATH.messages, tools.clineMessages('gpt-4o'))
  expect(answer.headers.get('x-lazuli-dropped')).toBe('tools[25]')
  await answer.text()
  expect(listOf(upstream.taken[0]!['tools'])).toHaveLength(25)
})

describe.each([
  ['claude-opus-4-8', 'messages'],
  ['gpt-4o', 'chat'],
] as const)('of Codex on %s', (model, api) => {
  test('its search is left out; calls come back in its namespace and as free text', async () => {
    await upstream.close()
    upstream = await startStrictUpstream(() => ({
      calls: [
        { name: 'mcp__files__read', input: { cmd: 'ls' } },
        { name: 'apply_patch', input: { input: '*** Begin Patch\n"x" 🙂' } },
      ],
    }))
    await start(model, api)
    const answer = await post(proxy.origin, PATH.responses, responses.codex(model), responses.CODEX_HEADERS)
    expect(answer.headers.get('x-lazuli-dropped')).toContain('tools[3]')
    const done = (await answer.text())
      .split('\n')
      .findLast((line) => line.startsWith('data: {"type":"response.completed"'))
    const { response } = JSON.parse(done!.slice(6)) as { response: { output: unknown[] } }
    expect(response.output).toEqual([
      expect.objectContaining({
        type: 'function_call',
        namespace: 'mcp__files',
        name: 'read',
        arguments: '{"cmd":"ls"}',
      }),
      expect.objectContaining({ type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch\n"x" 🙂' }),
    ])
  })
})

describe('of Claude Code on Claude', () => {
  test('every byte goes on, with betas, session and version', async () => {
    await start('claude-opus-4-8', 'messages')
    const { output_config, ...body } = tools.claudeCodeAdaptive('claude-opus-4-8')
    const text = JSON.stringify({ ...body, output_config }, null, 1)
    const answer = await post(proxy.origin, PATH.messages, text, tools.CLAUDE_CODE_HEADERS)
    await answer.text()
    const { body: received, headers, url } = upstream.received[0]!
    expect(received.toString()).toBe(text)
    expect(url).toBe('/anthropic/v1/messages?beta=true')
    expect(headers).toMatchObject({
      'x-api-key': 'upstream-key-canary',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': tools.CLAUDE_CODE_HEADERS['anthropic-beta'],
      'x-claude-code-session-id': tools.CLAUDE_CODE_HEADERS['x-claude-code-session-id'],
    })
    expect(headers).not.toHaveProperty('authorization')
  })

  test('a name that it does not know may stand for an older Claude', async () => {
    await start('my-model', 'messages', 'claude-sonnet-4-5')
    const answer = await post(
      proxy.origin,
      PATH.messages,
      tools.claudeCodeAdaptive('my-model'),
      tools.CLAUDE_CODE_HEADERS,
    )
    await answer.text()
    const body = JSON.parse(upstream.received[0]!.body.toString()) as Body
    expect(body).toMatchObject({ model: 'claude-sonnet-4-5', thinking: { type: 'enabled' } })
    expect(body['output_config']).toBeUndefined()
  })
})

test('the Anthropic SDK’s threads are refused in the way that it understands', async () => {
  await start('gpt-4o', 'chat')
  const body = {
    model: 'gpt-4o',
    max_tokens: 10,
    thread: { type: 'create' },
    messages: [{ role: 'user', content: 'hi' }],
  }
  const answer = await post(proxy.origin, PATH.messages, body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { details: { error_code: 'thread_unsupported_request', unsupported: expect.any(Array) } },
  })
})

describe('a body on the wrong path', () => {
  test('is answered in its own API, and the explanation says so', async () => {
    await start('gpt-4o', 'chat')
    const body = { ...tools.clineMessages('gpt-4o'), stream: false }
    const answer = await post(proxy.origin, PATH.chat, body)
    expect(await answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Here it is.' }] })
    const { decision, described } = await proxy.exchange()
    expect(decision!.steps[0]).toMatchObject({ verdict: 'warn', text: 'Read as a Messages request' })
    expect(described).toMatchObject({ clientDialect: 'messages', upstreamDialect: 'chat' })
  })

  test('gets its errors in its own API, too', async () => {
    await start('claude-opus-4-8', 'messages')
    const body = { ...tools.continueChat('claude-opus-4-8'), n: 2 }
    const answer = await post(proxy.origin, PATH.messages, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param: 'n', code: 'unsupported_by_upstream' } })
  })
})
