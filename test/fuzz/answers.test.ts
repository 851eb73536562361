import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerContext } from '../../electron/core/dialects/dialect.ts'
import { dialectOf } from '../../electron/core/dialects/registry.ts'
import { SseReader } from '../../electron/core/sse.ts'
import { DialectId } from '../../shared/exchange.ts'
import { recordings } from '../proxy/recordings.ts'
import { mutatedBytes, mutatedJson } from './mutate.ts'
import { fuzzSettings } from './settings.ts'

function context(from: DialectId, to: DialectId): AnswerContext {
  let ids = 0
  const body =
    to === 'responses'
      ? { model: 'm', input: 'Hi' }
      : { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
  return {
    request: dialectOf(to).decodeRequest({ ...body, stream: true }).request,
    undo: { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map() },
    upstreamDialect: from,
    now: () => 0,
    newId: (prefix) => `${prefix}${++ids}`,
    lose: () => {},
  }
}

/** How each API says that an answer is over, or that it failed. */
const endings: Readonly<Record<DialectId, RegExp>> = {
  chat: /^\[DONE\]$|"error":/,
  responses: /"type":"(response\.(completed|incomplete|failed)|error)"/,
  messages: /"type":"(message_stop|error)"/,
}

const pairs = DialectId.options.flatMap((from) =>
  DialectId.options.filter((to) => to !== from).map((to) => [from, to] as const),
)

test.each(pairs)('a %s stream, whatever was done to its bytes, becomes a %s stream that ends', (from, to) => {
  const samples = recordings(from, 'sse').map(({ bytes }) => bytes)
  const { numRuns, seed } = fuzzSettings()
  fc.assert(
    fc.property(mutatedBytes(samples), (bytes) => {
      const scope = context(from, to)
      const [decoder, encoder] = [dialectOf(from).createEventDecoder(scope), dialectOf(to).createEventEncoder(scope)]
      const source = new SseReader()
      let text = ''
      for (const event of [...source.push(bytes), ...source.end()]) {
        for (const told of decoder.push(event)) text += encoder.push(told)
      }
      for (const told of decoder.end()) text += encoder.push(told)

      const client = new SseReader()
      const events = [...client.push(Buffer.from(text)), ...client.end()].filter(({ data }) => data !== '')
      for (const { data } of events) if (data !== '[DONE]') JSON.parse(data)
      expect(events.at(-1)?.data).toMatch(endings[to])
      expect(
        events.slice(0, -1).filter(({ data }) => /^\[DONE\]$|"message_stop"|"type":"response\.completed"/.test(data)),
      ).toEqual([])
    }),
    { numRuns: Math.ceil(numRuns / 4), seed },
  )
})

test.each(pairs)('a whole %s answer, whatever was done to it, becomes a %s answer or an error', (from, to) => {
  const samples = recordings(from, 'json').map(({ bytes }) => JSON.parse(bytes.toString()) as unknown)
  const { numRuns, seed } = fuzzSettings()
  fc.assert(
    fc.property(mutatedJson(samples), (body) => {
      const scope = context(from, to)
      const events = dialectOf(from).decodeAnswer(body, scope)
      if (events.some(({ type }) => type === 'error')) return
      expect(JSON.parse(JSON.stringify(dialectOf(to).encodeAnswer(events, scope)))).toBeTypeOf('object')
    }),
    { numRuns: Math.ceil(numRuns / 2), seed },
  )
})
