import type { HubEvent, Logprob, ReasoningPart } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { encodeLogprobs } from '../../openai/logprobs.ts'
import { answerModel } from '../../models/answer-model.ts'
import { AnswerParts } from './answer-parts.ts'
import { refusalText } from '../../openai/refusal-text.ts'
import { choiceFilterResults, promptFilterResults } from '../../openai/content-filter.ts'
import { encodeFinish } from './finish.ts'
import { detailsOf } from './reasoning-details.ts'
import { encodeUsage } from './usage.ts'

interface Call {
  id: string
  name: string
  text: string
  custom: boolean
}

/** What is collected of one answer. */
interface Fold {
  head: { id: string; model: string; created: number } | undefined
  text: string
  refusal: string
  calls: Call[]
  reasoning: ReasoningPart[]
  annotations: unknown[]
  logprobs: Logprob[]
  promptFilter: unknown[] | undefined
  choiceFilter: Record<string, unknown> | undefined
  end: Extract<HubEvent, { type: 'end' }> | undefined
}

/** A complete list of hub events → a `chat.completion`. */
export function encodeAnswer(events: readonly HubEvent[], context: AnswerContext): unknown {
  const parts = new AnswerParts(context)
  const fold = collect(events, parts, context)
  const finish = fold.end?.finish ?? 'stop'
  parts.finished(finish)
  if (finish === 'refusal' && fold.refusal === '') fold.refusal = refusalText(fold.end?.detail) ?? ''
  const usage = encodeUsage(fold.end?.usage)
  return {
    id: fold.head?.id || context.newId('chatcmpl-'),
    object: 'chat.completion',
    created: fold.head?.created ?? Math.floor(context.now() / 1000),
    model: answerModel(context.request.model, fold.head?.model ?? context.request.model),
    ...(fold.promptFilter === undefined ? {} : { prompt_filter_results: fold.promptFilter }),
    choices: [
      {
        index: 0,
        message: encodeMessage(fold),
        logprobs: fold.logprobs.length === 0 ? null : { content: encodeLogprobs(fold.logprobs), refusal: null },
        finish_reason: encodeFinish(finish, fold.calls.length > 0),
        ...(fold.choiceFilter === undefined ? {} : { content_filter_results: fold.choiceFilter }),
      },
    ],
    ...(usage === undefined ? {} : { usage }),
  }
}

function encodeMessage(fold: Fold): Record<string, unknown> {
  const reasoning = fold.reasoning.filter((part) => part.text.length > 0 || part.opaque !== undefined)
  const thoughts = reasoning.map((part) => part.text.join('\n\n')).filter((text) => text !== '')
  const isSilent = fold.text === '' && (fold.calls.length > 0 || fold.refusal !== '')
  return {
    role: 'assistant',
    content: isSilent ? null : fold.text,
    refusal: fold.refusal === '' ? null : fold.refusal,
    ...(thoughts.length === 0 ? {} : { reasoning_content: thoughts.join('\n\n') }),
    ...(reasoning.length === 0 ? {} : { reasoning_details: reasoning.flatMap(detailsOf) }),
    ...(fold.annotations.length === 0 ? {} : { annotations: fold.annotations }),
    ...(fold.calls.length === 0 ? {} : { tool_calls: fold.calls.map(encodeCall) }),
  }
}

function encodeCall({ id, name, text, custom }: Call): Record<string, unknown> {
  return custom
    ? { id, type: 'custom', custom: { name, input: text } }
    : // Chat clients parse arguments: none at all are written as `{}`.
      { id, type: 'function', function: { name, arguments: text === '' ? '{}' : text } }
}

function collect(events: readonly HubEvent[], parts: AnswerParts, context: AnswerContext): Fold {
  const fold: Fold = {
    head: undefined,
    text: '',
    refusal: '',
    calls: [],
    reasoning: [],
    annotations: [],
    logprobs: [],
    promptFilter: undefined,
    choiceFilter: undefined,
    end: undefined,
  }
  for (const event of events) {
    if (fold.end !== undefined) break
    collectEvent(event, fold, parts, context)
  }
  return fold
}

function collectEvent(event: HubEvent, fold: Fold, parts: AnswerParts, context: AnswerContext): void {
  switch (event.type) {
    case 'start':
      fold.head ??= { id: event.id, model: event.model, created: event.created }
      break
    case 'open': {
      const opened = parts.open(event)
      if (opened?.kind === 'call') {
        const id = event.id ?? context.newId('call_')
        fold.calls.push({ id, name: event.name ?? '', text: '', custom: opened.custom })
      }
      if (opened?.kind === 'reasoning') fold.reasoning.push({ type: 'reasoning', text: [], kind: opened.style })
      break
    }
    case 'delta':
      collectDelta(event, fold, parts)
      break
    case 'section': {
      const part = parts.get(event.part)
      const reasoning = part?.kind === 'reasoning' ? fold.reasoning[part.index] : undefined
      if (reasoning !== undefined && reasoning.text.length > 0 && reasoning.text.at(-1) !== '') reasoning.text.push('')
      break
    }
    case 'citation': {
      const annotation = parts.annotation(parts.get(event.part), event.citation)
      if (annotation !== undefined) fold.annotations.push(annotation)
      break
    }
    case 'opaque': {
      const part = parts.get(event.part)
      const reasoning = part?.kind === 'reasoning' ? fold.reasoning[part.index] : undefined
      if (reasoning !== undefined) reasoning.opaque = event.opaque
      break
    }
    case 'foreign':
      parts.foreign()
      break
    case 'close':
      parts.close(event.part)
      break
    case 'note':
      if (event.key === 'prompt_filter') fold.promptFilter = promptFilterResults(event.value)
      else fold.choiceFilter = choiceFilterResults(event.value)
      break
    case 'end':
      fold.end = event
      break
    case 'error':
      break
  }
}

function collectDelta(event: Extract<HubEvent, { type: 'delta' }>, fold: Fold, parts: AnswerParts): void {
  const part = parts.get(event.part)
  switch (part?.kind) {
    case 'text':
      fold.text += event.text
      parts.textLength += event.text.length
      if (event.logprobs !== undefined) fold.logprobs.push(...event.logprobs)
      break
    case 'refusal':
      fold.refusal += event.text
      break
    case 'call': {
      const call = fold.calls[part.index]
      if (call !== undefined) call.text += event.text
      break
    }
    case 'reasoning': {
      const reasoning = fold.reasoning[part.index]
      if (reasoning === undefined || event.text === '') break
      reasoning.text.push((reasoning.text.pop() ?? '') + event.text)
      break
    }
    case undefined:
      break
  }
}
