import type { DialectId } from '../hub.ts'
import type { Dialect } from './dialect.ts'
import { chat } from './chat/chat.ts'
import { messages } from './messages/messages.ts'

/** The dialects that are spoken, by id. `undefined` for one that is not built. */
const dialects: Partial<Record<DialectId, Dialect>> = { chat, messages }

export function dialectOf(id: DialectId): Dialect | undefined {
  return dialects[id]
}
