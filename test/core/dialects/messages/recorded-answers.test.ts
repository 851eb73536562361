import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { AnswerServer, type Message } from './sdk.ts'
import {
  contextOf,
  decodeChunks,
  encodeAll,
  fixture,
  joined,
  streamFixtures,
  wholeFixtures,
  wireEvents,
} from './support.ts'

const server = new AnswerServer()
beforeAll(() => server.start())
afterAll(() => server.stop())

/** Fields that only Anthropic itself can fill, and spellings without a meaning. */
function essence(message: Message): unknown {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } = message.usage
  return {
    id: message.id,
    role: message.role,
    content: message.content.map((block) => {
      if (block.type !== 'text') return block
      return { type: 'text', text: block.text, citations: block.citations ?? [] }
    }),
    stop_reason: message.stop_reason,
    stop_sequence: message.stop_sequence,
    stop_details: message.stop_details ?? null,
    usage: { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens },
  }
}

describe.each(streamFixtures)('%s', (name) => {
  const bytes = fixture(name)
  const whole = decodeChunks([bytes], contextOf())

  test('decodes to one complete answer', () => {
    expect(whole[0]?.type).toBe('start')
    expect(whole.filter((event) => event.type === 'end' || event.type === 'error')).toHaveLength(1)
    expect(whole.at(-1)?.type).toBe('end')
  })

  test('says the same wherever its bytes are cut', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 })
    fc.assert(
      fc.property(cuts, (points) => {
        const edges = [0, ...points.toSorted((a, b) => a - b), bytes.length]
        const chunks = edges.slice(1).map((to, index) => bytes.subarray(edges[index], to))
        expect(decodeChunks(chunks, contextOf())).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })

  test('says the same byte by byte and with CRLF', () => {
    expect(
      decodeChunks(
        Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)),
        contextOf(),
      ),
    ).toEqual(whole)
    const withCrlf = Buffer.from(bytes.toString().replaceAll('\n', '\r\n'))
    expect(decodeChunks([withCrlf], contextOf())).toEqual(whole)
  })

  test('folds into the message that the SDK assembles from the recording', async () => {
    const native = await server.readStream(bytes)
    const folded = messages.encodeAnswer(whole, contextOf()) as Message
    expect(essence(folded)).toEqual(essence(native))
    expect(essence(await server.readWhole(folded))).toEqual(essence(native))
  })

  test('is written anew as a stream that the SDK reads the same', async () => {
    const native = await server.readStream(bytes)
    const again = await server.readStream(encodeAll(whole))
    expect(essence(again)).toEqual(essence(native))
  })

  test('decodes to itself when it is written anew', () => {
    const again = decodeChunks([Buffer.from(encodeAll(whole))], contextOf())
    const [start, ...rest] = whole
    expect(joined(again)).toEqual(joined([{ ...start, model: 'claude-test' } as HubEvent, ...rest]))
  })

  test('cut before its end it is an error, never a finish', () => {
    const text = bytes.toString()
    const last = text.lastIndexOf('event: message_stop')
    for (const at of [0, Math.floor(last / 3), Math.floor(last / 2), last]) {
      const cut = decodeChunks([Buffer.from(text.slice(0, text.lastIndexOf('\n\n', at) + 2))], contextOf())
      expect(cut.at(-1)).toMatchObject({ type: 'error', error: { status: 502, code: 'proxy_upstream_incomplete' } })
      expect(cut.some((event) => event.type === 'end')).toBe(false)
      expect(encodeAll(cut)).not.toContain('message_stop')
    }
  })
})

describe.each(wholeFixtures)('%s', (name) => {
  const body = JSON.parse(fixture(name).toString()) as Message

  test('gives the events of a stream, which fold into the same message', () => {
    const events = messages.decodeAnswer(body, contextOf())
    expect(events[0]?.type).toBe('start')
    expect(events.at(-1)?.type).toBe('end')
    expect(essence(messages.encodeAnswer(events, contextOf()) as Message)).toEqual(essence(body))
  })

  test('is written as a stream that the SDK assembles into the same message', async () => {
    const events = messages.decodeAnswer(body, contextOf())
    expect(essence(await server.readStream(encodeAll(events)))).toEqual(essence(body))
  })
})

test('usage counts the cache as input and takes the last word of the stream', () => {
  const end = decodeChunks([fixture(streamFixtures[5])], contextOf()).at(-1)
  expect(end).toMatchObject({ type: 'end', usage: { input: 1169, cached: 1165, cacheWrite: 0 } })
})

test('a refusal keeps its details', () => {
  const events = decodeChunks([fixture(streamFixtures[1])], contextOf())
  expect(events.at(-1)).toMatchObject({ finish: 'refusal', detail: { type: 'refusal', category: 'cyber' } })
})

test('a refusal tells other dialects why in a part of its own', () => {
  const context = contextOf()
  const events = decodeChunks([fixture(streamFixtures[1])], {
    ...context,
    request: { ...context.request, dialect: 'responses' },
  })
  expect(events.find((event) => event.type === 'delta')).toMatchObject({
    text: expect.stringMatching(/cyber/) as string,
  })
})

test('steps of hosted tools are foreign parts, whole, with their input', () => {
  const events = decodeChunks([fixture(streamFixtures[4])], contextOf())
  const foreign = events.filter((event) => event.type === 'foreign')
  expect(foreign[0]?.raw).toMatchObject({
    type: 'server_tool_use',
    input: { query: 'tech news today September 26 2025' },
  })
  expect(foreign[1]?.raw).toMatchObject({ type: 'web_search_tool_result' })
})

test('citations stand where their text stands in the whole answer', () => {
  const events = decodeChunks([fixture(streamFixtures[4])], contextOf())
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
  const citation = events.find((event) => event.type === 'citation')?.citation
  expect(citation).toMatchObject({ kind: 'url', url: expect.stringContaining('apple.com') as string })
  expect(text.slice(citation?.start, citation?.end)).toMatch(/^Apple today announced the grand reopening/)
})

test('every event of a written stream is named by its type', () => {
  for (const event of wireEvents(encodeAll(decodeChunks([fixture(streamFixtures[0])], contextOf())))) {
    expect(event.name).toBe(event.data['type'])
  }
})
