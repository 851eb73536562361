import type { HubEvent } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { AnswerWriter } from './answer-writer.ts'

/** A complete list of hub events → a response: the one that a stream of them would end with. */
export function encodeAnswer(events: readonly HubEvent[], context: AnswerContext): unknown {
  const writer = new AnswerWriter(context, () => {})
  for (const event of events) writer.push(event)
  if (writer.response === undefined) writer.push({ type: 'end', finish: 'stop' })
  return writer.response
}
