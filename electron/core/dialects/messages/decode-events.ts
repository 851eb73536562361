import type { AnswerContext, EventDecoder } from '../dialect.ts'
import type { HubError, HubEvent } from '../../hub.ts'
import type { SseEvent } from '../../sse.ts'
import { BlockReader } from './block-reader.ts'
import { errorFromBody } from './errors.ts'
import { type Fields, isFields } from './fields.ts'
import { finishFrom } from './stop-reasons.ts'
import { UsageReader } from './usage.ts'

/** Reads an Anthropic stream. Events of unknown types are passed over; what breaks the stream's order ends it. */
export class MessageDecoder implements EventDecoder {
  readonly #context: AnswerContext
  readonly #usage = new UsageReader()
  readonly #blocks: BlockReader
  #started = false
  #ended = false
  #stopReason: string | undefined
  #stopSequence: string | undefined
  #stopDetails: unknown

  constructor(context: AnswerContext) {
    this.#context = context
    this.#blocks = new BlockReader(context)
  }

  push(event: SseEvent): HubEvent[] {
    if (this.#ended || event.data === '' || event.data === '[DONE]') return []
    let data: unknown
    try {
      data = JSON.parse(event.data)
    } catch {
      return this.#fail(malformed('The upstream sent an event that is not JSON.'))
    }
    if (!isFields(data)) return []
    return this.read(typeof data['type'] === 'string' ? data : { ...data, type: event.event })
  }

  /** One event of the stream as parsed JSON. */
  read(event: Fields): HubEvent[] {
    if (this.#ended) return []
    switch (event['type']) {
      case 'message_start':
        return this.#start(isFields(event['message']) ? event['message'] : {})
      case 'content_block_start':
        return [...this.#ensureStarted(), ...this.#blocks.start(event['index'], event['content_block'])]
      case 'content_block_delta':
        return this.#blocks.delta(event['index'], event['delta'])
      case 'content_block_stop':
        return this.#blocks.stop(event['index'])
      case 'message_delta':
        this.#readDelta(event)
        return []
      case 'message_stop':
        return this.#finish()
      case 'error':
        return this.#fail(errorFromBody(event, undefined))
      default:
        return []
    }
  }

  end(): HubEvent[] {
    return this.#fail({
      status: 502,
      type: 'api_error',
      code: 'proxy_upstream_incomplete',
      message: 'The upstream ended its answer before it was complete.',
    })
  }

  #start(message: Fields): HubEvent[] {
    if (this.#started) return this.#fail(malformed('The upstream began a second message in one answer.'))
    this.#started = true
    this.#usage.read(message['usage'])
    const usage = this.#usage.usage
    return [
      {
        type: 'start',
        id: typeof message['id'] === 'string' ? message['id'] : this.#context.newId('msg_'),
        model: typeof message['model'] === 'string' ? message['model'] : this.#context.request.model,
        created: Math.floor(this.#context.now() / 1000),
        ...(usage ? { usage } : {}),
      },
    ]
  }

  #ensureStarted(): HubEvent[] {
    return this.#started ? [] : this.#start({})
  }

  #readDelta(event: Fields): void {
    this.#usage.read(event['usage'])
    const delta = event['delta']
    if (!isFields(delta)) return
    if (typeof delta['stop_reason'] === 'string') this.#stopReason = delta['stop_reason']
    if (typeof delta['stop_sequence'] === 'string') this.#stopSequence = delta['stop_sequence']
    if (isFields(delta['stop_details'])) this.#stopDetails = delta['stop_details']
  }

  #finish(): HubEvent[] {
    const events = [...this.#ensureStarted(), ...this.#blocks.closeAll(), ...this.#explainRefusal()]
    this.#ended = true
    let finish = finishFrom(this.#stopReason)
    // The finish is derived from what came: a tool that was made up for structured output is no call to the client.
    if (finish === 'stop' && this.#blocks.calls > 0) finish = 'tool'
    if (finish === 'tool' && this.#blocks.calls === 0) finish = 'stop'
    const usage = this.#usage.usage
    events.push({
      type: 'end',
      finish,
      ...(finish === 'stop_sequence' && this.#stopSequence !== undefined ? { stopSequence: this.#stopSequence } : {}),
      ...(usage ? { usage } : {}),
      ...(this.#stopDetails === undefined ? {} : { detail: this.#stopDetails }),
    })
    return events
  }

  /** Other dialects say why in the answer itself; Messages has `stop_details` for it. */
  #explainRefusal(): HubEvent[] {
    const details = this.#stopDetails
    if (this.#context.request.dialect === 'messages' || this.#stopReason !== 'refusal' || !isFields(details)) return []
    const explanation = details['explanation']
    return typeof explanation === 'string' && explanation !== '' ? this.#blocks.refusal(explanation) : []
  }

  #fail(error: HubError): HubEvent[] {
    if (this.#ended) return []
    this.#ended = true
    return [{ type: 'error', error }]
  }
}

export function malformed(message: string): HubError {
  return { status: 502, type: 'api_error', code: 'proxy_upstream_malformed', message }
}
