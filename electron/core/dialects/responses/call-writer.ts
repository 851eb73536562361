import { fitCallId } from '../../call-ids.ts'
import type { HubEvent } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { callFields, type CallItem } from './output-items.ts'
import type { OutputList } from './output-list.ts'

/** One call of a function or of a free-text tool. */
export class CallWriter {
  readonly #output: OutputList
  readonly #item: CallItem

  constructor(output: OutputList, open: Extract<HubEvent, { type: 'open' }>) {
    this.#output = output
    const custom = open.custom ?? false
    this.#item = {
      type: 'call',
      id: output.freeId(open.itemId, custom ? 'ctc_' : 'fc_'),
      index: output.nextIndex(),
      callId: output.freeId(open.id === undefined || open.id === '' ? '' : fitCallId(open.id, 'responses'), 'call_'),
      name: open.name ?? '',
      namespace: open.namespace,
      custom,
      text: '',
    }
    output.add(this.#item.index, callFields(this.#item, 'in_progress'))
  }

  say(text: string): void {
    this.#item.text += text
    const { custom } = this.#item
    const type = custom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta'
    this.#output.write(type, { ...this.#place, delta: text })
  }

  /** @param isCut the answer ended before the call did */
  close(isCut: boolean): void {
    const item = this.#item
    // No arguments are an empty object for clients that parse them; Responses itself says so, others leave them out.
    if (item.text === '' && !item.custom && !isCut && this.#output.context.upstreamDialect !== 'responses') {
      this.say('{}')
    }
    const { custom, name, text } = item
    if (custom) this.#output.write('response.custom_tool_call_input.done', { ...this.#place, input: text })
    else this.#output.write('response.function_call_arguments.done', { ...this.#place, name, arguments: text })
    const status = isCut || isPartial(item) ? 'incomplete' : 'completed'
    this.#output.done(item.index, callFields(item, status), item)
  }

  get #place(): Fields {
    return { item_id: this.#item.id, output_index: this.#item.index }
  }
}

/** Arguments that break off are told as such, or a client would run the call. */
function isPartial(call: CallItem): boolean {
  if (call.custom || call.text === '') return false
  try {
    JSON.parse(call.text)
    return false
  } catch {
    return true
  }
}
