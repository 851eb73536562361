/** Responses: an answer from its events, or from its whole body. */
import type { Usage } from '../../../../shared/exchange.ts'
import type { Block } from '../conversation/block.ts'
import { itemBlocks, responsesPart } from '../conversation/responses.ts'
import { array, number, object, text, type Json } from '../read-json.ts'
import { addInput, addRefusal, addText, addThinking, closeParts, known, withPart, type Answer } from './answer.ts'

export function responsesStep(answer: Answer, event: Json, atMs: number): Answer {
  const type = text(event['type']) ?? ''
  const item = String(number(event['output_index']) ?? 0)
  const part = `${item} ${number(event['content_index']) ?? 0}`
  const delta = text(event['delta']) ?? ''
  switch (type.replace(/^response\./, '')) {
    case 'output_item.added':
    case 'output_item.done':
      return itemStep(answer, object(event['item']), item, atMs, type.endsWith('.done'))
    case 'content_part.added':
      return withPart(answer, part, atMs, () => responsesPart(object(event['part'])))
    case 'content_part.done':
      return closeParts(answer, ({ key }) => key === part)
    case 'output_text.delta':
      return withPart(answer, part, atMs, (block) => addText(block, delta))
    case 'refusal.delta':
      return withPart(answer, part, atMs, (block) => addRefusal(block, delta))
    case 'reasoning_summary_part.added':
      // Further parts of a summary are paragraphs.
      return withPart(answer, `${item} item`, atMs, (block) =>
        addThinking(block, (number(event['summary_index']) ?? 0) > 0 ? '\n\n' : ''),
      )
    case 'reasoning_summary_text.delta':
    case 'reasoning_text.delta':
      return withPart(answer, `${item} item`, atMs, (block) => addThinking(block, delta))
    case 'function_call_arguments.delta':
    case 'custom_tool_call_input.delta':
    case 'mcp_call_arguments.delta':
      return withPart(answer, `${item} item`, atMs, (block) => addInput(block, delta))
    case 'created':
    case 'in_progress':
    case 'completed':
    case 'incomplete':
    case 'failed':
      return { ...answer, ...factsOf(object(event['response'])) }
    case 'error':
      return { ...answer, error: text(event['message']) ?? text(object(event['error'])['message']) ?? 'error' }
    default:
      return answer
  }
}

function itemStep(answer: Answer, item: Json, index: string, atMs: number, done: boolean): Answer {
  // A message is the sum of its parts, which have events of their own.
  if (text(item['type']) === 'message') {
    return done ? closeParts(answer, ({ key }) => key.startsWith(`${index} `)) : answer
  }
  const [block] = itemBlocks(item)
  if (block === undefined) return answer
  return withPart(answer, `${index} item`, atMs, (before) => (done ? finished(before, block) : block), !done)
}

/** What streamed is kept; the finished item adds what only it has. */
function finished(before: Block | undefined, block: Block): Block {
  if (block.kind === 'thinking' && before?.kind === 'thinking' && before.text !== '') {
    return { ...before, sealed: block.sealed, hidden: false }
  }
  return block
}

/** An answer that came in one piece. */
export function responsesWhole(body: Json): Answer {
  const blocks = array(body['output']).flatMap((item) => itemBlocks(object(item)))
  return {
    parts: blocks.map((block, index) => ({ key: String(index), block, open: false, firstMs: 0, lastMs: 0 })),
    ...factsOf(body),
  }
}

function factsOf(response: Json): Omit<Answer, 'parts'> {
  const status = text(response['status'])
  const error = response['error']
  return known({
    id: text(response['id']),
    model: text(response['model']),
    finish: status === 'in_progress' ? undefined : (text(object(response['incomplete_details'])['reason']) ?? status),
    usage: responsesUsage(response['usage']),
    error: error === undefined || error === null ? undefined : (text(object(error)['message']) ?? 'error'),
  })
}

function responsesUsage(value: unknown): Usage | undefined {
  const usage = object(value)
  if (number(usage['input_tokens']) === undefined) return undefined
  return known({
    input: number(usage['input_tokens']),
    output: number(usage['output_tokens']),
    cached: number(object(usage['input_tokens_details'])['cached_tokens']),
    reasoning: number(object(usage['output_tokens_details'])['reasoning_tokens']),
  })
}
