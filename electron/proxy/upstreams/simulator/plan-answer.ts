import type { Asked } from './asked.ts'
import { composeAnswer } from './compose-answer.ts'
import { readOrder, type Order } from './order.ts'
import { splitTokens } from './tokens.ts'

/** An answer cut into the pieces in which it is written, with its figures. */
export interface Plan {
  reasoning: readonly string[]
  text: readonly string[]
  calls: readonly { name: string; pieces: readonly string[]; whole: boolean }[]
  finish: 'stop' | 'stop_sequence' | 'length' | 'tool' | 'filter'
  stopSequence: string | null
  inputTokens: number
  outputTokens: number
  reasoningTokens: number
  order: Order | undefined
}

/** Composes the answer and applies the limits of the request: stop sequences, the output limit, a filter on request. */
export function planAnswer(asked: Asked): Plan {
  const order = readOrder(asked.text)
  const answer = composeAnswer(asked)
  const stopped = stopAt(answer.text, asked.stop)
  let finish: Plan['finish'] = answer.calls.length > 0 ? 'tool' : 'stop'
  if (stopped.sequence !== null) finish = 'stop_sequence'
  let left = asked.maxTokens ?? Infinity
  const take = (pieces: string[]): string[] => {
    const taken = pieces.slice(0, left)
    left -= taken.length
    if (taken.length < pieces.length) finish = 'length'
    return taken
  }
  const reasoning = take(asked.thinks ? splitTokens(answer.reasoning) : [])
  let text = take(splitTokens(stopped.text))
  const wanted = stopped.sequence === null ? answer.calls : []
  const calls: Plan['calls'][number][] = []
  for (const call of wanted) {
    if (left <= 0) {
      finish = 'length'
      break
    }
    const all = splitTokens(JSON.stringify(call.input))
    const pieces = take(all)
    calls.push({ name: call.name, pieces, whole: pieces.length === all.length })
  }
  if (order?.kind === 'content-filter') {
    text = text.slice(0, Math.ceil(text.length / 2))
    calls.length = 0
    finish = 'filter'
  }
  const outputTokens = reasoning.length + text.length + calls.reduce((sum, call) => sum + call.pieces.length + 4, 0)
  return {
    reasoning,
    text,
    calls,
    finish,
    stopSequence: stopped.sequence,
    inputTokens: asked.inputTokens,
    outputTokens: Math.min(outputTokens, asked.maxTokens ?? Infinity),
    reasoningTokens: reasoning.length,
    order,
  }
}

function stopAt(text: string, stop: readonly string[]): { text: string; sequence: string | null } {
  let at = Infinity
  let sequence: string | null = null
  for (const one of stop) {
    const found = one === '' ? -1 : text.indexOf(one)
    if (found !== -1 && found < at) {
      at = found
      sequence = one
    }
  }
  return sequence === null ? { text, sequence } : { text: text.slice(0, at), sequence }
}
