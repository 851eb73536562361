/** The conversation as `system` and `messages`: Anthropic wants tool results right behind their calls, in one message. */
import { fitCallId } from '../../call-ids.ts'
import { clientPath } from '../../client-paths.ts'
import type { ToolResultPart, Turn } from '../../hub.ts'
import type { ModelProfile } from '../../models/profile.ts'
import { assistantBlocks, type BlockContext, resultBlock, shownBlocks } from './encode-blocks.ts'
import { type Fields, invalid, unsupported } from './fields.ts'

export interface Message {
  role: 'user' | 'assistant' | 'system'
  content: Fields[]
}

export interface EncodedTurns {
  system: Fields[]
  messages: Message[]
  /** The last message is the assistant's, for the model to continue. */
  prefill: boolean
  /** A tool loop is open whose assistant messages hold no thinking. With thinking on, Anthropic refuses that. */
  loopWithoutThinking: boolean
}

export function encodeTurns(context: BlockContext, profile: ModelProfile): EncodedTurns {
  const { turns, dialect } = context.request
  const firstOther = turns.findIndex((turn) => turn.role !== 'system')
  const leading = firstOther === -1 ? turns : turns.slice(0, firstOther)
  const system = leading.flatMap((turn) => turn.parts.flatMap((part) => shownBlocks(part, context)))
  const messages = new Conversation(context, profile).encode(turns.slice(leading.length))
  if (leading.length === turns.length && system.length > 0) {
    // A conversation of instructions alone is legal elsewhere, and the model answers them.
    context.losses.degraded(clientPath(dialect, 'turns'), 'Instructions without a message became the message.')
    messages.push({ role: 'user', content: system.splice(0) })
  }
  if (messages.length === 0) {
    throw invalid(clientPath(dialect, 'turns'), 'Anthropic models need at least one message that is not blank.')
  }
  const prefill = messages.at(-1)?.role === 'assistant'
  if (prefill) trimPrefill(messages)
  return { system, messages, prefill, loopWithoutThinking: isLoopWithoutThinking(messages) }
}

class Conversation {
  readonly #messages: Message[] = []
  readonly #context: BlockContext
  readonly #profile: ModelProfile
  /** Calls of the assistant message being built: id as the client wrote it, id as sent. */
  #openCalls: { id: string; sent: string }[] = []
  readonly #usedIds = new Set<string>()
  readonly #results = new Map<string, ToolResultPart[]>()
  readonly #callsWithoutResult: string[] = []

  constructor(context: BlockContext, profile: ModelProfile) {
    this.#context = context
    this.#profile = profile
  }

  encode(turns: readonly Turn[]): Message[] {
    for (const part of turns.flatMap((turn) => turn.parts)) {
      if (part.type === 'result') this.#results.set(part.id, [...(this.#results.get(part.id) ?? []), part])
    }
    for (const turn of turns) this.#add(turn)
    this.#addResults()
    this.#refuseOrphans()
    return this.#messages
  }

  #add(turn: Turn): void {
    switch (turn.role) {
      case 'assistant': {
        const blocks = turn.parts.flatMap((part) => assistantBlocks(part, this.#context, (id) => this.#openCall(id)))
        this.#append('assistant', blocks)
        return
      }
      case 'system':
        this.#addResults()
        this.#addSystem(turn)
        return
      case 'user':
      case 'tool':
        this.#addResults()
        this.#append(
          'user',
          turn.parts.flatMap((part) => shownBlocks(part, this.#context)),
        )
    }
  }

  #addSystem(turn: Turn): void {
    const blocks = turn.parts.flatMap((part) => shownBlocks(part, this.#context))
    if (this.#profile.midConversationSystem) {
      this.#append('system', blocks)
      return
    }
    if (blocks.length === 0) return
    const path = clientPath(this.#context.request.dialect, 'turns')
    this.#context.losses.degraded(path, 'A system message amid the conversation became marked user text.')
    const marked = blocks.flatMap((block) =>
      block['type'] === 'text' ? [{ ...block, text: `<system>${String(block['text'])}</system>` }] : [block],
    )
    this.#append('user', marked)
  }

  /** Neighbours of one role become one message: results must stand in the message right behind their calls. */
  #append(role: Message['role'], content: Fields[]): void {
    if (content.length === 0) return
    const last = this.#messages.at(-1)
    if (last?.role === role) last.content.push(...content)
    else this.#messages.push({ role, content })
  }

  /** Some clients number their calls anew in each turn; Anthropic wants ids that are unique in the whole request. */
  #openCall(id: string): string {
    let sent = fitCallId(id, 'messages')
    for (let round = 2; this.#usedIds.has(sent); round += 1) sent = fitCallId(`${id}#${round}`, 'messages')
    this.#usedIds.add(sent)
    this.#openCalls.push({ id, sent })
    return sent
  }

  #addResults(): void {
    const blocks: Fields[] = []
    for (const call of this.#openCalls) {
      const result = this.#results.get(call.id)?.shift()
      if (result) blocks.push(resultBlock(result, this.#context, call.sent))
      else this.#callsWithoutResult.push(call.id)
    }
    this.#openCalls = []
    this.#append('user', blocks)
  }

  #refuseOrphans(): void {
    const results = [...this.#results].filter(([, waiting]) => waiting.length > 0).map(([id]) => id)
    const calls = this.#callsWithoutResult
    if (results.length === 0 && calls.length === 0) return
    const problems = [
      ...(calls.length > 0 ? [`tool calls without a result: ${calls.join(', ')}`] : []),
      ...(results.length > 0 ? [`tool results without their call: ${results.join(', ')}`] : []),
    ]
    const path = clientPath(this.#context.request.dialect, 'turns')
    throw unsupported(
      path,
      `Anthropic models need every tool call answered once; there are ${problems.join('; ')}.`,
      'Send each call together with its result.',
    )
  }
}

/** Anthropic refuses white space at the end of a text that it shall continue. */
function trimPrefill(messages: Message[]): void {
  const last = messages.at(-1)?.content.at(-1)
  if (last?.['type'] === 'text') last['text'] = String(last['text']).trimEnd()
}

/**
 * Claude thinks at the start of a turn, not before each call in it, so thinking anywhere before the first call since
 * the user last spoke is enough.
 */
function isLoopWithoutThinking(messages: readonly Message[]): boolean {
  const isResult = (block: Fields): boolean => block['type'] === 'tool_result'
  const lastSpoken = messages.findLastIndex((message) => message.role === 'user' && !message.content.some(isResult))
  const loop = messages.slice(lastSpoken + 1).filter((message) => message.role === 'assistant')
  const isThinking = (block: Fields): boolean => block['type'] === 'thinking' || block['type'] === 'redacted_thinking'
  const isCall = (block: Fields): boolean => block['type'] === 'tool_use'
  if (!loop.some((message) => message.content.some(isCall))) return false
  const startsThinking = (message: Message | undefined): boolean => {
    const first = message?.content[0]
    return first !== undefined && isThinking(first)
  }
  return !startsThinking(loop[0]) && !startsThinking(loop.findLast((message) => message.content.some(isCall)))
}
