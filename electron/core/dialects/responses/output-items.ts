/** The items of an answer while they are written: what they hold so far, and their final form. */
import type { Citation, Logprob, Opaque, Part } from '../../hub.ts'
import { sealOpaque } from '../../envelope.ts'
import type { Fields } from '../../openai/fields.ts'
import { encodeLogprobs } from '../../openai/logprobs.ts'

export interface TextContent {
  kind: 'text' | 'refusal'
  /** Position in the message's content. */
  index: number
  /** Where it begins in the text of the whole answer, in UTF-16 code units. */
  base: number
  text: string
  annotations: Fields[]
  citations: Citation[]
  logprobs: Logprob[]
}

interface ItemBase {
  id: string
  /** `output_index`. */
  index: number
}

export interface MessageItem extends ItemBase {
  type: 'message'
  phase: 'commentary' | 'final_answer' | undefined
  /** The id that the upstream gave the message; texts of one id stand in one message. */
  itemId: string | undefined
  content: TextContent[]
  /** Content parts that more text may come for. */
  open: number
  /** Something else was said since: no further text belongs to it. */
  sealed: boolean
}

export interface ReasoningItem extends ItemBase {
  type: 'reasoning'
  kind: 'summary' | 'full'
  texts: string[]
  opaque: Opaque | undefined
}

export interface CallItem extends ItemBase {
  type: 'call'
  callId: string
  name: string
  namespace: string | undefined
  custom: boolean
  text: string
}

export type OutputItem = MessageItem | ReasoningItem | CallItem

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** A content part in its final form, or without its text where it begins. */
export function contentPart(content: TextContent, empty = false): Fields {
  if (content.kind === 'refusal') return { type: 'refusal', refusal: empty ? '' : content.text }
  return {
    type: 'output_text',
    annotations: empty ? [] : content.annotations,
    logprobs: empty ? [] : encodeLogprobs(content.logprobs),
    text: empty ? '' : content.text,
  }
}

export function messageFields(item: MessageItem, status: ItemStatus): Fields {
  return {
    id: item.id,
    type: 'message',
    status,
    content: status === 'in_progress' ? [] : item.content.map((content) => contentPart(content)),
    ...(item.phase === undefined ? {} : { phase: item.phase }),
    role: 'assistant',
  }
}

/** A thought has no status of its own. What only its maker can read travels in `encrypted_content`. */
export function reasoningFields(item: ReasoningItem, complete: boolean): Fields {
  const texts = complete ? item.texts : []
  const { opaque } = item
  return {
    id: item.id,
    type: 'reasoning',
    ...(complete && opaque ? { encrypted_content: encryptedContent(opaque) } : {}),
    summary: item.kind === 'summary' ? texts.map((text) => ({ type: 'summary_text', text })) : [],
    ...(item.kind === 'full' ? { content: texts.map((text) => ({ type: 'reasoning_text', text })) } : {}),
  }
}

function encryptedContent(opaque: Opaque): string {
  return opaque.maker === 'openai' && opaque.kind === 'encrypted' ? opaque.value : sealOpaque(opaque)
}

export function callFields(item: CallItem, status: ItemStatus): Fields {
  const text = status === 'in_progress' ? '' : item.text
  return {
    id: item.id,
    type: item.custom ? 'custom_tool_call' : 'function_call',
    status,
    ...(item.custom ? { input: text } : { arguments: text }),
    call_id: item.callId,
    name: item.name,
    ...(item.namespace === undefined ? {} : { namespace: item.namespace }),
  }
}

/** The item as the parts of a later request that refers to it. */
export function partsOf(item: OutputItem): Part[] {
  switch (item.type) {
    case 'message':
      return item.content.map((content): Part =>
        content.kind === 'refusal'
          ? { type: 'refusal', text: content.text }
          : {
              type: 'text',
              text: content.text,
              itemId: item.id,
              ...(item.phase === undefined ? {} : { phase: item.phase }),
              ...(content.citations.length === 0 ? {} : { citations: content.citations }),
            },
      )
    case 'reasoning':
      return [
        {
          type: 'reasoning',
          text: item.texts,
          kind: item.opaque?.maker === 'anthropic' ? 'full' : item.kind,
          ...(item.opaque === undefined ? {} : { opaque: item.opaque }),
        },
      ]
    case 'call':
      return [
        {
          type: 'call',
          id: item.callId,
          name: item.name,
          arguments: item.text,
          itemId: item.id,
          ...(item.custom ? { custom: true } : {}),
          ...(item.namespace === undefined ? {} : { namespace: item.namespace }),
        },
      ]
  }
}
