import { objectOf, type JsonObject } from './json.ts'
import type { Plan } from './plan-answer.ts'
import type { Frame } from './reply.ts'
import { signThinking } from './thinking-signature.ts'

/** What identifies one answer. */
export interface MessagesHead {
  id: string
  model: string
  newId: (prefix: string) => string
}

export function messagesBody(plan: Plan, head: MessagesHead, request: JsonObject): JsonObject {
  const content: JsonObject[] = []
  const thinking = thinkingOf(plan, request)
  if (thinking !== undefined) content.push(thinking.block)
  if (plan.text.length > 0) content.push({ type: 'text', text: plan.text.join('') })
  for (const call of plan.calls) {
    // A call that the output limit cut off has no valid JSON; it is left out as a whole body cannot say it.
    if (call.whole) {
      content.push({ type: 'tool_use', id: head.newId('toolu_'), name: call.name, input: parsed(call.pieces) })
    }
  }
  return { ...opening(head), content, ...ending(plan), usage: usageOf(plan, plan.outputTokens) }
}

/** The stream as Foundry writes it: message_start, ping, blocks one after another, message_delta, message_stop. */
export function messagesFrames(plan: Plan, head: MessagesHead, request: JsonObject): Frame[] {
  const frames: Frame[] = []
  const add = (type: string, rest: JsonObject, token = false): void => {
    frames.push({ text: `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`, token })
  }
  let index = -1
  const block = (content_block: JsonObject, deltas: readonly JsonObject[], end: readonly JsonObject[] = []): void => {
    index += 1
    add('content_block_start', { index, content_block })
    if (index === 0) add('ping', {})
    for (const delta of deltas) add('content_block_delta', { index, delta }, true)
    for (const delta of end) add('content_block_delta', { index, delta })
    add('content_block_stop', { index })
  }
  add('message_start', {
    message: { ...opening(head), content: [], stop_reason: null, stop_sequence: null, usage: usageOf(plan, 1) },
  })
  const thinking = thinkingOf(plan, request)
  if (thinking?.block['type'] === 'redacted_thinking') block(thinking.block, [])
  else if (thinking !== undefined) {
    block(
      { type: 'thinking', thinking: '', signature: '' },
      thinking.visible.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      [{ type: 'signature_delta', signature: thinking.block['signature'] }],
    )
  }
  if (plan.text.length > 0) {
    block(
      { type: 'text', text: '' },
      plan.text.map((text) => ({ type: 'text_delta', text })),
    )
  }
  for (const call of plan.calls) {
    block(
      { type: 'tool_use', id: head.newId('toolu_'), name: call.name, input: {} },
      ['', ...call.pieces].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    )
  }
  add('message_delta', { delta: ending(plan), usage: usageOf(plan, plan.outputTokens) })
  add('message_stop', {})
  return frames
}

function opening(head: MessagesHead): JsonObject {
  return { id: head.id, type: 'message', role: 'assistant', model: head.model }
}

function ending(plan: Plan): JsonObject {
  const reasons = {
    stop: 'end_turn',
    stop_sequence: 'stop_sequence',
    length: 'max_tokens',
    tool: 'tool_use',
    filter: 'refusal',
  } as const satisfies Record<Plan['finish'], string>
  return { stop_reason: reasons[plan.finish], stop_sequence: plan.stopSequence }
}

function usageOf(plan: Plan, outputTokens: number): JsonObject {
  return {
    input_tokens: plan.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

/** The thinking block, and the pieces of it that may be seen. */
function thinkingOf(plan: Plan, request: JsonObject): { block: JsonObject; visible: readonly string[] } | undefined {
  if (plan.reasoning.length === 0) return undefined
  const text = plan.reasoning.join('')
  const signature = signThinking(text)
  if (plan.order?.kind === 'redacted') return { block: { type: 'redacted_thinking', data: signature }, visible: [] }
  const visible = objectOf(request['thinking'])['display'] === 'omitted' ? [] : plan.reasoning
  return { block: { type: 'thinking', thinking: visible.join(''), signature }, visible }
}

function parsed(pieces: readonly string[]): unknown {
  return JSON.parse(pieces.join(''))
}
