/** Rebuilds an answer as it stood after any of its events. */
import type { DialectId, LaneEvent } from '../../../../shared/exchange.ts'
import { dataOf, parseObject, type Json } from '../read-json.ts'
import { NO_ANSWER, type Answer, type AnswerStep } from './answer.ts'
import { chatStep, chatWhole } from './chat.ts'
import { messagesStep, messagesWhole } from './messages.ts'
import { responsesStep, responsesWhole } from './responses.ts'

/** A state is kept after so many events: to go back costs at most this many steps. */
const KEPT_EVERY = 64

export class Rebuilder {
  readonly #step: AnswerStep
  /** `#kept[n]` = the answer after `n * KEPT_EVERY` events. */
  readonly #kept: Answer[] = [NO_ANSWER]
  #last: { count: number; answer: Answer } = { count: 0, answer: NO_ANSWER }

  constructor(dialect: DialectId) {
    this.#step = stepOf(dialect)
  }

  /** The answer after the first `count` of these events. Events may be added at the end between two calls. */
  at(events: readonly LaneEvent[], count: number): Answer {
    const wanted = Math.min(count, events.length)
    const kept = this.#nearest(wanted)
    const near = this.#last.count <= wanted && this.#last.count > kept.count ? this.#last : kept
    let { answer } = near
    for (let done = near.count; done < wanted; done += 1) {
      if (done % KEPT_EVERY === 0) this.#kept[done / KEPT_EVERY] = answer
      const event = events[done]
      if (event) answer = this.#apply(answer, event)
    }
    this.#last = { count: wanted, answer }
    return answer
  }

  #nearest(wanted: number): { count: number; answer: Answer } {
    const index = Math.min(Math.floor(wanted / KEPT_EVERY), this.#kept.length - 1)
    return { count: index * KEPT_EVERY, answer: this.#kept[index] ?? NO_ANSWER }
  }

  #apply(answer: Answer, event: LaneEvent): Answer {
    const data = dataOf(event.raw)
    const json = data === undefined ? undefined : parseObject(data)
    return json === undefined ? answer : this.#step(answer, json, event.atMs)
  }
}

function stepOf(dialect: DialectId): AnswerStep {
  switch (dialect) {
    case 'chat':
      return chatStep
    case 'responses':
      return responsesStep
    case 'messages':
      return messagesStep
  }
}

/** An answer that came as one JSON body, or undefined when it is no JSON. */
export function wholeAnswer(dialect: DialectId, body: string): Answer | undefined {
  const json: Json | undefined = parseObject(body)
  if (json === undefined) return undefined
  switch (dialect) {
    case 'chat':
      return chatWhole(json)
    case 'responses':
      return responsesWhole(json)
    case 'messages':
      return messagesWhole(json)
  }
}
