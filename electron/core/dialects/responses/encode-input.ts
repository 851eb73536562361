/** Turns → `instructions` and the items of `input`. */
import { fitCallId } from '../../call-ids.ts'
import { clientPath } from '../../client-paths.ts'
import { wrapCustomInput } from '../../custom-input.ts'
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart, Turn } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { shownContent } from './encode-content.ts'
import type { EncodeScope } from './encode-scope.ts'

export interface EncodedInput {
  instructions?: string
  input: Fields[]
}

/** Leading instructions are joined; later ones stay where they are, as developer messages. */
export function encodeInput(scope: EncodeScope): EncodedInput {
  const { turns } = scope.request
  const other = turns.findIndex((turn) => turn.role !== 'system' || turn.parts.some((part) => part.type !== 'text'))
  const leading = other === -1 ? turns : turns.slice(0, other)
  const instructions = leading.map(textOf).filter((text) => text !== '')
  const input = turns.slice(leading.length).flatMap((turn) => encodeTurn(turn, scope))
  // A conversation of instructions alone is legal in Chat and Messages; here there must be an input.
  if (input.length === 0) {
    const text = instructions.splice(0).join('\n\n')
    input.push({ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] })
  }
  return { ...(instructions.length === 0 ? {} : { instructions: instructions.join('\n\n') }), input }
}

function textOf(turn: Turn): string {
  return turn.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
}

function encodeTurn(turn: Turn, scope: EncodeScope): Fields[] {
  switch (turn.role) {
    case 'system':
      return messageItem('developer', turn.parts, scope)
    case 'assistant':
      return withoutLoneReasoning(assistantItems(turn.parts, scope), scope)
    case 'user':
    case 'tool': {
      const results = turn.parts.filter((part) => part.type === 'result').map((part) => resultItem(part, scope))
      const rest = turn.parts.filter((part) => part.type !== 'result')
      return rest.length === 0 && results.length > 0 ? results : [...results, ...messageItem('user', rest, scope)]
    }
  }
}

function messageItem(role: 'user' | 'developer', parts: readonly Part[], scope: EncodeScope): Fields[] {
  const content = shownContent(parts, scope)
  // An empty message is kept where it was one; Responses takes it as an empty text.
  if (content.length === 0 && parts.some((part) => part.type !== 'text')) return []
  return [{ type: 'message', role, content: content.length === 0 ? '' : content }]
}

function assistantItems(parts: readonly Part[], scope: EncodeScope): Fields[] {
  const items: Fields[] = []
  let message: { item: Fields; content: Fields[]; key: string } | undefined
  const say = (content: Fields, key: string, phase: string | undefined): void => {
    if (message?.key !== key) {
      const list: Fields[] = []
      const item = { type: 'message', role: 'assistant', content: list, ...(phase === undefined ? {} : { phase }) }
      message = { item, content: list, key }
      items.push(item)
    }
    message.content.push(content)
  }
  const path = clientPath(scope.request.dialect, 'turns')
  for (const part of parts) {
    switch (part.type) {
      case 'text':
        if (part.text === '') break
        say({ type: 'output_text', text: part.text }, `${part.itemId ?? ''} ${part.phase ?? ''}`, part.phase)
        continue
      case 'refusal':
        say({ type: 'refusal', refusal: part.text }, message?.key ?? ' ', undefined)
        continue
      case 'call':
        items.push(callItem(part, scope))
        break
      case 'reasoning':
        items.push(...reasoningItems(part, scope))
        break
      case 'foreign':
        if (part.dialect === 'responses' && isFields(part.raw)) items.push(part.raw)
        else scope.lose(path, 'dropped', 'An earlier step of a hosted tool exists only in the API that ran it.')
        break
      case 'image':
      case 'file':
      case 'audio':
      case 'result':
        scope.lose(path, 'dropped', `An assistant message cannot hold a part of the kind "${part.type}".`)
        break
    }
    message = undefined
  }
  return items
}

/**
 * Only what OpenAI sealed itself can be read there. Ids are known to servers that stored the item; with its sealed
 * content an item may keep its id.
 */
function reasoningItems(part: ReasoningPart, scope: EncodeScope): Fields[] {
  const { opaque } = part
  if (opaque?.maker !== 'openai' || opaque.kind !== 'encrypted') {
    const reason = opaque
      ? 'Reasoning of another maker cannot be continued by an OpenAI model.'
      : 'Reasoning came back without its encrypted content.'
    scope.lose(clientPath(scope.request.dialect, 'reasoning'), 'dropped', reason)
    return []
  }
  const isSummary = part.kind === 'summary'
  return [
    {
      type: 'reasoning',
      ...(opaque.itemId === undefined ? {} : { id: opaque.itemId }),
      summary: isSummary ? part.text.map((text) => ({ type: 'summary_text', text })) : [],
      ...(isSummary || part.text.length === 0
        ? {}
        : { content: part.text.map((text) => ({ type: 'reasoning_text', text })) }),
      encrypted_content: opaque.value,
    },
  ]
}

/** Reasoning must be followed by the item that it led to, or the whole request is refused. */
function withoutLoneReasoning(items: Fields[], scope: EncodeScope): Fields[] {
  const last = items.findLastIndex((item) => item['type'] !== 'reasoning')
  if (last === items.length - 1) return items
  const reason = 'Reasoning that led to no answer is refused by OpenAI models.'
  scope.lose(clientPath(scope.request.dialect, 'reasoning'), 'dropped', reason)
  return items.slice(0, last + 1)
}

function callItem(part: ToolCallPart, scope: EncodeScope): Fields {
  const place = { call_id: fitCallId(part.id, 'responses'), name: scope.naming.sent(part.name, part.namespace) }
  if (part.custom && !scope.wrapCustom) return { type: 'custom_tool_call', ...place, input: part.arguments }
  const text = part.custom ? JSON.stringify(wrapCustomInput(part.arguments)) : part.arguments
  return { type: 'function_call', ...place, arguments: text === '' ? '{}' : text }
}

function resultItem(part: ToolResultPart, scope: EncodeScope): Fields {
  const content = shownContent(part.parts, scope)
  if (part.error) {
    const path = `${clientPath(scope.request.dialect, 'turns')}.is_error`
    scope.lose(path, 'degraded', 'Responses has no mark for failed tools; the text says it.')
    markFailure(content)
  }
  const [first] = content
  const isLoneText = content.length === 1 && first?.['type'] === 'input_text' && Object.keys(first).length === 2
  return {
    type: part.custom && !scope.wrapCustom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: fitCallId(part.id, 'responses'),
    output: content.length === 0 ? '' : isLoneText ? first['text'] : content,
  }
}

function markFailure(content: Fields[]): void {
  const texts = content.filter((part) => part['type'] === 'input_text')
  if (texts.some((part) => /error/i.test(String(part['text'])))) return
  const [first] = texts
  if (first === undefined) content.unshift({ type: 'input_text', text: 'Error: ' })
  else first['text'] = `Error: ${String(first['text'])}`
}
