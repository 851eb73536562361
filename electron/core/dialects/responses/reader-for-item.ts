import type { Fields } from '../../openai/fields.ts'
import { CallReader } from './call-reader.ts'
import { ForeignReader } from './foreign-reader.ts'
import type { AnswerState, ItemReader } from './item-reader.ts'
import { MessageReader } from './message-reader.ts'
import { ReasoningReader } from './reasoning-reader.ts'

/** The reader for an item by its type; `item` may still be empty. */
export function readerFor(item: Fields, state: AnswerState): ItemReader {
  switch (item['type']) {
    case 'message':
      return new MessageReader(item, state)
    case 'reasoning':
      return new ReasoningReader(item, state)
    case 'function_call':
    case 'custom_tool_call':
      return new CallReader(item, state)
    default:
      return new ForeignReader(item, state)
  }
}
