/**
 * The vendors' own SDKs are the judges: what they read through the proxy is what they read from the recording itself.
 * Every recording is replayed cut at random positions, inside of characters too.
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openOpaque } from '../../electron/core/envelope.ts'
import { startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { randomCuts, randomSource, recordings } from './recordings.ts'
import type { Recording } from './recordings.ts'
import { json, startUpstream, stream } from './scripted-upstream.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'

const GPT = 'gpt-4o'
const CLAUDE = 'claude-sonnet-4-6'
const ROUNDS = 4
/** Tools that the recordings call, so that both sides know them. */
const TOOLS = ['get_current_weather', 'get_weather', 'updateIssueList', 'get_albert_weather', 'web_search']

let played: Recording
let random: () => number
let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  random = randomSource(20_261_121)
  upstream = await startUpstream((play) =>
    played.name.endsWith('.json')
      ? json(played.bytes)(play)
      : stream(played.bytes, randomCuts(played.bytes.length, 40, random))(play),
  )
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const openai = (base: string): OpenAI => new OpenAI({ baseURL: base, apiKey: 'none-0000', maxRetries: 0 })
const anthropic = (base: string): Anthropic => new Anthropic({ baseURL: base, apiKey: 'none-0000', maxRetries: 0 })
const direct = {
  chat: (): OpenAI => openai(`${upstream.origin}/openai/v1`),
  messages: (): Anthropic => anthropic(`${upstream.origin}/anthropic`),
}

/** What an answer says, in terms that both dialects have. */
interface Said {
  text: string
  reasoning: string
  signatures: string[]
  calls: { id: string; name: string; input: unknown }[]
  finish: string
  usage: { input: number; cached: number; output: number } | undefined
}

async function chunksOf(client: OpenAI, model: string, usage: boolean): Promise<OpenAI.ChatCompletionChunk[]> {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  const answer = await client.chat.completions.create({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'hi' }],
    tools: TOOLS.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })),
    ...(usage ? { stream_options: { include_usage: true } } : {}),
  })
  for await (const chunk of answer) chunks.push(chunk)
  return chunks
}

function messagesRequest(model: string): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: 4096,
    messages: [{ role: 'user', content: 'hi' }],
    tools: TOOLS.map((name) => ({ name, input_schema: { type: 'object' } })),
  }
}

interface Reasoned {
  reasoning_content?: string
  reasoning_details?: { index?: number; signature?: string; data?: string }[]
}

function saidInChunks(chunks: readonly OpenAI.ChatCompletionChunk[]): Said {
  const calls = new Map<number, { id: string; name: string; json: string }>()
  const said: Said = { text: '', reasoning: '', signatures: [], calls: [], finish: '', usage: undefined }
  for (const chunk of chunks) {
    if (chunk.usage) said.usage = usageOfChat(chunk.usage)
    for (const choice of chunk.choices) {
      const delta = (choice.delta ?? {}) as OpenAI.ChatCompletionChunk.Choice.Delta & Reasoned
      said.text += delta.content ?? ''
      said.reasoning += delta.reasoning_content ?? ''
      said.signatures.push(...sealsOf(delta))
      for (const call of delta.tool_calls ?? []) {
        const known = calls.get(call.index) ?? { id: '', name: '', json: '' }
        calls.set(call.index, {
          id: known.id || (call.id ?? ''),
          name: known.name || (call.function?.name ?? ''),
          json: known.json + (call.function?.arguments ?? ''),
        })
      }
      if (choice.finish_reason) said.finish = choice.finish_reason
    }
  }
  said.calls = [...calls.values()].map(({ id, name, json }) => ({ id, name, input: inputOf(json) }))
  return said
}

function saidInCompletion(answer: OpenAI.ChatCompletion): Said {
  const choice = answer.choices[0]
  const message = (choice?.message ?? {}) as OpenAI.ChatCompletionMessage & Reasoned
  return {
    text: message.content ?? message.refusal ?? '',
    reasoning: message.reasoning_content ?? '',
    signatures: sealsOf(message),
    calls: (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, input: inputOf(call.function.arguments) }]
        : [],
    ),
    finish: choice?.finish_reason ?? '',
    usage: answer.usage && usageOfChat(answer.usage),
  }
}

function saidInMessage(message: Anthropic.Message): Said {
  const said: Said = {
    text: '',
    reasoning: '',
    signatures: [],
    calls: [],
    finish: String(message.stop_reason),
    usage: undefined,
  }
  for (const block of message.content) {
    if (block.type === 'text') said.text += block.text
    if (block.type === 'thinking') {
      said.reasoning += block.thinking
      if (block.signature) said.signatures.push(block.signature)
    }
    if (block.type === 'redacted_thinking') said.signatures.push(block.data)
    if (block.type === 'tool_use') said.calls.push({ id: block.id, name: block.name, input: block.input })
  }
  const { usage } = message
  const cached = usage.cache_read_input_tokens ?? 0
  const input = usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0)
  said.usage = { input, cached, output: usage.output_tokens }
  return said
}

function usageOfChat(usage: OpenAI.CompletionUsage): Said['usage'] {
  return {
    input: usage.prompt_tokens,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    output: usage.completion_tokens,
  }
}

/** The signatures that a Chat client was given, out of their envelopes. */
function sealsOf(message: Reasoned): string[] {
  return (message.reasoning_details ?? []).flatMap(({ signature, data }) => {
    const seal = signature ?? data
    return seal === undefined ? [] : [openOpaque(seal)?.value ?? seal]
  })
}

function inputOf(text: string): unknown {
  return JSON.parse(text === '' ? '{}' : text)
}

const TO_CHAT: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}
const TO_MESSAGES: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

const named = (list: Recording[]): [string, Recording][] => list.map((recording) => [recording.name, recording])

describe('openai ← a Chat recording', () => {
  test.each(named(recordings('chat', 'sse')))('%s: the same chunks', async (_name, recording) => {
    played = recording
    const expected = await chunksOf(direct.chat(), GPT, true)
    for (let round = 0; round < ROUNDS; round++) {
      expect(await chunksOf(openai(`${proxy.origin}/v1`), GPT, true)).toEqual(expected)
      const quiet = expected.filter((chunk) => !(chunk.usage && chunk.choices.length === 0))
      expect(await chunksOf(openai(proxy.origin), GPT, false)).toEqual(quiet)
    }
  })

  test.each(named(recordings('chat', 'json')))('%s: the same answer', async (_name, recording) => {
    played = recording
    const ask = (client: OpenAI): Promise<OpenAI.ChatCompletion> =>
      client.chat.completions.create({ model: GPT, messages: [{ role: 'user', content: 'hi' }] })
    expect(await ask(openai(`${proxy.origin}/v1`))).toEqual(await ask(direct.chat()))
  })
})

describe('anthropic ← a Messages recording', () => {
  test.each(named(recordings('messages', 'sse')))('%s: the same events and message', async (_name, recording) => {
    played = recording
    const read = async (client: Anthropic): Promise<unknown> => {
      const events: unknown[] = []
      const answer = client.messages.stream(messagesRequest(CLAUDE))
      answer.on('streamEvent', (event) => events.push(structuredClone(event)))
      return { message: await answer.finalMessage(), events }
    }
    const expected = await read(direct.messages())
    for (let round = 0; round < ROUNDS; round++) expect(await read(anthropic(proxy.origin))).toEqual(expected)
  })

  test.each(named(recordings('messages', 'json')))('%s: the same message', async (_name, recording) => {
    played = recording
    const ask = (client: Anthropic): Promise<Anthropic.Message> => client.messages.create(messagesRequest(CLAUDE))
    expect(await ask(anthropic(proxy.origin))).toEqual(await ask(direct.messages()))
  })
})

describe('openai ← a Messages recording', () => {
  const expectedOf = (message: Anthropic.Message): Said => {
    const said = saidInMessage(message)
    return { ...said, finish: TO_CHAT[said.finish] ?? said.finish }
  }

  test.each(named(recordings('messages', 'sse')))('%s says the same', async (_name, recording) => {
    played = recording
    const expected = expectedOf(await direct.messages().messages.stream(messagesRequest(CLAUDE)).finalMessage())
    for (let round = 0; round < ROUNDS; round++) {
      expect(saidInChunks(await chunksOf(openai(`${proxy.origin}/v1`), CLAUDE, true))).toEqual(expected)
    }
    const exchange = await proxy.exchange()
    expect(exchange.ends).toEqual([{ state: 'done' }])
    expect(exchange.usage).toMatchObject({ input: expected.usage!.input, output: expected.usage!.output })
    const ranges = exchange.causes.filter((cause) => cause !== undefined)
    expect(ranges.every(([from, to], index) => from <= to && from >= (ranges[index - 1]?.[0] ?? 0))).toBe(true)
  })

  test.each(named(recordings('messages', 'json')))('%s says the same', async (_name, recording) => {
    played = recording
    const expected = expectedOf(await direct.messages().messages.create(messagesRequest(CLAUDE)))
    const answer = await openai(`${proxy.origin}/v1`).chat.completions.create({
      model: CLAUDE,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(saidInCompletion(answer)).toEqual(expected)
    expect(answer.model).toBe(CLAUDE)
  })
})

describe('anthropic ← a Chat recording', () => {
  const expectedOf = (said: Said): Said => ({
    ...said,
    finish: TO_MESSAGES[said.finish] ?? said.finish,
    // Its SDK needs numbers; what the upstream did not tell is nothing.
    usage: said.usage ?? { input: 0, cached: 0, output: 0 },
  })

  test.each(named(recordings('chat', 'sse')))('%s says the same', async (_name, recording) => {
    played = recording
    const expected = expectedOf(saidInChunks(await chunksOf(direct.chat(), GPT, true)))
    for (let round = 0; round < ROUNDS; round++) {
      const message = await anthropic(proxy.origin).messages.stream(messagesRequest(GPT)).finalMessage()
      expect(saidInMessage(message)).toEqual(expected)
    }
  })

  test.each(named(recordings('chat', 'json')))('%s says the same', async (_name, recording) => {
    played = recording
    const expected = expectedOf(
      saidInCompletion(
        await direct.chat().chat.completions.create({ model: GPT, messages: [{ role: 'user', content: 'hi' }] }),
      ),
    )
    const message = await anthropic(proxy.origin).messages.create(messagesRequest(GPT))
    expect(saidInMessage(message)).toMatchObject({ ...expected, finish: expect.any(String) as string })
    expect([expected.finish, 'tool_use', 'refusal']).toContain(message.stop_reason)
  })
})
