import { decodeError, encodeError } from '../../openai/errors.ts'
import type { Dialect } from '../dialect.ts'
import { decodeAnswer } from './decode-answer.ts'
import { ResponsesDecoder } from './decode-events.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { ResponsesEncoder } from './encode-events.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeErrorEvent } from './errors.ts'

/** OpenAI's Responses, as OpenAI and Azure serve it. */
export const responses: Dialect = {
  id: 'responses',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  createEventDecoder: (context) => new ResponsesDecoder(context),
  createEventEncoder: (context) => new ResponsesEncoder(context),
  encodeAnswer,
  heartbeat: ': ping\n\n',
  encodeError,
  encodeErrorEvent,
  decodeError,
}
