import { expect, test } from 'vitest'
import type { HubEvent } from '../../electron/core/hub.ts'
import { PartCollector } from '../../electron/core/part-collector.ts'

test('the events of an answer fold into its parts, interleaved ones too', () => {
  const events: HubEvent[] = [
    { type: 'start', id: 'm', model: 'm', created: 0 },
    { type: 'open', part: 0, kind: 'reasoning', reasoning: 'summary' },
    { type: 'delta', part: 0, text: 'First' },
    { type: 'section', part: 0 },
    { type: 'delta', part: 0, text: 'Second' },
    { type: 'opaque', part: 0, opaque: { maker: 'openai', kind: 'encrypted', value: 'x', itemId: 'rs_1' } },
    { type: 'close', part: 0 },
    { type: 'open', part: 1, kind: 'call', id: 'a', name: 'one' },
    { type: 'open', part: 2, kind: 'call', id: 'b', name: 'two', custom: true },
    { type: 'delta', part: 1, text: '{"x":' },
    { type: 'delta', part: 2, text: 'free' },
    { type: 'delta', part: 1, text: '1}' },
    { type: 'open', part: 3, kind: 'text' },
    { type: 'delta', part: 3, text: 'Done' },
    { type: 'delta', part: 9, text: 'of no part' },
    { type: 'end', finish: 'tool' },
  ]
  const collector = new PartCollector()
  for (const event of events) collector.push(event)
  expect(collector.parts).toEqual([
    {
      type: 'reasoning',
      text: ['First', 'Second'],
      kind: 'summary',
      opaque: { maker: 'openai', kind: 'encrypted', value: 'x', itemId: 'rs_1' },
    },
    { type: 'call', id: 'a', name: 'one', arguments: '{"x":1}' },
    { type: 'call', id: 'b', name: 'two', arguments: 'free', custom: true },
    { type: 'text', text: 'Done' },
  ])
})
