/** Chat Completions: an answer from its chunks, or from its whole body. */
import type { Usage } from '../../../../shared/exchange.ts'
import { chatTurn } from '../conversation/chat.ts'
import { array, number, object, text, type Json } from '../read-json.ts'
import {
  addInput,
  addRefusal,
  addText,
  addThinking,
  closeParts,
  known,
  withPart,
  NO_ANSWER,
  type Answer,
} from './answer.ts'

export function chatStep(answer: Answer, chunk: Json, atMs: number): Answer {
  if (chunk['error'] !== undefined) return { ...answer, error: errorText(chunk['error']) }
  let next: Answer = {
    ...answer,
    ...known({
      id: text(chunk['id']) || answer.id,
      model: text(chunk['model']) || answer.model,
      usage: chatUsage(chunk['usage']) ?? answer.usage,
    }),
  }
  for (const value of array(chunk['choices'])) {
    const choice = object(value)
    next = deltaStep(next, object(choice['delta']), number(choice['index']) ?? 0, atMs)
    const finish = text(choice['finish_reason'])
    if (finish !== undefined) next = { ...closeParts(next, () => true), finish }
  }
  return next
}

function deltaStep(answer: Answer, delta: Json, choice: number, atMs: number): Answer {
  let next = answer
  const thinking = text(delta['reasoning_content']) || text(delta['reasoning'])
  if (thinking) next = withPart(next, `${choice} thinking`, atMs, (block) => addThinking(block, thinking))
  const content = text(delta['content'])
  if (content) next = withPart(next, `${choice} text`, atMs, (block) => addText(block, content))
  const refusal = text(delta['refusal'])
  if (refusal) next = withPart(next, `${choice} refusal`, atMs, (block) => addRefusal(block, refusal))
  for (const value of array(delta['tool_calls'])) {
    const call = object(value)
    next = callStep(next, call, `${choice} call ${number(call['index']) ?? 0}`, atMs)
  }
  const legacy = object(delta['function_call'])
  if (Object.keys(legacy).length > 0) next = callStep(next, { function: legacy }, `${choice} call`, atMs)
  return next
}

function callStep(answer: Answer, call: Json, key: string, atMs: number): Answer {
  const fn = object(call['function'])
  const custom = object(call['custom'])
  const name = text(fn['name']) ?? text(custom['name'])
  return withPart(answer, key, atMs, (block) => {
    const grown = addInput(block, text(fn['arguments']) ?? text(custom['input']) ?? '')
    if (grown.kind !== 'call') return grown
    return { ...grown, tool: name || grown.tool, id: text(call['id']) || grown.id }
  })
}

/** An answer that came in one piece. */
export function chatWhole(body: Json): Answer {
  if (body['error'] !== undefined) return { ...NO_ANSWER, error: errorText(body['error']) }
  const choices = array(body['choices']).map(object)
  const blocks = choices.flatMap((choice) => chatTurn(object(choice['message']), '').blocks)
  return {
    parts: blocks.map((block, index) => ({ key: String(index), block, open: false, firstMs: 0, lastMs: 0 })),
    ...known({
      id: text(body['id']),
      model: text(body['model']),
      finish: text(choices[0]?.['finish_reason']),
      usage: chatUsage(body['usage']),
    }),
  }
}

function chatUsage(value: unknown): Usage | undefined {
  const usage = object(value)
  if (number(usage['prompt_tokens']) === undefined) return undefined
  return known({
    input: number(usage['prompt_tokens']),
    output: number(usage['completion_tokens']),
    cached: number(object(usage['prompt_tokens_details'])['cached_tokens']),
    reasoning: number(object(usage['completion_tokens_details'])['reasoning_tokens']),
  })
}

function errorText(error: unknown): string {
  return text(error) ?? text(object(error)['message']) ?? JSON.stringify(error)
}
