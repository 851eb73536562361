import type { HubEvent } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { malformed, MessageDecoder } from './decode-events.ts'
import { errorFromBody } from './errors.ts'
import { isFields } from './fields.ts'

/** A whole message as the events of its stream: one decoder knows both. */
export function decodeAnswer(body: unknown, context: AnswerContext): HubEvent[] {
  if (!isFields(body))
    return [{ type: 'error', error: malformed('The upstream answered with something else than an object.') }]
  if (body['type'] === 'error' || isFields(body['error'])) {
    return [{ type: 'error', error: errorFromBody(body, undefined) }]
  }
  if (!Array.isArray(body['content'])) {
    return [{ type: 'error', error: malformed('The upstream answered without content.') }]
  }
  const decoder = new MessageDecoder(context)
  const { content, ...message } = body
  const events = decoder.read({ type: 'message_start', message })
  for (const [index, block] of content.entries()) {
    events.push(...decoder.read({ type: 'content_block_start', index, content_block: block }))
    events.push(...decoder.read({ type: 'content_block_stop', index }))
  }
  events.push(...decoder.read({ type: 'message_delta', delta: message, usage: message['usage'] }))
  events.push(...decoder.read({ type: 'message_stop' }))
  return events
}
