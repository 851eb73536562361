import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { checkStream } from './check-stream.ts'
import { AnswerServer, type Response } from './sdk.ts'
import { contextOf, decodeChunks, encodeAll, fixture, joined, recordings, wireEvents } from './support.ts'

const server = new AnswerServer()
beforeAll(() => server.start())
afterAll(() => server.stop())

const failing = 'responses__ai__openai-error.1'
const streams = recordings('responses', 'sse').filter((name) => !name.startsWith(failing))
const wholes = recordings('responses', 'json').filter((name) => !name.startsWith(failing))

/**
 * Without what only the upstream knows (stored or not, its tiers). A sealed thought differs between the end of its item
 * and the end of the response; both are good, the first one is passed on.
 */
function essence(response: Response): unknown {
  return {
    id: response.id,
    created_at: response.created_at,
    status: response.status,
    incomplete_details: response.incomplete_details ?? null,
    output: response.output.map((item) => {
      const {
        encrypted_content: sealed,
        content,
        parsed_arguments: _,
        ...rest
      } = item as unknown as Record<string, unknown>
      return {
        ...rest,
        sealed: typeof sealed === 'string',
        content: Array.isArray(content) ? content.map(withoutProbabilities) : undefined,
      }
    }),
    output_text: response.output_text,
    usage: response.usage,
  }
}

/** OpenAI rounds the probabilities of the whole answer. */
function withoutProbabilities(part: Record<string, unknown>): unknown {
  const { logprobs, parsed: _, ...rest } = part
  return {
    ...rest,
    annotations: rest['annotations'] ?? [],
    tokens: Array.isArray(logprobs) ? logprobs.map((entry: { token: string }) => entry.token) : [],
  }
}

describe.each(streams)('%s', (name) => {
  const bytes = fixture(name)
  const whole = decodeChunks([bytes])

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
        expect(decodeChunks(chunks)).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })

  test('says the same byte by byte and with CRLF', () => {
    const single = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
    expect(decodeChunks(single)).toEqual(whole)
    expect(decodeChunks([Buffer.from(bytes.toString().replaceAll('\n', '\r\n'))])).toEqual(whole)
  })

  test('folds into the response that the SDK assembles from the recording', async () => {
    const native = await server.readStream(bytes)
    const folded = responses.encodeAnswer(whole, contextOf())
    expect(essence(await server.readWhole(folded))).toEqual(essence(native))
  })

  test('is written anew as a stream that the SDK reads the same', async () => {
    const native = await server.readStream(bytes)
    const again = encodeAll(whole)
    checkStream(again)
    expect(essence(await server.readStream(again))).toEqual(essence(native))
  })

  test('decodes to itself when it is written anew', () => {
    const again = decodeChunks([Buffer.from(encodeAll(whole))])
    const [start, ...rest] = whole
    expect(joined(again)).toEqual(joined([{ ...start, model: 'gpt-test' } as HubEvent, ...rest]))
  })

  test('cut before its end it is an error, never a finish', () => {
    const text = bytes.toString()
    const last = text.lastIndexOf('event: response.completed')
    for (const at of [0, Math.floor(last / 3), Math.floor(last / 2), last]) {
      const cut = decodeChunks([Buffer.from(text.slice(0, text.lastIndexOf('\n\n', at) + 2))])
      expect(cut.at(-1)).toMatchObject({ type: 'error', error: { status: 502, code: 'proxy_upstream_incomplete' } })
      const written = encodeAll(cut)
      checkStream(written)
      expect(written).not.toContain('response.completed')
    }
  })
})

describe.each(wholes)('%s', (name) => {
  const body = JSON.parse(fixture(name).toString()) as Response

  test('gives the events of a stream, which fold into the same response', async () => {
    const events = responses.decodeAnswer(body, contextOf())
    expect(events[0]?.type).toBe('start')
    expect(events.at(-1)?.type).toBe('end')
    const native = await server.readWhole(body)
    expect(essence(await server.readWhole(responses.encodeAnswer(events, contextOf())))).toEqual(essence(native))
  })

  test('is written as a stream that the SDK assembles into the same response', async () => {
    const written = encodeAll(responses.decodeAnswer(body, contextOf()))
    checkStream(written)
    expect(essence(await server.readStream(written))).toEqual(essence(await server.readWhole(body)))
  })
})

describe('a recorded failure', () => {
  const expected = { status: 429, type: 'rate_limit_error', code: 'insufficient_quota' }

  test('amid a stream is an error with its code', () => {
    const events = decodeChunks([fixture(`${failing}.sse`)])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: expected })
  })

  test('is told to the SDK as one', async () => {
    const written = encodeAll(decodeChunks([fixture(`${failing}.sse`)]))
    checkStream(written)
    await expect(server.readStream(written)).rejects.toMatchObject({ code: 'insufficient_quota' })
    const last = wireEvents(written).at(-1)?.data
    expect(last).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'rate_limit_exceeded' } },
    })
  })

  test('as a whole answer keeps its code on the way back', () => {
    const error = responses.decodeError({ status: 429, headers: {}, text: fixture(`${failing}.json`).toString() })
    expect(error).toMatchObject(expected)
    expect(responses.encodeError(error)).toMatchObject({
      status: 429,
      body: { error: { code: 'insufficient_quota', type: 'rate_limit_error', param: null } },
    })
  })
})

test('the sealed thought is the one that its item ended with', () => {
  const bytes = fixture('responses__ai__azure-reasoning-encrypted-content.1.sse')
  const done = wireEvents(bytes.toString()).find(({ name }) => name === 'response.output_item.done')
  const item = done?.data['item'] as Record<string, unknown>
  const opaque = decodeChunks([bytes]).find((event) => event.type === 'opaque')?.opaque
  expect(opaque).toEqual({ maker: 'openai', kind: 'encrypted', value: item['encrypted_content'], itemId: item['id'] })
})

test('steps of hosted tools are foreign parts, and citations stand where their text stands', () => {
  const body: unknown = JSON.parse(fixture('responses__ai__azure-web-search-preview-tool.1.json').toString())
  const events = responses.decodeAnswer(body, contextOf())
  expect(events.filter((event) => event.type === 'foreign').map((event) => event.raw)).toMatchObject([
    { type: 'web_search_call' },
    { type: 'web_search_call' },
  ])
  const citation = events.find((event) => event.type === 'citation')?.citation
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
  expect(text.slice(citation?.start, citation?.end)).toContain('straitstimes.com')
})

test("Azure's verdicts come back as they were", () => {
  const bytes = fixture('responses__ai__azure-text.1.sse')
  const native = wireEvents(bytes.toString()).at(-1)?.data['response'] as Record<string, unknown>
  const folded = responses.encodeAnswer(decodeChunks([bytes]), contextOf()) as Record<string, unknown>
  expect(folded['content_filters']).toEqual(native['content_filters'])
})
