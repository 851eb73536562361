/** Recorded answers of each dialect, told in another one and read by the SDK of that dialect. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId, HubEvent } from '../../../../electron/core/hub.ts'
import { openOpaque } from '../../../../electron/core/envelope.ts'
import { AnswerServer as AnthropicServer } from '../messages/sdk.ts'
import { checkStream } from './check-stream.ts'
import { AnswerServer, type Response } from './sdk.ts'
import { contextOf, decodeChunks, dialects, encodeAll, fixture, recordings, requestOf } from './support.ts'

const openai = new AnswerServer()
const anthropic = new AnthropicServer()
beforeAll(async () => {
  await openai.start()
  await anthropic.start()
})
afterAll(async () => {
  await openai.stop()
  await anthropic.stop()
})

/** What an answer says, in no dialect's terms. */
interface Said {
  text: string
  refusal: string
  calls: [id: string, name: string, input: unknown][]
  thoughts: string
  /** Values that only their maker can read. */
  sealed: string[]
  finish: 'done' | 'calls' | 'length' | 'filter'
  tokens: [input: number, output: number] | undefined
  urls: string[]
}

function contextFor(client: DialectId, upstream: DialectId): ReturnType<typeof contextOf> {
  return contextOf({ request: requestOf({ dialect: client }), upstreamDialect: upstream })
}

/** A recorded answer as hub events, streamed or whole. */
function read(name: string, client: DialectId): HubEvent[] {
  const dialect = name.split('__')[0] as DialectId
  const context = contextFor(client, dialect)
  const bytes = fixture(name)
  if (name.endsWith('.sse')) return decodeChunks([bytes], context, dialects[dialect])
  return dialects[dialect].decodeAnswer(JSON.parse(bytes.toString()), context)
}

function parsed(text: string): unknown {
  return text === '' ? {} : JSON.parse(text)
}

/** What the hub says; the truth for both ends, which are each tested against their own SDK elsewhere. */
function saidByHub(events: readonly HubEvent[]): Said {
  const said: Said = {
    text: '',
    refusal: '',
    calls: [],
    thoughts: '',
    sealed: [],
    finish: 'done',
    tokens: undefined,
    urls: [],
  }
  const kinds = new Map<number, string>()
  const calls = new Map<number, { id: string; name: string; text: string; custom: boolean }>()
  for (const event of events) {
    if (event.type === 'open') {
      kinds.set(event.part, event.kind)
      if (event.kind === 'call') {
        calls.set(event.part, {
          id: event.id ?? '',
          name: event.name ?? '',
          text: '',
          custom: event.custom ?? false,
        })
      }
    } else if (event.type === 'delta') {
      const kind = kinds.get(event.part)
      if (kind === 'text') said.text += event.text
      else if (kind === 'refusal') said.refusal += event.text
      else if (kind === 'reasoning') said.thoughts += event.text
      const call = calls.get(event.part)
      if (call) call.text += event.text
    } else if (event.type === 'citation' && event.citation.kind === 'url') said.urls.push(event.citation.url ?? '')
    else if (event.type === 'opaque') said.sealed.push(event.opaque.value)
    else if (event.type === 'end') {
      const { usage } = event
      if (usage?.input !== undefined) said.tokens = [usage.input, usage.output ?? 0]
      const classes = {
        length: 'length',
        context: 'length',
        filter: 'filter',
        refusal: 'filter',
        tool: 'calls',
      } as const
      said.finish = event.finish in classes ? classes[event.finish as keyof typeof classes] : 'done'
    }
  }
  said.calls = [...calls.values()].map(({ id, name, text, custom }) => [
    id,
    name,
    custom ? { input: text } : parsed(text),
  ])
  return said
}

function saidInResponses(response: Response): Said {
  const said: Said = { ...saidByHub([]) }
  for (const item of response.output) {
    if (item.type === 'message') {
      for (const part of item.content) {
        if (part.type === 'refusal') said.refusal += part.refusal
        else {
          said.text += part.text
          for (const note of part.annotations) if (note.type === 'url_citation') said.urls.push(note.url)
        }
      }
    } else if (item.type === 'reasoning') {
      said.thoughts += item.summary.map((part) => part.text).join('')
      const sealed = item.encrypted_content ?? ''
      if (sealed !== '') said.sealed.push(openOpaque(sealed)?.value ?? sealed)
    } else if (item.type === 'function_call') said.calls.push([item.call_id, item.name, parsed(item.arguments)])
    else if (item.type === 'custom_tool_call') said.calls.push([item.call_id, item.name, { input: item.input }])
  }
  const reason = response.incomplete_details?.reason
  if (response.status === 'incomplete') said.finish = reason === 'content_filter' ? 'filter' : 'length'
  else said.finish = said.calls.length > 0 ? 'calls' : 'done'
  if (response.usage) said.tokens = [response.usage.input_tokens, response.usage.output_tokens]
  return said
}

const foreign = [...recordings('chat', 'sse'), ...recordings('chat', 'json')].concat([
  ...recordings('messages', 'sse'),
  ...recordings('messages', 'json'),
])

describe.each(foreign)('%s', (name) => {
  const events = read(name, 'responses')
  const upstream = name.split('__')[0] as DialectId

  test('reads as a Responses stream', async () => {
    const written = encodeAll(events, contextFor('responses', upstream))
    checkStream(written)
    expect(saidInResponses(await openai.readStream(written))).toEqual(saidByHub(events))
  })

  test('reads as a whole response', async () => {
    const context = contextFor('responses', upstream)
    const whole = dialects.responses.encodeAnswer(events, context)
    expect(saidInResponses(await openai.readWhole(whole))).toEqual(saidByHub(events))
  })

  test('is the same response whole and streamed', async () => {
    const streamed = await openai.readStream(encodeAll(events, contextFor('responses', upstream)))
    const whole = dialects.responses.encodeAnswer(events, contextFor('responses', upstream)) as Response
    expect(streamed.output.map((item) => item.id)).toEqual(whole.output.map((item) => item.id))
    expect(streamed.id).toBe(whole.id)
    expect(streamed.id).toMatch(/^resp_/)
  })
})

const own = [...recordings('responses', 'sse'), ...recordings('responses', 'json')].filter(
  (name) => !name.includes('openai-error'),
)

describe.each(own)('%s', (name) => {
  test('reads as a Chat stream', async () => {
    const events = read(name, 'chat')
    const encoder = dialects.chat.createEventEncoder(contextFor('chat', 'responses'))
    const completion = await openai.readChat(events.map((event) => encoder.push(event)).join(''))
    const hub = saidByHub(events)
    const choice = completion.choices[0]
    expect(choice?.message.content ?? '').toBe(hub.text)
    const calls = (choice?.message.tool_calls ?? []) as { id: string; type: string }[]
    expect(calls.map((call) => call.id)).toEqual(hub.calls.map(([id]) => id))
    expect(choice?.finish_reason).toBe(hub.finish === 'calls' ? 'tool_calls' : 'stop')
    expect([completion.usage?.prompt_tokens, completion.usage?.completion_tokens]).toEqual(hub.tokens)
  })

  test('reads as a Messages stream', async () => {
    const events = read(name, 'messages')
    const encoder = dialects.messages.createEventEncoder(contextFor('messages', 'responses'))
    const message = await anthropic.readStream(events.map((event) => encoder.push(event)).join(''))
    const hub = saidByHub(events)
    const said = { text: '', thoughts: '', calls: [] as unknown[], sealed: [] as string[] }
    for (const block of message.content) {
      if (block.type === 'text') said.text += block.text
      else if (block.type === 'tool_use') said.calls.push([block.id, block.name, block.input])
      else if (block.type === 'thinking') {
        said.thoughts += block.thinking
        const sealed = openOpaque(block.signature)
        if (sealed) said.sealed.push(sealed.value)
      }
    }
    expect(said).toEqual({ text: hub.text, thoughts: hub.thoughts, calls: hub.calls, sealed: hub.sealed })
    expect(message.stop_reason).toBe(hub.finish === 'calls' ? 'tool_use' : 'end_turn')
    expect([
      message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0),
      message.usage.output_tokens,
    ]).toEqual(hub.tokens)
  })
})
