import { fitCallId } from '../../call-ids.ts'
import { clientPath } from '../../client-paths.ts'
import { wrapCustomInput } from '../../custom-input.ts'
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart, Turn } from '../../hub.ts'
import type { WirePart } from './encode-parts.ts'
import { contentOf, encodeUserPart, turnPath } from './encode-parts.ts'
import type { EncodeScope } from './encode-scope.ts'
import { statefulField } from '../../openai/stateful-fields.ts'
import { detailsOf } from './reasoning-details.ts'

type Message = Record<string, unknown>

/** Claude Code's first system block is meant for Anthropic's billing alone. */
const billingMark = 'x-anthropic-billing-header:'

/**
 * Turns → messages. Chat's tool messages take text only: pictures and files of tool results follow in one user message
 * behind the last tool message of the run.
 */
export function encodeMessages(scope: EncodeScope): Message[] {
  return withResultsBehindCalls(messagesOf(scope), scope)
}

function messagesOf(scope: EncodeScope): Message[] {
  const messages: Message[] = []
  let media: WirePart[] = []
  const add = (message: Message): void => {
    if (media.length > 0 && message['role'] !== 'tool') {
      messages.push({ role: 'user', content: media })
      media = []
    }
    messages.push(message)
  }
  for (const [index, turn] of scope.request.turns.entries()) {
    const path = turnPath(scope, index)
    const results = turn.parts.filter((part) => part.type === 'result')
    for (const result of results) {
      const encoded = encodeResult(result, scope, path)
      add(encoded.message)
      media.push(...encoded.media)
    }
    const parts = turn.parts.filter((part) => part.type !== 'result')
    if (parts.length === 0 && results.length > 0) continue
    const message = encodeTurn(turn, parts, scope, path)
    if (message !== undefined) add(turn.name === undefined ? message : { ...message, name: turn.name })
  }
  if (media.length > 0) messages.push({ role: 'user', content: media })
  return messages
}

/**
 * Chat wants each call answered by the very next messages; other APIs let words stand in between. A Chat client's own
 * order is not touched.
 */
function withResultsBehindCalls(messages: Message[], scope: EncodeScope): Message[] {
  if (scope.request.dialect === 'chat') return messages
  const taken = new Set<Message>()
  return messages.flatMap((message, index): Message[] => {
    if (taken.has(message)) return []
    const results = callIdsOf(message)
      .map((id) => resultOf(id, messages, index + 1, taken))
      .filter((result) => result !== undefined)
    for (const result of results) taken.add(result)
    return [message, ...results]
  })
}

/** The first free result of a call, up to where another call has the same id. */
function resultOf(
  id: unknown,
  messages: readonly Message[],
  from: number,
  taken: ReadonlySet<Message>,
): Message | undefined {
  for (let at = from; at < messages.length; at += 1) {
    const message = messages[at]!
    if (message['role'] === 'tool' && message['tool_call_id'] === id && !taken.has(message)) return message
    if (callIdsOf(message).includes(id)) return undefined
  }
  return undefined
}

function callIdsOf(message: Message): unknown[] {
  return Array.isArray(message['tool_calls']) ? (message['tool_calls'] as WirePart[]).map((call) => call['id']) : []
}

function encodeTurn(turn: Turn, parts: readonly Part[], scope: EncodeScope, path: string): Message | undefined {
  switch (turn.role) {
    case 'system':
      return encodeSystem(parts, scope, path)
    case 'assistant':
      return encodeAssistant(parts, scope, path)
    case 'user':
    case 'tool':
      return { role: 'user', content: contentOf(userParts(parts, scope, path)) }
  }
}

function userParts(parts: readonly Part[], scope: EncodeScope, path: string): WirePart[] {
  return parts.map((part) => encodeUserPart(part, scope, path)).filter((part) => part !== undefined)
}

function encodeSystem(parts: readonly Part[], scope: EncodeScope, path: string): Message | undefined {
  const kept = parts.filter((part) => !(part.type === 'text' && part.text.startsWith(billingMark)))
  if (kept.length === 0 && parts.length > 0) return undefined
  const content = userParts(kept, scope, path)
  if (scope.profile.instructionRole === 'user') {
    const reason = 'The model takes no system messages; they became user messages.'
    scope.lose(clientPath(scope.request.dialect, 'instructions'), 'degraded', reason)
  }
  return { role: scope.profile.instructionRole, content: contentOf(content) }
}

function encodeAssistant(parts: readonly Part[], scope: EncodeScope, path: string): Message | undefined {
  const content: WirePart[] = []
  const calls: WirePart[] = []
  const reasoning: ReasoningPart[] = []
  let refusal = ''
  for (const part of parts) {
    switch (part.type) {
      case 'text':
        if (part.phase !== undefined) scope.lose('input.phase', 'dropped', 'Chat Completions has no phases.')
        if (part.text !== '') content.push({ type: 'text', text: part.text, ...scope.cacheMark(part.cache) })
        break
      case 'refusal':
        refusal += part.text
        break
      case 'call':
        calls.push(encodeCall(part, scope))
        break
      case 'reasoning':
        reasoning.push(part)
        break
      case 'foreign':
        encodeForeign(part.dialect, part.raw, content, scope, path)
        break
      case 'image':
      case 'file':
      case 'audio':
      case 'result':
        scope.lose(path, 'dropped', `An assistant message cannot hold a part of the kind "${part.type}".`)
        break
    }
  }
  const thoughts = encodeReasoning(reasoning, calls.length > 0, scope)
  const isEmpty = content.length === 0 && calls.length === 0 && refusal === ''
  if (isEmpty && parts.length > 0 && Object.keys(thoughts).length === 0) return undefined
  return {
    role: 'assistant',
    content: content.length === 0 && parts.length > 0 ? null : contentOf(content),
    ...(refusal === '' ? {} : { refusal }),
    ...thoughts,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function encodeForeign(dialect: string, raw: unknown, content: WirePart[], scope: EncodeScope, path: string): void {
  if (dialect === 'chat') {
    content.push(raw as WirePart)
    return
  }
  const type =
    typeof raw === 'object' && raw !== null && 'type' in raw && typeof raw.type === 'string' ? raw.type : 'unknown'
  if (type === 'item_reference') throw statefulField(path, 'item_reference')
  scope.lose(path, 'dropped', `An earlier "${type}" of a hosted tool exists only in the API that ran it.`)
}

/**
 * A Chat client's own reasoning goes back as it came; what the model cannot take is removed with the other fixes. Of
 * other clients only open text fits, and only beside calls: models that think in between want it there (Kimi, DeepSeek)
 * and refuse or ignore it elsewhere.
 */
function encodeReasoning(parts: readonly ReasoningPart[], hasCalls: boolean, scope: EncodeScope): Message {
  if (parts.length === 0) return {}
  const text = parts
    .map((part) => part.text.join('\n\n'))
    .filter((line) => line !== '')
    .join('\n\n')
  if (scope.request.dialect === 'chat') {
    const needsDetails = parts.length > 1 || parts.some((part) => part.opaque !== undefined || part.kind === 'summary')
    return {
      ...(text === '' ? {} : { reasoning_content: text }),
      ...(needsDetails ? { reasoning_details: parts.flatMap((part, index) => detailsOf(part, index)) } : {}),
    }
  }
  const isOpen = parts.every((part) => part.opaque === undefined)
  if (isOpen && hasCalls && text !== '' && !scope.profile.apis.includes('responses')) return { reasoning_content: text }
  const reason = 'Earlier reasoning can only be read by the model that wrote it, in its own API.'
  scope.lose(clientPath(scope.request.dialect, 'reasoning'), 'dropped', reason)
  return {}
}

function encodeCall(part: ToolCallPart, scope: EncodeScope): WirePart {
  const id = fitCallId(part.id, 'chat')
  const name = scope.naming.sent(part.name, part.namespace)
  if (part.custom && !scope.wrapCustom) {
    return { id, type: 'custom', custom: { name, input: part.arguments } }
  }
  const text = part.custom ? JSON.stringify(wrapCustomInput(part.arguments)) : part.arguments
  // Servers parse them: no arguments are an empty object.
  const isLeftOut = text === '' && scope.request.dialect !== 'chat'
  return { id, type: 'function', function: { name, arguments: isLeftOut ? '{}' : text } }
}

function encodeResult(part: ToolResultPart, scope: EncodeScope, path: string): { message: Message; media: WirePart[] } {
  const text: WirePart[] = []
  const media: WirePart[] = []
  for (const inner of part.parts) {
    const encoded = encodeUserPart(inner, scope, path)
    if (encoded === undefined) continue
    if (encoded['type'] === 'text') text.push(encoded)
    else media.push(encoded)
  }
  if (part.error && !text.some((inner) => /error/i.test(String(inner['text'])))) {
    scope.lose(`${path}.is_error`, 'degraded', 'Chat Completions has no mark for failed tools; the text says it.')
    const [first] = text
    if (first === undefined) text.push({ type: 'text', text: 'Error: ' })
    else text[0] = { ...first, text: `Error: ${String(first['text'])}` }
  } else if (part.error) {
    scope.lose(`${path}.is_error`, 'degraded', 'Chat Completions has no mark for failed tools; the text says it.')
  }
  const id = fitCallId(part.id, 'chat')
  if (media.length > 0) {
    scope.lose(path, 'degraded', 'Tool messages take text only; media moved to a user message after them.')
    media.unshift({ type: 'text', text: `[tool result ${id}]` })
  }
  return { message: { role: 'tool', tool_call_id: id, content: contentOf(text) }, media }
}
