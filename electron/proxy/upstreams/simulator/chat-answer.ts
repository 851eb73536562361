import { isObject, type JsonObject } from './json.ts'
import type { Plan } from './plan-answer.ts'
import type { Frame } from './reply.ts'

/** What identifies one answer. */
export interface ChatHead {
  id: string
  /** Seconds since the epoch. */
  created: number
  model: string
  newId: (prefix: string) => string
}

const SAFE = { filtered: false, severity: 'safe' }
const safe = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }
const tripped = { ...safe, violence: { filtered: true, severity: 'medium' } }
const promptFilter = [
  { prompt_index: 0, content_filter_results: { ...safe, jailbreak: { filtered: false, detected: false } } },
]

/** The details of a prompt that Azure's filter refuses. */
export const blockedPrompt = {
  code: 'ResponsibleAIPolicyViolation',
  content_filter_result: { ...tripped, jailbreak: { filtered: false, detected: false } },
}

export function chatBody(plan: Plan, head: ChatHead): JsonObject {
  const calls = plan.calls.map((call) => ({
    id: head.newId('call_'),
    type: 'function',
    function: { name: call.name, arguments: call.pieces.join('') },
  }))
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    system_fingerprint: null,
    prompt_filter_results: promptFilter,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: plan.text.join(''),
          refusal: null,
          annotations: [],
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: finishOf(plan),
        content_filter_results: plan.finish === 'filter' ? tripped : safe,
      },
    ],
    usage: usageOf(plan),
  }
}

/** The stream as Azure writes it: a first chunk without choices, filter verdicts on each, usage only when asked for. */
export function chatFrames(plan: Plan, head: ChatHead, body: JsonObject): Frame[] {
  const withUsage = isObject(body['stream_options']) && body['stream_options']['include_usage'] === true
  const chunk = (choices: unknown[], usage: unknown): string =>
    line({
      choices,
      created: head.created,
      id: head.id,
      model: head.model,
      object: 'chat.completion.chunk',
      system_fingerprint: null,
      ...(withUsage ? { usage } : {}),
    })
  const choice = (delta: JsonObject, filter: unknown, finish: string | null = null): string =>
    chunk([{ content_filter_results: filter, delta, finish_reason: finish, index: 0, logprobs: null }], null)
  const frames: Frame[] = [
    {
      text: line({ choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: promptFilter }),
      token: false,
    },
    { text: choice({ content: '', refusal: null, role: 'assistant' }, {}), token: false },
  ]
  for (const content of plan.text) frames.push({ text: choice({ content }, safe), token: true })
  plan.calls.forEach((call, index) => {
    const opening = { index, id: head.newId('call_'), type: 'function', function: { name: call.name, arguments: '' } }
    frames.push({ text: choice({ tool_calls: [opening] }, {}), token: true })
    for (const piece of call.pieces) {
      frames.push({ text: choice({ tool_calls: [{ index, function: { arguments: piece } }] }, {}), token: true })
    }
  })
  frames.push({ text: choice({}, plan.finish === 'filter' ? tripped : {}, finishOf(plan)), token: false })
  if (withUsage) frames.push({ text: chunk([], usageOf(plan)), token: false })
  frames.push({ text: 'data: [DONE]\n\n', token: false })
  return frames
}

function usageOf(plan: Plan): JsonObject {
  return {
    completion_tokens: plan.outputTokens,
    completion_tokens_details: {
      accepted_prediction_tokens: 0,
      audio_tokens: 0,
      reasoning_tokens: plan.reasoningTokens,
      rejected_prediction_tokens: 0,
    },
    prompt_tokens: plan.inputTokens,
    prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
    total_tokens: plan.inputTokens + plan.outputTokens,
  }
}

function finishOf(plan: Plan): string {
  switch (plan.finish) {
    case 'stop':
    case 'stop_sequence':
      return 'stop'
    case 'length':
      return 'length'
    case 'tool':
      return 'tool_calls'
    case 'filter':
      return 'content_filter'
    default:
      return plan.finish satisfies never
  }
}

function line(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}
