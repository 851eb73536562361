/** Answers that real upstreams gave, as recordings: played byte by byte in their own API, and readable in the others. */
import { describe, expect, test } from 'vitest'
import { DialectId } from '../../../shared/exchange.ts'
import type { BundledExchange } from '../../../shared/bundle.ts'
import { dialectOf } from '../../../electron/core/dialects/registry.ts'
import { LaneEvents } from '../../../electron/journal/lane-events.ts'
import { composeAnswer, type ComposedAnswer } from '../../../electron/proxy/upstreams/recording/compose-answer.ts'
import { recordingsOf, type Recording } from '../../../electron/proxy/upstreams/recording/recordings-of.ts'
import { randomCuts, randomSource, recordings, type Recording as Fixture } from '../recordings.ts'
import { cutAt } from '../scripted-upstream.ts'

const REQUESTS: Record<DialectId, object> = {
  chat: { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
  responses: { model: 'm', input: 'hi' },
  messages: { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] },
}

const random = randomSource(20_261_121)
const fixtures = DialectId.options.flatMap((dialect) => [...recordings(dialect, 'sse'), ...recordings(dialect, 'json')])

/** As the journal cuts it, whatever the network made of it. */
function recorded({ name, dialect, bytes }: Fixture): Recording {
  const stream = name.endsWith('.sse')
  const lane = new LaneEvents(stream)
  for (const [at, piece] of cutAt(bytes, randomCuts(bytes.length, 20, random)).entries()) lane.push(piece, at * 10)
  lane.end()
  const text = JSON.stringify({ ...REQUESTS[dialect], stream })
  const body = { text, bytes: text.length, truncated: false }
  const exchange: BundledExchange = {
    detail: {
      summary: {
        id: 'ex_1',
        startedAt: 0,
        state: 'done',
        client: 'curl',
        method: 'POST',
        path: '/',
        clientDialect: dialect,
        upstreamDialect: dialect,
        askedModel: 'm',
        stream,
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
          url: 'https://a.example/',
          requestHeaders: [],
          requestBody: body,
          startMs: 0,
          status: 200,
          responseHeaders: [['content-type', stream ? 'text/event-stream' : 'application/json']],
          received: bytes.length,
        },
      ],
      responseHeaders: [],
    },
    upstream: { events: lane.slice(0, lane.count, Infinity), truncated: false },
    client: { events: [], truncated: false },
  }
  return recordingsOf([exchange])[0]!
}

function answered(recording: Recording, dialect: DialectId, stream: boolean): ComposedAnswer {
  const { request } = dialectOf(dialect).decodeRequest({ ...REQUESTS[dialect], stream })
  return composeAnswer(recording, { dialect, request }, { now: () => 0, newId: (prefix) => `${prefix}1` })
}

const textOf = ({ frames }: ComposedAnswer): string => frames.map(({ text }) => text).join('')

describe.each(fixtures)('$name', (fixture) => {
  test('its very bytes in its own API', () => {
    const { frames } = answered(recorded(fixture), fixture.dialect, fixture.name.endsWith('.sse'))
    const text = frames.map((frame) => frame.text).join('')
    // A fixture may lack the blank line after its last event, which is no part of it.
    expect(text.trimEnd()).toBe(fixture.bytes.toString('utf8').trimEnd())
  })

  test.each(DialectId.options)('in %s, streamed and whole, in the order of its times', (dialect) => {
    const recording = recorded(fixture)
    const streamed = answered(recording, dialect, true)
    const times = streamed.frames.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(textOf(streamed)).toMatch(/^(?:event|data|:|\{)/)
    const whole = answered(recording, dialect, false)
    expect(() => void JSON.parse(textOf(whole))).not.toThrow()
  })
})
