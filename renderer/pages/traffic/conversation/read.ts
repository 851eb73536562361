/** A request body as a conversation: which reader is asked is told by the dialect. */
import type { DialectId } from '../../../../shared/exchange.ts'
import { parseObject } from '../read-json.ts'
import type { Conversation } from './block.ts'
import { chatConversation } from './chat.ts'
import { messagesConversation } from './messages.ts'
import { responsesConversation } from './responses.ts'

/** Undefined when the body is no JSON object, or no conversation. */
export function readConversation(dialect: DialectId | undefined, body: string): Conversation | undefined {
  if (dialect === undefined) return undefined
  const json = parseObject(body)
  if (json === undefined) return undefined
  const conversation = conversationOf(dialect, json)
  return conversation.turns.length === 0 ? undefined : conversation
}

function conversationOf(dialect: DialectId, json: Record<string, unknown>): Conversation {
  switch (dialect) {
    case 'chat':
      return chatConversation(json)
    case 'responses':
      return responsesConversation(json)
    case 'messages':
      return messagesConversation(json)
  }
}
