import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:http'
import OpenAI, { NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { contextOf, decodeStream, encodeStream, fixture } from './context.ts'

const streams = [
  'chat__ai__azure-model-router.1.sse',
  'chat__ai__moonshotai-stream.sse',
  'chat__openllmetry__test_azure__test_chat_streaming__0.sse',
  'chat__openllmetry__test_functions__test_open_ai_function_calls_tools_streaming_parallel__0.sse',
]

let server: Server
let client: OpenAI
let answer = { type: 'text/event-stream', body: '', status: 200 }

beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** What the official SDK makes of a stream, as far as an application sees it. */
async function assembled(body: string): Promise<unknown> {
  answer = { type: 'text/event-stream', body, status: 200 }
  const stream = client.chat.completions.stream({ model: 'm', messages: [], stream_options: { include_usage: true } })
  // The SDK does not know the field: its assembly keeps the last piece only.
  let reasoning: string | undefined
  stream.on('chunk', (chunk) => {
    const piece = reasoningOf(chunk.choices[0]?.delta)
    if (piece !== undefined) reasoning = (reasoning ?? '') + piece
  })
  return { ...visible(await stream.finalChatCompletion()), reasoning }
}

function reasoningOf(value: object | undefined): string | undefined {
  if (value === undefined || !('reasoning_content' in value)) return undefined
  return typeof value.reasoning_content === 'string' ? value.reasoning_content : undefined
}

function visible(completion: OpenAI.ChatCompletion): Record<string, unknown> {
  const choice = completion.choices[0]
  const message = choice?.message
  const calls = message?.tool_calls?.map((call) =>
    call.type === 'function' ? [call.id, call.function.name, call.function.arguments] : [call.id],
  )
  return {
    id: completion.id,
    created: completion.created,
    content: message?.content || null,
    refusal: message?.refusal || null,
    reasoning: reasoningOf(message),
    calls: calls ?? [],
    finish: choice?.finish_reason,
    tokens: [completion.usage?.prompt_tokens, completion.usage?.completion_tokens, completion.usage?.total_tokens],
  }
}

describe('what the official SDK reads', () => {
  it.each(streams)('is the same from %s and from its hub events, streamed or whole', async (name) => {
    const raw = fixture(name)
    // The SDK refuses chunks of another id; Azure's first chunk, which has none, is left out for it.
    const original = await assembled(raw.replace(/^data: \{"choices":\[\],"created":0[^\n]*\n\n/, ''))
    const events = decodeStream(raw)
    expect(await assembled(encodeStream(events))).toEqual(original)

    answer = { type: 'application/json', body: JSON.stringify(chat.encodeAnswer(events, contextOf())), status: 200 }
    const whole = await client.chat.completions.create({ model: 'm', messages: [] })
    expect(visible(whole)).toEqual(original)
  })

  it('throws on an error inside a stream, with type and code', async () => {
    const events: HubEvent[] = [
      { type: 'start', id: 'a', model: 'm', created: 1 },
      {
        type: 'error',
        error: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Too much.' },
      },
    ]
    await expect(assembled(encodeStream(events))).rejects.toMatchObject({
      message: 'Too much.',
      code: 'rate_limit_exceeded',
      type: 'rate_limit_error',
    })
  })

  it("maps error answers to the SDK's classes", async () => {
    const encoded = chat.encodeError({
      status: 404,
      type: 'not_found_error',
      code: 'DeploymentNotFound',
      message: 'Gone.',
    })
    answer = { type: 'application/json', body: JSON.stringify(encoded.body), status: encoded.status }
    const failure = client.chat.completions.create({ model: 'm', messages: [] })
    await expect(failure).rejects.toBeInstanceOf(NotFoundError)
    await expect(failure).rejects.toMatchObject({ code: 'model_not_found', message: '404 Gone.' })
  })

  it('reads text, refusal, thoughts and interleaved calls of a translated stream', async () => {
    const events: HubEvent[] = [
      { type: 'start', id: 'msg_1', model: 'claude', created: 1 },
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'full' },
      { type: 'delta', part: 0, text: 'Hm.' },
      { type: 'opaque', part: 0, opaque: { maker: 'anthropic', kind: 'signature', value: 'sig' } },
      { type: 'close', part: 0 },
      { type: 'open', part: 1, kind: 'text' },
      { type: 'delta', part: 1, text: 'Let me ' },
      { type: 'delta', part: 1, text: 'look.' },
      { type: 'close', part: 1 },
      { type: 'open', part: 2, kind: 'call', id: 'toolu_1', name: 'f' },
      { type: 'open', part: 3, kind: 'call', id: 'toolu_2', name: 'g' },
      { type: 'delta', part: 3, text: '{"b":' },
      { type: 'delta', part: 2, text: '{}' },
      { type: 'delta', part: 3, text: '2}' },
      { type: 'close', part: 2 },
      { type: 'close', part: 3 },
      { type: 'end', finish: 'tool', usage: { input: 3, output: 5 } },
    ]
    const expected = {
      id: 'msg_1',
      created: 1,
      content: 'Let me look.',
      refusal: null,
      reasoning: 'Hm.',
      calls: [
        ['toolu_1', 'f', '{}'],
        ['toolu_2', 'g', '{"b":2}'],
      ],
      finish: 'tool_calls',
      tokens: [3, 5, 8],
    }
    expect(await assembled(encodeStream(events))).toEqual(expected)
  })
})
