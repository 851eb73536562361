import { expect, test } from 'vitest'
import type { EndedExchange } from '../../electron/core/ended-exchange.ts'
import { beginExchange, journalIn } from './traffic.ts'

const ANSWER =
  'data: {"model":"gpt-5","choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100}}\n\ndata: [DONE]\n\n'

test.each([[true], [false]])('tells of each exchange once, with usage and cost, recording or not (%s)', async (on) => {
  const told: EndedExchange[] = []
  const journal = await journalIn(undefined, { onEnded: (exchange) => told.push(exchange) })
  journal.setRecording(on)
  const running = beginExchange(journal)
  running.tap.decided({
    askedModel: 'gpt-5',
    steps: [],
    target: { instance: 'main', providerType: 'azure', deployment: 'gpt-5-prod', baseModel: 'gpt-5', api: 'chat' },
  })
  running.relay(ANSWER)
  running.tap.end('done')
  const left = beginExchange(journal)
  left.tap.end('aborted')
  await journal.flush()
  expect(told).toHaveLength(2)
  const first = told.find(({ summary }) => summary.id === running.tap.id)
  expect(first).toMatchObject({
    summary: { state: 'done', instance: 'main', deployment: 'gpt-5-prod', usage: { input: 1000, output: 100 } },
    calls: [{ instance: 'main', status: 200 }],
    providerType: 'azure',
  })
  expect(first?.summary.cost).toBeGreaterThan(0)
  // Who leaves says nothing about the upstream.
  expect(told.find(({ summary }) => summary.id === left.tap.id)).toMatchObject({ summary: { state: 'aborted' } })
  expect(told.flatMap(({ calls }) => calls.map(({ error }) => error))).toEqual([undefined, undefined])
  expect((await journal.list({ limit: 5 })).total).toBe(on ? 2 : 0)
})

test('an exchange is told of without figures when the recorder is gone', async () => {
  const told: EndedExchange[] = []
  const journal = await journalIn(undefined, {
    workerUrl: new URL('no-such-worker.ts', import.meta.url),
    onEnded: (exchange) => told.push(exchange),
  })
  const running = beginExchange(journal)
  running.relay(ANSWER)
  running.tap.end('done')
  await expect.poll(() => told.length).toBe(1)
  expect(told[0]?.summary).toMatchObject({ id: running.tap.id, state: 'done' })
  expect(told[0]?.summary.usage).toBeUndefined()
})
