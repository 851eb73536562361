import { decodeError, encodeError } from '../../openai/errors.ts'
import type { Dialect } from '../dialect.ts'
import { decodeAnswer } from './decode-answer.ts'
import { ChatDecoder } from './decode-events.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { ChatEncoder } from './encode-events.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeErrorEvent } from './errors.ts'

/** OpenAI's Chat Completions, with what Azure and the servers of open models add to it. */
export const chat: Dialect = {
  id: 'chat',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  createEventDecoder: (context) => new ChatDecoder(context),
  createEventEncoder: (context) => new ChatEncoder(context),
  encodeAnswer,
  heartbeat: ': ping\n\n',
  encodeError,
  encodeErrorEvent,
  decodeError,
}
