/** What one event of a lane is, in a word and a few characters: for the eye that runs down the list. */
import type { LaneEvent } from '../../../shared/exchange.ts'
import { array, dataOf, object, parseObject, text, type Json } from './read-json.ts'

export type EventKind = 'control' | 'thinking' | 'text' | 'tool' | 'error'

export interface EventLook {
  name: string
  kind: EventKind
  preview: string
  /** Characters of the answer that it brought. */
  chars: number
  /** The event's data, as JSON text where it is JSON. */
  data: string
}

const PREVIEW = 160

/** Describes an event of any of the three dialects, or a slice of a body that is not an event stream. */
export function describeEvent(event: LaneEvent): EventLook {
  const data = dataOf(event.raw)
  if (data === undefined) {
    const comment = event.raw.startsWith(':')
    return {
      name: event.name ?? (comment ? 'comment' : 'body'),
      kind: 'control',
      preview: clip(event.raw),
      chars: 0,
      data: event.raw,
    }
  }
  if (data === '[DONE]') return { name: '[DONE]', kind: 'control', preview: '', chars: 0, data }
  const json = parseObject(data)
  if (json === undefined) return { name: event.name ?? 'data', kind: 'control', preview: clip(data), chars: 0, data }
  const type = event.name ?? text(json['type'])
  const look = type === undefined ? chatChunk(json) : typed(type, json)
  return { chars: 0, ...look, data }
}

type Look = Omit<EventLook, 'data' | 'chars'> & { chars?: number }

/** Chat's chunks carry no type: what they are is told by the delta. */
function chatChunk(json: Json): Look {
  if (json['error'] !== undefined) {
    return { name: 'error', kind: 'error', preview: clip(text(object(json['error'])['message']) ?? '') }
  }
  const choice = object(array(json['choices'])[0])
  const delta = object(choice['delta'])
  const finish = text(choice['finish_reason'])
  const reasoning = text(delta['reasoning_content']) ?? text(delta['reasoning'])
  const call = object(array(delta['tool_calls'])[0])
  const fn = object(call['function'])
  if (text(delta['content'])) return { name: 'chunk', kind: 'text', ...said(text(delta['content'])) }
  if (text(delta['refusal']))
    return { name: 'chunk', kind: 'text', preview: `refusal ${quote(text(delta['refusal']))}` }
  if (reasoning) return { name: 'chunk', kind: 'thinking', ...said(reasoning) }
  if (Object.keys(call).length > 0) {
    const named = text(fn['name'])
    const input = said(text(fn['arguments']))
    return { name: 'chunk', kind: 'tool', ...input, ...(named ? { preview: clip(named) } : {}) }
  }
  if (finish) return { name: 'chunk', kind: 'control', preview: `finish ${finish}` }
  if (json['usage']) return { name: 'chunk', kind: 'control', preview: 'usage' }
  if (json['prompt_filter_results']) return { name: 'chunk', kind: 'control', preview: 'content filter' }
  return { name: 'chunk', kind: 'control', preview: text(delta['role']) ?? '' }
}

/** Messages and Responses name their events; the longest common part of Responses' names is left out. */
function typed(type: string, json: Json): Look {
  const name = type.replace(/^response\./, '')
  if (/^(error|failed)$|\.failed$/.test(name)) {
    const error = object(json['error'] ?? object(json['response'])['error'])
    return { name, kind: 'error', preview: clip(text(error['message']) ?? text(json['message']) ?? '') }
  }
  return type.startsWith('response.') ? responsesEvent(name, json) : messagesEvent(name, json)
}

function responsesEvent(name: string, json: Json): Look {
  const delta = said(text(json['delta']))
  if (name.startsWith('reasoning')) return { name, kind: 'thinking', ...delta }
  if (name.startsWith('output_text') || name.startsWith('refusal')) return { name, kind: 'text', ...delta }
  if (/arguments|_call|custom_tool/.test(name)) return { name, kind: 'tool', ...delta }
  const item = object(json['item'])
  return { name, kind: 'control', preview: clip([text(item['type']), text(item['name'])].filter(Boolean).join(' ')) }
}

function messagesEvent(name: string, json: Json): Look {
  const delta = object(json['delta'])
  switch (text(delta['type'])) {
    case 'text_delta':
      return { name, kind: 'text', ...said(text(delta['text'])) }
    case 'thinking_delta':
      return { name, kind: 'thinking', ...said(text(delta['thinking'])) }
    case 'signature_delta':
      return { name, kind: 'thinking', preview: 'signature' }
    case 'input_json_delta':
      return { name, kind: 'tool', ...said(text(delta['partial_json'])) }
    default: {
      const block = object(json['content_block'])
      const stop = text(delta['stop_reason'])
      const what = stop ? `stop ${stop}` : [text(block['type']), text(block['name'])].filter(Boolean).join(' ')
      return { name, kind: blockKind(text(block['type'])), preview: clip(what) }
    }
  }
}

function blockKind(type: string | undefined): EventKind {
  if (type === undefined) return 'control'
  if (type.includes('thinking')) return 'thinking'
  if (type.includes('tool')) return 'tool'
  return type === 'text' ? 'text' : 'control'
}

/** What a delta adds to the answer, quoted, and how long it is. */
function said(value: string | undefined): { preview: string; chars: number } {
  return { preview: quote(value), chars: value?.length ?? 0 }
}

function quote(value: string | undefined): string {
  return value ? `“${clip(value)}”` : ''
}

function clip(value: string): string {
  const line = value.replace(/\s+/g, ' ')
  return line.length > PREVIEW ? `${line.slice(0, PREVIEW)}…` : line
}
