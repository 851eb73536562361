/** What streamed and whole answers have in common: ids, carriers of reasoning, the end of a message. */
import { fitCallId } from '../../call-ids.ts'
import { sealOpaque } from '../../envelope.ts'
import type { Finish, HubEvent, Opaque } from '../../hub.ts'
import { answerModel } from '../../models/answer-model.ts'
import type { AnswerContext } from '../dialect.ts'
import { type Fields, isFields } from './fields.ts'
import { stopReasonFrom } from './stop-reasons.ts'
import { encodeUsage } from './usage.ts'

type StartEvent = Extract<HubEvent, { type: 'start' }>
type EndEvent = Extract<HubEvent, { type: 'end' }>

/** The context of one answer in which the same loss is told once. */
export function tellingOnce(context: AnswerContext): AnswerContext {
  const told = new Set<string>()
  const lose: AnswerContext['lose'] = (loss) => {
    const key = `${loss.path} ${loss.reason}`
    if (told.has(key)) return
    told.add(key)
    context.lose(loss)
  }
  return { ...context, lose }
}

/** The message without its content, as it stands when nothing was said yet. */
export function messageHead(start: StartEvent | undefined, context: AnswerContext): Fields {
  return {
    id: messageId(start?.id, context),
    type: 'message',
    role: 'assistant',
    model: answerModel(context.request.model, start?.model ?? context.request.model),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: encodeUsage(start?.usage),
  }
}

/** Anthropic's id stays; another API's keeps its tail behind Anthropic's prefix. */
function messageId(id: string | undefined, context: AnswerContext): string {
  const tail = (id ?? '').replace(/^(?:msg|resp|chatcmpl)[_-]/, '')
  return tail === '' ? context.newId('msg_') : `msg_${tail}`
}

export function callId(id: string | undefined, context: AnswerContext): string {
  return id === undefined || id === '' ? context.newId('toolu_') : fitCallId(id, 'messages')
}

/** Anthropic's own signature as it is, another maker's reasoning in an envelope. */
export function signatureOf(opaque: Opaque): string {
  return opaque.maker === 'anthropic' && opaque.kind === 'signature' ? opaque.value : sealOpaque(opaque)
}

export function isRedacted(opaque: Opaque): boolean {
  return opaque.maker === 'anthropic' && opaque.kind === 'redacted'
}

export interface Said {
  calls: boolean
  /** Text of a refusal that is part of the answer. */
  refusal: boolean
}

/** `stop_reason`, `stop_sequence` and, for a refusal, `stop_details`. */
export function stopFields(end: EndEvent, said: Said): Fields {
  let finish: Finish = end.finish
  if (finish === 'stop' && said.calls) finish = 'tool'
  else if (finish === 'stop' && said.refusal) finish = 'refusal'
  const fields: Fields = {
    stop_reason: stopReasonFrom(finish),
    stop_sequence: finish === 'stop_sequence' ? (end.stopSequence ?? null) : null,
  }
  if (finish === 'filter' || finish === 'refusal') fields['stop_details'] = stopDetails(end, finish, said)
  return fields
}

function stopDetails(end: EndEvent, finish: Finish, said: Said): Fields {
  if (isFields(end.detail) && end.detail['type'] === 'refusal') return end.detail
  if (finish === 'filter') {
    const explanation = 'The content filter of the model stopped this answer.'
    return { type: 'refusal', category: 'content_filter', explanation }
  }
  return { type: 'refusal', category: null, explanation: said.refusal ? null : 'The model refused to answer.' }
}
