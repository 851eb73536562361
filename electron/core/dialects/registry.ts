import type { DialectId } from '../hub.ts'
import { chat } from './chat/chat.ts'
import type { Dialect } from './dialect.ts'
import { messages } from './messages/messages.ts'
import { responses } from './responses/responses.ts'

/** The dialects that are spoken, by id. */
const dialects: Readonly<Record<DialectId, Dialect>> = { chat, responses, messages }

export function dialectOf(id: DialectId): Dialect {
  return dialects[id]
}
