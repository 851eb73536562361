import type { HubEvent } from '../../hub.ts'
import { decodeInlineError } from '../../openai/errors.ts'
import { isFields } from '../../openai/fields.ts'
import type { AnswerContext } from '../dialect.ts'
import { malformed, ResponsesDecoder } from './decode-events.ts'

/** A whole response → the events that a stream of it would give. */
export function decodeAnswer(body: unknown, context: AnswerContext): HubEvent[] {
  if (!isFields(body))
    return [{ type: 'error', error: malformed('The upstream sent an answer that is not a response.') }]
  if (isFields(body['error'])) return [{ type: 'error', error: decodeInlineError(body['error'], 400) }]
  const { output, status } = body
  if (!Array.isArray(output)) {
    return [{ type: 'error', error: malformed('The upstream sent an answer that is not a response.', body) }]
  }
  const decoder = new ResponsesDecoder(context)
  switch (status) {
    case 'failed':
    case 'cancelled':
      return decoder.read({ type: 'response.failed', response: body })
    case 'queued':
    case 'in_progress':
      return decoder.end()
    default:
      return decoder.finish(body)
  }
}
