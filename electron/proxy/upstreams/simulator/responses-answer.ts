import { listOf, objectOf, type JsonObject } from './json.ts'
import type { Plan } from './plan-answer.ts'
import type { Frame } from './reply.ts'
import { signThinking } from './thinking-signature.ts'

/** What identifies one answer. */
export interface ResponsesHead {
  id: string
  /** Seconds since the epoch. */
  created: number
  model: string
  newId: (prefix: string) => string
}

/** An output item in its final form, with the pieces in which its text is written. */
interface Item {
  done: JsonObject
  pieces: readonly string[]
}

export function responsesBody(plan: Plan, head: ResponsesHead, request: JsonObject): JsonObject {
  const output = itemsOf(plan, head, request).map((item) => item.done)
  return { ...responseOf(head, request, finalStatus(plan)), ...outcomeOf(plan), output }
}

/** The stream as Azure writes it: typed events with a running number, closed by the whole response; no `[DONE]`. */
export function responsesFrames(plan: Plan, head: ResponsesHead, request: JsonObject): Frame[] {
  const frames: Frame[] = []
  const add = (type: string, rest: JsonObject, token = false): void => {
    const data = { type, sequence_number: frames.length, ...rest }
    frames.push({ text: `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`, token })
  }
  const beginning = responseOf(head, request, 'in_progress')
  add('response.created', { response: beginning })
  add('response.in_progress', { response: beginning })
  const items = itemsOf(plan, head, request)
  items.forEach(({ done, pieces }, output_index) => {
    const place = { item_id: done['id'], output_index }
    const text = pieces.join('')
    if (done['type'] === 'reasoning') {
      add('response.output_item.added', { output_index, item: { ...done, summary: [] } })
      if (listOf(done['summary']).length > 0) {
        const part = { ...place, summary_index: 0 }
        add('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } })
        for (const delta of pieces) add('response.reasoning_summary_text.delta', { ...part, delta }, true)
        add('response.reasoning_summary_text.done', { ...part, text })
        add('response.reasoning_summary_part.done', { ...part, part: { type: 'summary_text', text } })
      }
    } else if (done['type'] === 'message') {
      add('response.output_item.added', { output_index, item: { ...done, status: 'in_progress', content: [] } })
      const part = { ...place, content_index: 0 }
      add('response.content_part.added', { ...part, part: outputText('') })
      for (const delta of pieces) add('response.output_text.delta', { ...part, delta, logprobs: [] }, true)
      add('response.output_text.done', { ...part, text, logprobs: [] })
      add('response.content_part.done', { ...part, part: outputText(text) })
    } else {
      add('response.output_item.added', { output_index, item: { ...done, status: 'in_progress', arguments: '' } })
      for (const delta of pieces) add('response.function_call_arguments.delta', { ...place, delta }, true)
      add('response.function_call_arguments.done', { ...place, name: done['name'], arguments: text })
    }
    add('response.output_item.done', { output_index, item: done })
  })
  const status = finalStatus(plan)
  const output = items.map((item) => item.done)
  add(`response.${status}`, { response: { ...responseOf(head, request, status), ...outcomeOf(plan), output } })
  return frames
}

function itemsOf(plan: Plan, head: ResponsesHead, request: JsonObject): Item[] {
  const items: Item[] = []
  if (plan.reasoning.length > 0) {
    const text = plan.reasoning.join('')
    const shown = typeof objectOf(request['reasoning'])['summary'] === 'string'
    const encrypted = listOf(request['include']).includes('reasoning.encrypted_content')
    items.push({
      done: {
        id: head.newId('rs_'),
        type: 'reasoning',
        ...(encrypted ? { encrypted_content: signThinking(text) } : {}),
        summary: shown ? [{ type: 'summary_text', text }] : [],
      },
      pieces: shown ? plan.reasoning : [],
    })
  }
  const status = plan.finish === 'length' || plan.finish === 'filter' ? 'incomplete' : 'completed'
  if (plan.text.length > 0) {
    items.push({
      done: {
        id: head.newId('msg_'),
        type: 'message',
        status,
        content: [outputText(plan.text.join(''))],
        role: 'assistant',
      },
      pieces: plan.text,
    })
  }
  for (const call of plan.calls) {
    items.push({
      done: {
        id: head.newId('fc_'),
        type: 'function_call',
        status: call.whole ? 'completed' : 'incomplete',
        arguments: call.pieces.join(''),
        call_id: head.newId('call_'),
        name: call.name,
      },
      pieces: call.pieces,
    })
  }
  return items
}

/** The response with the request's fields repeated, as the API does. */
function responseOf(head: ResponsesHead, request: JsonObject, status: string): JsonObject {
  const given = (name: string, usual: unknown): unknown => request[name] ?? usual
  const text = objectOf(request['text'])
  return {
    id: head.id,
    object: 'response',
    created_at: head.created,
    status,
    background: false,
    content_filters: null,
    error: null,
    incomplete_details: null,
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    max_tool_calls: null,
    model: head.model,
    output: [],
    parallel_tool_calls: given('parallel_tool_calls', true),
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...objectOf(request['reasoning']) },
    service_tier: 'default',
    store: false,
    temperature: given('temperature', 1),
    text: { verbosity: 'medium', ...text, format: text['format'] ?? { type: 'text' } },
    tool_choice: given('tool_choice', 'auto'),
    tools: given('tools', []),
    top_logprobs: 0,
    top_p: given('top_p', 1),
    truncation: 'disabled',
    usage: null,
    user: given('user', null),
    metadata: given('metadata', {}),
  }
}

function outcomeOf(plan: Plan): JsonObject {
  const reasons: Partial<Record<Plan['finish'], string>> = { length: 'max_output_tokens', filter: 'content_filter' }
  const reason = reasons[plan.finish]
  return {
    incomplete_details: reason === undefined ? null : { reason },
    content_filters: [verdict('prompt', false), verdict('completion', plan.finish === 'filter')],
    usage: {
      input_tokens: plan.inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: plan.outputTokens,
      output_tokens_details: { reasoning_tokens: plan.reasoningTokens },
      total_tokens: plan.inputTokens + plan.outputTokens,
    },
  }
}

function finalStatus(plan: Plan): 'completed' | 'incomplete' {
  return plan.finish === 'length' || plan.finish === 'filter' ? 'incomplete' : 'completed'
}

function verdict(source: 'prompt' | 'completion', blocked: boolean): JsonObject {
  const violence = { filtered: blocked, severity: blocked ? 'medium' : 'safe' }
  const safe = { filtered: false, severity: 'safe' }
  return {
    blocked,
    source_type: source,
    content_filter_results: { hate: safe, self_harm: safe, sexual: safe, violence },
  }
}

function outputText(text: string): JsonObject {
  return { type: 'output_text', annotations: [], logprobs: [], text }
}
