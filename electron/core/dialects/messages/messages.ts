import type { Dialect } from '../dialect.ts'
import { decodeAnswer } from './decode-answer.ts'
import { MessageDecoder } from './decode-events.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeAnswer } from './encode-answer.ts'
import { MessageEncoder } from './encode-events.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeError, encodeError, encodeErrorEvent } from './errors.ts'

/** Anthropic Messages. */
export const messages: Dialect = {
  id: 'messages',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  createEventDecoder: (context) => new MessageDecoder(context),
  createEventEncoder: (context) => new MessageEncoder(context),
  encodeAnswer,
  heartbeat: 'event: ping\ndata: {"type":"ping"}\n\n',
  encodeError,
  encodeErrorEvent,
  decodeError,
}
