import { describe, expect, it } from 'vitest'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubRequest, Part, Turn } from '../../../../electron/core/hub.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'
import { requestOf } from './support.ts'

function encode(
  fields: Partial<HubRequest>,
  model = 'gpt-5',
  stream = false,
): ReturnType<typeof responses.encodeRequest> {
  return responses.encodeRequest(requestOf({ dialect: 'messages', ...fields }), {
    deployment: 'my-deployment',
    profile: profileOf(model),
    stream,
  })
}

const bodyOf = (...args: Parameters<typeof encode>): Record<string, unknown> => encode(...args).body
const itemsOf = (turns: Turn[], fields: Partial<HubRequest> = {}, model = 'gpt-5'): Record<string, unknown>[] =>
  bodyOf({ turns, ...fields }, model)['input'] as Record<string, unknown>[]
const lossesOf = (...args: Parameters<typeof encode>): string[] =>
  encode(...args).losses.map((loss) => `${loss.kind} ${loss.path}`)

const user = (...parts: (Part | string)[]): Turn => ({ role: 'user', parts: parts.map(partOf) })
const assistant = (...parts: (Part | string)[]): Turn => ({ role: 'assistant', parts: parts.map(partOf) })
const partOf = (part: Part | string): Part => (typeof part === 'string' ? { type: 'text', text: part } : part)
const call = (id: string, name = 'f', args = '{}'): Part => ({ type: 'call', id, name, arguments: args })

describe('tools', () => {
  const f = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } } as const

  it('always say whether they are strict, and have a schema', () => {
    expect(bodyOf({ tools: [f, { type: 'function', name: 'g', description: 'G' }] })['tools']).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'g', description: 'G', parameters: { type: 'object', properties: {} }, strict: false },
    ])
  })

  it('are strict only with a schema that OpenAI takes as such', () => {
    const loose = {
      type: 'function',
      name: 'f',
      parameters: { type: 'object', properties: { a: {} } },
      strict: true,
    } as const
    expect(bodyOf({ tools: [loose] })['tools']).toMatchObject([{ strict: false }])
    expect(lossesOf({ tools: [loose] })).toEqual(['degraded tools.strict'])
    expect(bodyOf({ tools: [loose], dialect: 'chat' })['tools']).toMatchObject([{ strict: true }])
  })

  it('with long names get shorter ones, which the answer undoes', () => {
    const name = `mcp__${'x'.repeat(80)}`
    const { body, undo } = encode({
      tools: [{ type: 'function', name }],
      toolChoice: { name },
      turns: [user('x'), assistant(call('c', name))],
    })
    const [tool] = body['tools'] as { name: string }[]
    expect(tool?.name).toHaveLength(64)
    expect(undo.toolNames.get(tool?.name ?? '')).toBe(name)
    expect(body['tool_choice']).toEqual({ type: 'function', name: tool?.name })
    expect((body['input'] as { name?: string }[])[1]?.name).toBe(tool?.name)
  })

  it('of free text are native where the model knows them, else wrapped', () => {
    const tool = {
      type: 'custom',
      name: 'patch',
      format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } },
    } as const
    const turns: Turn[] = [
      assistant({ type: 'call', id: 'c', name: 'patch', arguments: 'text', custom: true }),
      { role: 'tool', parts: [{ type: 'result', id: 'c', parts: [], custom: true }] },
    ]
    const native = bodyOf({ tools: [tool], turns, toolChoice: { name: 'patch' }, dialect: 'chat' })
    expect(native['tools']).toEqual([
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
    ])
    expect(native['tool_choice']).toEqual({ type: 'custom', name: 'patch' })
    expect(native['input']).toMatchObject([
      { type: 'custom_tool_call', input: 'text' },
      { type: 'custom_tool_call_output', output: '' },
    ])
    const { body, undo } = encode({ tools: [tool], turns, dialect: 'chat' }, 'o3')
    expect(body['tools']).toMatchObject([{ type: 'function', name: 'patch', strict: false }])
    expect(body['input']).toMatchObject([
      { type: 'function_call', arguments: '{"input":"text"}' },
      { type: 'function_call_output' },
    ])
    expect([...undo.wrappedCustomTools]).toEqual(['patch'])
  })

  it('that are allowed are named', () => {
    expect(bodyOf({ tools: [f], toolChoice: { allowed: ['f'], mode: 'required' } })['tool_choice']).toEqual({
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'f' }],
    })
  })

  it('leave no choice and no switch where there are none', () => {
    const body = bodyOf({ toolChoice: 'auto', parallelTools: true })
    expect(body).not.toHaveProperty('tools')
    expect(body).not.toHaveProperty('tool_choice')
    expect(body).not.toHaveProperty('parallel_tool_calls')
  })
})

describe('parameters', () => {
  it('store nothing and get thoughts sealed from models that think', () => {
    expect(bodyOf({})).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(bodyOf({}, 'gpt-4o')).not.toHaveProperty('include')
    expect(bodyOf({}, 'gpt-4o')['store']).toBe(false)
  })

  it('ask for a stream, but never for usage, which Azure refuses', () => {
    const body = bodyOf({ includeUsage: true, extra: { 'stream_options.include_obfuscation': false } }, 'gpt-5', true)
    expect(body['stream']).toBe(true)
    expect(body).not.toHaveProperty('stream_options')
    expect(bodyOf({})).not.toHaveProperty('stream')
  })

  it.each<[Partial<HubRequest>, string, unknown]>([
    [{ dialect: 'chat' }, 'gpt-5', { summary: 'auto' }],
    [{ dialect: 'chat', effort: 'none' }, 'gpt-5.1', { effort: 'none' }],
    [{ dialect: 'chat', effort: 'high' }, 'gpt-5', { effort: 'high', summary: 'auto' }],
    [{ dialect: 'chat' }, 'gpt-4o', undefined],
    [{}, 'gpt-5', undefined],
    [{ thinking: { mode: 'enabled', budget: 10_000 } }, 'gpt-5', { effort: 'high', summary: 'auto' }],
    [{ thinking: { mode: 'enabled', budget: 2000 }, showReasoning: 'omit' }, 'gpt-5', { effort: 'low' }],
    [{ thinking: { mode: 'disabled' } }, 'gpt-5', undefined],
    [{ thinking: { mode: 'adaptive' }, effort: 'max' }, 'gpt-5', { effort: 'high', summary: 'auto' }],
  ])('ask %j of %s for thought', (fields, model, expected) => {
    expect(bodyOf(fields, model)['reasoning']).toEqual(expected)
  })

  it('raise an output limit that is too small, and cut one that is too large', () => {
    expect(bodyOf({ maxTokens: 5 })['max_output_tokens']).toBe(16)
    expect(lossesOf({ maxTokens: 5 })).toEqual(['degraded max_tokens'])
    expect(bodyOf({ maxTokens: 1_000_000 })['max_output_tokens']).toBe(128_000)
    expect(bodyOf({ maxTokens: 100 })['max_output_tokens']).toBe(100)
  })

  it('are dropped and declared where Responses has no word or the model refuses them', () => {
    const fields: Partial<HubRequest> = {
      dialect: 'chat',
      stop: ['x'],
      seed: 1,
      logitBias: { a: 1 },
      topK: 5,
      presencePenalty: 1,
      frequencyPenalty: 0,
      temperature: 0.5,
      topP: 0.5,
      logprobs: 2,
      extra: { prediction: {}, web_search_options: {}, store: true },
    }
    expect(lossesOf(fields).toSorted()).toEqual(
      [
        'stop',
        'seed',
        'logit_bias',
        'top_k',
        'presence_penalty',
        'temperature',
        'top_p',
        'logprobs',
        'prediction',
        'web_search_options',
      ]
        .map((path) => `dropped ${path}`)
        .toSorted(),
    )
    expect(bodyOf(fields)).not.toHaveProperty('stop')
    expect(bodyOf(fields, 'gpt-4o')).toMatchObject({
      temperature: 0.5,
      top_p: 0.5,
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
    })
  })

  it('carry format, verbosity, metadata, tier and cache key', () => {
    const schema = { type: 'object', properties: {}, required: [], additionalProperties: false }
    expect(
      bodyOf({
        format: { kind: 'schema', name: 'my name', schema },
        verbosity: 'low',
        metadata: { a: 'b' },
        serviceTier: 'standard_only',
        promptCacheKey: 'k',
      }),
    ).toMatchObject({
      text: { format: { type: 'json_schema', name: 'my_name', schema, strict: false }, verbosity: 'low' },
      metadata: { a: 'b' },
      service_tier: 'default',
      prompt_cache_key: 'k',
    })
    expect(bodyOf({ format: { kind: 'json' } })['text']).toEqual({ format: { type: 'json_object' } })
    expect(bodyOf({ format: { kind: 'schema', name: 'n', schema } }, 'gpt-4')).toMatchObject({
      text: { format: { type: 'json_object' } },
      instructions: expect.stringContaining('JSON schema') as string,
    })
  })

  it('hash a user id that is too long', () => {
    expect(bodyOf({ user: 'short' })['user']).toBe('short')
    expect(bodyOf({ user: 'x'.repeat(150) })['user']).toMatch(/^[0-9a-f]{64}$/)
    expect(lossesOf({ user: 'x'.repeat(150) })).toEqual(['degraded metadata.user_id'])
  })

  it('never allow parallel calls where the model refuses the switch', () => {
    const tools = [{ type: 'function', name: 'f' } as const]
    expect(bodyOf({ tools, parallelTools: true }, 'o3')).not.toHaveProperty('parallel_tool_calls')
    expect(bodyOf({ tools, parallelTools: false }, 'gpt-5')['parallel_tool_calls']).toBe(false)
    expect(bodyOf({ tools, parallelTools: true, dialect: 'chat', effort: 'minimal' })['parallel_tool_calls']).toBe(
      false,
    )
  })

  it('mark the prompt cache for models that know the marks', () => {
    const turns = [user({ type: 'text', text: 'Long', cache: { type: 'ephemeral' } })]
    expect(JSON.stringify(itemsOf(turns, {}, 'gpt-5.6'))).toContain('prompt_cache_breakpoint')
    expect(JSON.stringify(itemsOf(turns))).not.toContain('cache')
  })
})

describe("a Responses client's own request", () => {
  it('keeps its own fields', () => {
    const { request } = responses.decodeRequest({
      model: 'gpt-5',
      input: 'Hi',
      store: true,
      previous_response_id: 'resp_1',
      include: ['file_search_call.results'],
      stream_options: { include_obfuscation: false },
    })
    const { body, losses } = responses.encodeRequest(request, {
      deployment: 'd',
      profile: profileOf('gpt-5'),
      stream: true,
    })
    expect(body).toMatchObject({
      store: true,
      previous_response_id: 'resp_1',
      include: ['reasoning.encrypted_content', 'file_search_call.results'],
      stream_options: { include_obfuscation: false },
    })
    expect(losses).toEqual([])
  })
})
