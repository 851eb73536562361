import { expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { contextOf, encodeAll } from './support.ts'

test('the same loss is told once, streamed and whole', () => {
  const steps = [0, 1, 2].flatMap((part): HubEvent[] => [
    { type: 'open', part, kind: 'foreign' },
    { type: 'foreign', part, dialect: 'responses', raw: { type: 'web_search_call' } },
    { type: 'close', part },
  ])
  const events: HubEvent[] = [...steps, { type: 'end', finish: 'stop' }]
  const [streamed, whole] = [contextOf(), contextOf()]
  encodeAll(events, streamed)
  messages.encodeAnswer(events, whole)
  expect(streamed.losses).toHaveLength(1)
  expect(whole.losses).toEqual(streamed.losses)
})
