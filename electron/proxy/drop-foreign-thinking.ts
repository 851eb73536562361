import { openOpaque } from '../core/envelope.ts'

type Fields = Record<string, unknown>

/**
 * Takes thinking out of a Messages conversation that Claude did not think: a client that changes the model amid a
 * conversation sends back what another one thought, in our envelope or without a signature, and Claude refuses both.
 * @returns the messages without it, and whether the calls that wait for an answer lost theirs; undefined: all is Claude's
 */
export function dropForeignThinking(messages: readonly unknown[]): { kept: unknown[]; unthought: boolean } | undefined {
  const last = messages.findLastIndex((message) => isFields(message) && message['role'] === 'assistant')
  let dropped = false
  let unthought = false
  const kept = messages.flatMap((message, index) => {
    if (!isFields(message) || message['role'] !== 'assistant' || !Array.isArray(message['content'])) return [message]
    const blocks = (message['content'] as unknown[]).filter((block) => !isForeign(block))
    if (blocks.length === message['content'].length) return [message]
    dropped = true
    if (index === last) unthought = blocks.some((block) => isFields(block) && block['type'] === 'tool_use')
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }]
  })
  return dropped ? { kept, unthought } : undefined
}

function isForeign(block: unknown): boolean {
  if (!isFields(block)) return false
  switch (block['type']) {
    case 'thinking': {
      const { signature } = block
      return typeof signature !== 'string' || signature === '' || openOpaque(signature) !== undefined
    }
    case 'redacted_thinking':
      return typeof block['data'] === 'string' && openOpaque(block['data']) !== undefined
    default:
      return false
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
