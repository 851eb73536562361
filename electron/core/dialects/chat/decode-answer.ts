import type { HubEvent } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { ChatDecoder } from './decode-events.ts'
import { isFields } from '../../openai/fields.ts'

/** A whole `chat.completion` → the events that a stream of it would give. */
export function decodeAnswer(body: unknown, context: AnswerContext): HubEvent[] {
  const decoder = new ChatDecoder(context)
  if (!isFields(body) || (!Array.isArray(body['choices']) && !isFields(body['error']))) {
    return [
      {
        type: 'error',
        error: {
          status: 502,
          type: 'api_error',
          code: 'proxy_upstream_malformed',
          message: 'The upstream sent an answer that is not a chat completion.',
          raw: body,
        },
      },
    ]
  }
  if (isFields(body['error'])) return decoder.error(body['error'], 400)
  return [...decoder.chunk(body), ...decoder.endWhole()]
}
