/** Gaps of a recording, on a clock of the test's own. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BundledExchange } from '../../../shared/bundle.ts'
import type { DialectId } from '../../../shared/exchange.ts'
import { dialectOf } from '../../../electron/core/dialects/registry.ts'
import { composeAnswer, type ComposedAnswer } from '../../../electron/proxy/upstreams/recording/compose-answer.ts'
import { play } from '../../../electron/proxy/upstreams/recording/play.ts'
import { recordingsOf, type Recording } from '../../../electron/proxy/upstreams/recording/recordings-of.ts'

const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}`

/** The call begins 100 ms after the exchange; the head comes after 50 ms, then events with these gaps. */
const EVENTS = [
  { atMs: 250, raw: chunk('one ') },
  { atMs: 250, raw: chunk('two ') },
  { atMs: 900, raw: chunk('three', 'stop') },
  { atMs: 910, raw: 'data: [DONE]' },
]
const BODY = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })

function recording(change: { state?: 'done' | 'failed'; events?: typeof EVENTS; failure?: string } = {}): Recording {
  const { state = 'done', events = EVENTS, failure } = change
  const body = { text: BODY, bytes: BODY.length, truncated: false }
  const exchange: BundledExchange = {
    detail: {
      summary: {
        id: 'ex_1',
        startedAt: 0,
        state,
        client: 'curl',
        method: 'POST',
        path: '/v1/chat/completions',
        clientDialect: 'chat',
        upstreamDialect: 'chat',
        askedModel: 'm',
        stream: true,
        attempts: 1,
        losses: 0,
        flags: [],
      },
      requestHeaders: [],
      requestBody: body,
      losses: [],
      attempts: [
        {
          instance: 'a',
          deployment: 'm',
          method: 'POST',
          url: 'https://a.example/openai/v1/chat/completions',
          requestHeaders: [],
          requestBody: body,
          startMs: 100,
          headersMs: 150,
          endMs: 920,
          status: 200,
          responseHeaders: [
            ['Content-Type', 'text/event-stream'],
            ['Transfer-Encoding', 'chunked'],
            ['x-ms-region', 'East US'],
          ],
          received: 1,
          ...(failure === undefined ? {} : { failure: { code: 'x', message: failure } }),
        },
      ],
      responseHeaders: [],
    },
    upstream: { events: events.map(({ atMs, raw }, index) => ({ index, atMs, raw })), truncated: false },
    client: { events: [], truncated: false },
  }
  const [one] = recordingsOf([exchange])
  if (one === undefined) throw new Error('it cannot be played')
  return one
}

function answerIn(dialect: DialectId, stream: boolean, of = recording()): ComposedAnswer {
  const request = { ...dialectOf('chat').decodeRequest(JSON.parse(BODY)).request, dialect, stream }
  return composeAnswer(of, { dialect, request }, { now: () => 0, newId: (prefix) => `${prefix}1` })
}

describe('what is composed', () => {
  test('for the same dialect: the recorded bytes, each with its time after the request, without headers of the connection', () => {
    const { status, headers, headMs, frames, cut } = answerIn('chat', true)
    expect({ status, headMs, cut }).toEqual({ status: 200, headMs: 50, cut: false })
    expect(frames).toEqual(EVENTS.map(({ atMs, raw }) => ({ atMs: atMs - 100, text: `${raw}\n\n` })))
    expect(headers).toEqual([
      ['x-ms-region', 'East US'],
      ['content-type', 'text/event-stream'],
    ])
  })

  test.each(['responses', 'messages'] as const)('for %s: translated event by event, with the same gaps', (dialect) => {
    const { frames } = answerIn(dialect, true)
    const at = (text: string): number | undefined => frames.find((frame) => frame.text.includes(text))?.atMs
    expect([at('one '), at('two '), at('three')]).toEqual([150, 150, 800])
    expect(frames.map(({ atMs }) => atMs)).toEqual(frames.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
  })

  test('whole for who wants no stream, when the last of it had come', () => {
    const { frames } = answerIn('messages', false)
    expect(frames).toHaveLength(1)
    expect(frames[0]?.atMs).toBe(810)
    expect(JSON.parse(frames[0]?.text ?? '')).toMatchObject({ content: [{ type: 'text', text: 'one two three' }] })
  })

  test('a stream that broke breaks again, after half an event, in its own dialect and in another', () => {
    const half = { atMs: 300, raw: 'data: {"id":"c","choi' }
    const broken = recording({ state: 'failed', failure: 'reset', events: [EVENTS[0]!, half] })
    const same = answerIn('chat', true, broken)
    expect([same.cut, same.frames.at(-1)?.text]).toEqual([true, half.raw])
    const other = answerIn('messages', true, broken)
    expect(other.cut).toBe(true)
    const text = other.frames.map((frame) => frame.text).join('')
    expect(text).toContain('one ')
    expect(text).not.toMatch(/message_stop|error/)
    expect(answerIn('messages', false, broken)).toMatchObject({ cut: true, frames: [] })
  })
})

describe('what is played', () => {
  let server: Server
  let origin: string
  let now: number
  let waits: number[]
  let speed: number
  let answer: ComposedAnswer

  beforeEach(async () => {
    ;[now, waits, speed, answer] = [5000, [], 1, answerIn('chat', true)]
    const sleep = (ms: number): Promise<void> => {
      waits.push(ms)
      now += ms
      return Promise.resolve()
    }
    server = createServer((_request, response) => {
      void play(
        response,
        answer,
        [['x-lazuli-recording', 'ex_1']],
        { speed, since: 5000 },
        { monotonic: () => now, sleep },
      )
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })

  test('as recorded: head and events at their times; those of one time need no wait', async () => {
    const played = await fetch(origin)
    expect(await played.text()).toBe(EVENTS.map(({ raw }) => `${raw}\n\n`).join(''))
    expect(played.headers.get('x-lazuli-recording')).toBe('ex_1')
    expect(waits).toEqual([50, 100, 650, 10])
  })

  test('twice as fast, and at once', async () => {
    speed = 2
    await (await fetch(origin)).text()
    expect(waits).toEqual([25, 50, 325, 5])
    ;[now, waits, speed] = [5000, [], 0]
    await (await fetch(origin)).text()
    expect(waits).toEqual([])
  })

  test('what one event is late, the next is not', async () => {
    now += 120
    await (await fetch(origin)).text()
    expect(waits).toEqual([30, 650, 10])
  })

  test('a cut reaches the client as one, after everything before it', async () => {
    answer = { ...answer, cut: true }
    const { body } = await fetch(origin)
    let text = ''
    const read = async (): Promise<void> => {
      for await (const piece of body!.pipeThrough(new TextDecoderStream())) text += piece
    }
    await expect(read()).rejects.toThrow()
    expect(text).toContain('[DONE]')
  })
})
