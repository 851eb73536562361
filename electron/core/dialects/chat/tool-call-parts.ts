import { CustomInputReader } from '../../custom-input.ts'
import type { HubEvent } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { isFields } from '../../openai/fields.ts'

interface OpenCall {
  part: number
  id: string
  arguments: string
  /** The upstream's own free-text call. */
  custom: boolean
  /** A free-text tool that was sent as a function with one string: its text is inside the arguments. */
  wrapped: CustomInputReader | undefined
  closed: boolean
}

interface UnnamedCall {
  id: string | undefined
  arguments: string
  custom: boolean
}

/**
 * The tool calls of one answer, from fragments that are keyed by `index`: it may start at 1, fragments may interleave,
 * id and name come in the first one only, and a new id on a used index is another call.
 */
export class ToolCallParts {
  /** Has the model called anything? */
  any = false

  readonly #context: AnswerContext
  readonly #nextPart: () => number
  readonly #byIndex = new Map<number, OpenCall>()
  readonly #open = new Set<OpenCall>()
  readonly #unnamed = new Map<number, UnnamedCall>()
  #lastIndex = -1

  constructor(context: AnswerContext, nextPart: () => number) {
    this.#context = context
    this.#nextPart = nextPart
  }

  /** One element of `delta.tool_calls` (or of a message's). */
  fragment(value: unknown, events: HubEvent[]): void {
    if (!isFields(value)) return
    const custom = isFields(value['custom'])
    const body = custom ? value['custom'] : value['function']
    const fields = isFields(body) ? body : {}
    const id = textOf(value['id'])
    const text = custom ? fields['input'] : fields['arguments']
    const piece = typeof text === 'string' ? text : isFields(text) ? JSON.stringify(text) : ''
    const index = this.#indexOf(value['index'], id)
    this.#lastIndex = index
    const call = this.#byIndex.get(index)
    if (call !== undefined && (id === undefined || id === call.id)) {
      this.#append(call, piece, events)
      return
    }
    this.#start(index, id, textOf(fields['name']), piece, custom, events)
  }

  /**
   * Other content comes: calls whose arguments are whole are done. The others stay open, for upstreams that interleave
   * their fragments.
   */
  settle(events: HubEvent[]): void {
    for (const call of this.#open) if (isWhole(call)) this.#close(call, events)
  }

  /** The answer ended: everything is as whole as it will ever be. */
  finish(events: HubEvent[]): void {
    for (const [index, unnamed] of this.#unnamed) this.#begin(index, unnamed, '', events)
    this.#unnamed.clear()
    for (const call of this.#open) this.#close(call, events)
  }

  /** Fragments without an index belong to the call with their id, else to the last one; a new id starts a new call. */
  #indexOf(index: unknown, id: string | undefined): number {
    if (typeof index === 'number') return index
    if (id === undefined) return Math.max(this.#lastIndex, 0)
    for (const [known, call] of this.#byIndex) if (call.id === id) return known
    return Math.max(-1, ...this.#byIndex.keys(), ...this.#unnamed.keys()) + 1
  }

  #start(
    index: number,
    id: string | undefined,
    name: string | undefined,
    piece: string,
    custom: boolean,
    events: HubEvent[],
  ): void {
    const waiting = this.#unnamed.get(index)
    const call: UnnamedCall = {
      id: id ?? waiting?.id,
      arguments: (waiting?.arguments ?? '') + piece,
      custom: custom || (waiting?.custom ?? false),
    }
    if (name === undefined) {
      this.#unnamed.set(index, call)
      return
    }
    this.#unnamed.delete(index)
    this.#begin(index, call, name, events)
  }

  #begin(index: number, unnamed: UnnamedCall, name: string, events: HubEvent[]): void {
    this.settle(events)
    const { undo } = this.#context
    const wrapped = undo.wrappedCustomTools.has(name) ? new CustomInputReader() : undefined
    const namespace = undo.namespaces.get(name)
    const call: OpenCall = {
      part: this.#nextPart(),
      id: unnamed.id ?? this.#context.newId('call_'),
      arguments: '',
      custom: unnamed.custom,
      wrapped,
      closed: false,
    }
    this.any = true
    this.#byIndex.set(index, call)
    this.#open.add(call)
    events.push({
      type: 'open',
      part: call.part,
      kind: 'call',
      id: call.id,
      name: undo.toolNames.get(name) ?? name,
      ...(wrapped !== undefined || unnamed.custom ? { custom: true as const } : {}),
      ...(namespace === undefined ? {} : { namespace }),
    })
    this.#append(call, unnamed.arguments, events)
  }

  #append(call: OpenCall, piece: string, events: HubEvent[]): void {
    if (piece === '') return
    if (call.closed) {
      if (piece.trim() === '') return
      const reason = 'The upstream went on with a tool call whose arguments were already complete.'
      this.#context.lose({ path: 'choices[0].delta.tool_calls', kind: 'dropped', reason })
      return
    }
    call.arguments += piece
    emit(call, call.wrapped === undefined ? piece : call.wrapped.push(piece), events)
  }

  #close(call: OpenCall, events: HubEvent[]): void {
    emit(call, call.wrapped?.end() ?? '', events)
    call.closed = true
    call.arguments = ''
    this.#open.delete(call)
    events.push({ type: 'close', part: call.part })
  }
}

function emit(call: OpenCall, text: string, events: HubEvent[]): void {
  if (text !== '') events.push({ type: 'delta', part: call.part, text })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isWhole(call: OpenCall): boolean {
  if (call.custom) return false
  try {
    return isFields(JSON.parse(call.arguments) as unknown)
  } catch {
    return false
  }
}
