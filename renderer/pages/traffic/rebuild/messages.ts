/** Messages: an answer from its events, or from its whole body. */
import type { Usage } from '../../../../shared/exchange.ts'
import type { Block } from '../conversation/block.ts'
import { messagesBlock, messagesContent } from '../conversation/messages.ts'
import { number, object, text, type Json } from '../read-json.ts'
import { addInput, addText, addThinking, closeParts, known, withPart, NO_ANSWER, type Answer } from './answer.ts'

export function messagesStep(answer: Answer, event: Json, atMs: number): Answer {
  const key = String(number(event['index']) ?? 0)
  switch (text(event['type'])) {
    case 'message_start': {
      const message = object(event['message'])
      const facts = { id: text(message['id']), model: text(message['model']), usage: messagesUsage(message['usage']) }
      return { ...answer, ...known(facts) }
    }
    case 'content_block_start':
      return withPart(answer, key, atMs, () => messagesBlock(object(event['content_block'])))
    case 'content_block_delta':
      return withPart(answer, key, atMs, (block) => deltaStep(block, object(event['delta'])))
    case 'content_block_stop':
      return closeParts(answer, (part) => part.key === key)
    case 'message_delta': {
      const usage = { ...answer.usage, ...messagesUsage(event['usage']) }
      const finish = text(object(event['delta'])['stop_reason'])
      return { ...answer, usage, ...known({ finish }) }
    }
    case 'error':
      return { ...answer, error: text(object(event['error'])['message']) ?? 'error' }
    default:
      return answer
  }
}

function deltaStep(block: Block | undefined, delta: Json): Block {
  switch (text(delta['type'])) {
    case 'text_delta':
      return addText(block, text(delta['text']) ?? '')
    case 'thinking_delta':
      return addThinking(block, text(delta['thinking']) ?? '')
    case 'signature_delta':
      return addThinking(block, '', text(delta['signature'])?.length ?? 0)
    case 'input_json_delta':
      return addInput(block, text(delta['partial_json']) ?? '')
    default:
      return block ?? { kind: 'text', text: '' }
  }
}

/** An answer that came in one piece. */
export function messagesWhole(body: Json): Answer {
  if (body['error'] !== undefined) return { ...NO_ANSWER, error: text(object(body['error'])['message']) ?? 'error' }
  return {
    parts: messagesContent(body['content']).map((block, index) => ({
      key: String(index),
      block,
      open: false,
      firstMs: 0,
      lastMs: 0,
    })),
    ...known({
      id: text(body['id']),
      model: text(body['model']),
      finish: text(body['stop_reason']),
      usage: messagesUsage(body['usage']),
    }),
  }
}

/** Messages counts what the cache gave and took apart from `input_tokens`; here `input` is all of it. */
function messagesUsage(value: unknown): Usage | undefined {
  const usage = object(value)
  const fresh = number(usage['input_tokens'])
  const output = number(usage['output_tokens'])
  if (fresh === undefined) return output === undefined ? undefined : { output }
  const cached = number(usage['cache_read_input_tokens'])
  const cacheWrite = number(usage['cache_creation_input_tokens'])
  return known({ input: fresh + (cached ?? 0) + (cacheWrite ?? 0), cached, cacheWrite, output })
}
