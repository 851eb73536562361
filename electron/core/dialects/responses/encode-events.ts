import type { HubEvent } from '../../hub.ts'
import { formatEvent } from '../../sse.ts'
import type { AnswerContext, EventEncoder } from '../dialect.ts'
import { AnswerWriter } from './answer-writer.ts'

/** Hub events → a stream of Responses events, numbered from 0. */
export class ResponsesEncoder implements EventEncoder {
  readonly #writer: AnswerWriter
  #out = ''
  #sequence = 0

  constructor(context: AnswerContext) {
    this.#writer = new AnswerWriter(context, (type, fields) => {
      this.#out += formatEvent(type, JSON.stringify({ type, sequence_number: this.#sequence++, ...fields }))
    })
  }

  push(event: HubEvent): string {
    this.#out = ''
    this.#writer.push(event)
    return this.#out
  }
}
