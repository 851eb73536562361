/** What one event of a lane is, in a word and a few characters: for the eye that runs down the list. */
import type { LaneEvent } from '../../../shared/exchange.ts'
import { array, dataOf, object, parseObject, text, type Json } from './read-json.ts'

export type EventKind = 'control' | 'thinking' | 'text' | 'tool' | 'error'

export interface EventLook {
  name: string
  kind: EventKind
  preview: string
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
      data: event.raw,
    }
  }
  if (data === '[DONE]') return { name: '[DONE]', kind: 'control', preview: '', data }
  const json = parseObject(data)
  if (json === undefined) return { name: event.name ?? 'data', kind: 'control', preview: clip(data), data }
  const type = event.name ?? text(json['type'])
  const look = type === undefined ? chatChunk(json) : typed(type, json)
  return { ...look, data }
}

type Look = Omit<EventLook, 'data'>

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
  if (text(delta['content'])) return { name: 'chunk', kind: 'text', preview: quote(text(delta['content'])) }
  if (text(delta['refusal']))
    return { name: 'chunk', kind: 'text', preview: `refusal ${quote(text(delta['refusal']))}` }
  if (reasoning) return { name: 'chunk', kind: 'thinking', preview: quote(reasoning) }
  if (Object.keys(call).length > 0) {
    return { name: 'chunk', kind: 'tool', preview: clip(text(fn['name']) ?? quote(text(fn['arguments']))) }
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
  const preview = quote(text(json['delta']))
  if (name.startsWith('reasoning')) return { name, kind: 'thinking', preview }
  if (name.startsWith('output_text') || name.startsWith('refusal')) return { name, kind: 'text', preview }
  if (/arguments|_call|custom_tool/.test(name)) return { name, kind: 'tool', preview }
  const item = object(json['item'])
  return { name, kind: 'control', preview: clip([text(item['type']), text(item['name'])].filter(Boolean).join(' ')) }
}

function messagesEvent(name: string, json: Json): Look {
  const delta = object(json['delta'])
  switch (text(delta['type'])) {
    case 'text_delta':
      return { name, kind: 'text', preview: quote(text(delta['text'])) }
    case 'thinking_delta':
      return { name, kind: 'thinking', preview: quote(text(delta['thinking'])) }
    case 'signature_delta':
      return { name, kind: 'thinking', preview: 'signature' }
    case 'input_json_delta':
      return { name, kind: 'tool', preview: quote(text(delta['partial_json'])) }
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

function quote(value: string | undefined): string {
  return value ? `“${clip(value)}”` : ''
}

function clip(value: string): string {
  const line = value.replace(/\s+/g, ' ')
  return line.length > PREVIEW ? `${line.slice(0, PREVIEW)}…` : line
}
