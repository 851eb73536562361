/** The order rules of a Responses stream, strictly: what any client may rely on. */
import { wireEvents } from './support.ts'

type Fields = Record<string, unknown>

interface Item {
  id: unknown
  type: unknown
  parts: { kind: string; text: string; done: boolean; annotations: number }[]
  text: string
  argumentsDone: boolean
  done: Fields | undefined
}

/** Throws an error with a sentence for the first rule that a stream breaks. An unfinished stream is in order so far. */
export function checkStream(text: string, options: { mayBeUnfinished?: boolean } = {}): void {
  new StreamChecker().check(text, options.mayBeUnfinished ?? false)
}

class StreamChecker {
  readonly #items: Item[] = []
  readonly #ids = new Set<unknown>()
  #responseId: unknown
  #ended = false
  #failed = false

  check(text: string, mayBeUnfinished: boolean): void {
    const events = wireEvents(text)
    for (const [index, { name, data }] of events.entries()) {
      const type = String(data['type'])
      rule(name === type, `the event line "${name}" differs from the type "${type}"`)
      rule(data['sequence_number'] === index, `sequence_number ${String(data['sequence_number'])} at ${index}`)
      rule(!this.#ended, `${type} comes after the end`)
      rule(!this.#failed || type === 'response.failed', `${type} follows an error`)
      if (index === 0) rule(type === 'response.created', `the stream begins with ${type}`)
      if (index === 1) rule(type === 'response.in_progress', `the second event is ${type}`)
      this.#event(type, data)
    }
    if (!mayBeUnfinished && events.length > 0) rule(this.#ended, 'the stream has no end')
  }

  #event(type: string, data: Fields): void {
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.#lifecycle(type, data['response'] as Fields)
        return
      case 'error':
        rule('code' in data && 'message' in data && 'param' in data, 'an error lacks code, message or param')
        this.#failed = true
        return
      case 'response.output_item.added': {
        const item = data['item'] as Fields
        rule(data['output_index'] === this.#items.length, `output_index ${String(data['output_index'])} is not next`)
        rule(typeof item['id'] === 'string' && item['id'] !== '', 'an item has no id')
        rule(!this.#ids.has(item['id']), `the id ${String(item['id'])} is used twice`)
        this.#ids.add(item['id'])
        if (item['type'] === 'message') rule(isEmpty(item['content']), 'a message begins with content')
        if (item['type'] === 'reasoning') rule(!('encrypted_content' in item), 'sealed content comes too early')
        this.#items.push({
          id: item['id'],
          type: item['type'],
          parts: [],
          text: '',
          argumentsDone: false,
          done: undefined,
        })
        return
      }
      case 'response.output_item.done':
        this.#done(data)
        return
      default:
        this.#inItem(type, data)
    }
  }

  #lifecycle(type: string, response: Fields): void {
    this.#responseId ??= response['id']
    rule(response['id'] === this.#responseId, 'the response changed its id')
    const wanted = ['object', 'created_at', 'model', 'status', 'output', 'error', 'incomplete_details', 'usage']
    const echoed = ['instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'temperature', 'top_p', 'metadata']
    const others = ['max_output_tokens', 'text', 'reasoning', 'store', 'truncation', 'previous_response_id']
    for (const key of [...wanted, ...echoed, ...others]) rule(key in response, `${type} lacks ${key}`)
    rule(isFormat(response['text']), 'text.format is missing')
    const usage = response['usage'] as Fields | null
    if (usage !== null) {
      for (const key of ['input_tokens_details', 'output_tokens_details', 'total_tokens']) {
        rule(key in usage, `usage lacks ${key}`)
      }
    }
    if (type === 'response.created' || type === 'response.in_progress') {
      rule(isEmpty(response['output']), `${type} has output already`)
      return
    }
    this.#ended = true
    const output = response['output'] as Fields[]
    rule(output.length === this.#items.length, 'the response has not the items of the stream')
    if (type === 'response.failed') return
    for (const [index, item] of this.#items.entries()) {
      rule(item.done !== undefined, `item ${index} was never done`)
      rule(JSON.stringify(item.done) === JSON.stringify(output[index]), `item ${index} differs from what was done`)
    }
  }

  #done(data: Fields): void {
    const item = this.#itemOf(data)
    const whole = data['item'] as Fields
    rule(whole['id'] === item.id, 'an item changed its id')
    rule(whole['type'] === item.type, 'an item changed its type')
    rule(
      item.parts.every((part) => part.done),
      'an item is done before its parts',
    )
    if (item.type === 'message' || item.type === 'reasoning') {
      const shown = [...((whole['summary'] ?? []) as Fields[]), ...((whole['content'] ?? []) as Fields[])]
      rule(
        JSON.stringify(shown.map((part) => part['text'] ?? part['refusal'])) ===
          JSON.stringify(item.parts.map((part) => part.text)),
        'the texts of an item differ from their pieces',
      )
    }
    if (item.type === 'function_call' || item.type === 'custom_tool_call') {
      rule(item.argumentsDone, 'a call is done before its arguments')
      rule((whole['arguments'] ?? whole['input']) === item.text, 'the arguments differ from their pieces')
      rule(typeof whole['call_id'] === 'string' && whole['call_id'] !== '', 'a call has no call_id')
      rule(String(whole['call_id']).length <= 64, 'a call_id is too long')
    }
    item.done = whole
  }

  #inItem(type: string, data: Fields): void {
    const item = this.#itemOf(data)
    rule(data['item_id'] === item.id, `${type} names another item`)
    rule(item.done === undefined, `${type} comes after its item is done`)
    const call = /^response\.(function_call_arguments|custom_tool_call_input)\.(delta|done)$/.exec(type)
    if (call) {
      rule(item.type === (call[1] === 'function_call_arguments' ? 'function_call' : 'custom_tool_call'), 'wrong call')
      rule(!item.argumentsDone, 'arguments come after they were done')
      if (call[2] === 'delta') item.text += String(data['delta'])
      else {
        rule((data['arguments'] ?? data['input']) === item.text, 'the whole arguments differ from the pieces')
        item.argumentsDone = true
      }
      return
    }
    const isSummary = type.includes('summary')
    const index = Number(data[isSummary ? 'summary_index' : 'content_index'])
    if (type.endsWith('part.added')) {
      rule(index === item.parts.length, `${type} has the index ${index}`)
      item.parts.push({ kind: String((data['part'] as Fields)['type']), text: '', done: false, annotations: 0 })
      return
    }
    const part = item.parts[index]
    if (part === undefined) throw new Error(`${type} belongs to no part`)
    rule(!part.done, `${type} comes after its part is done`)
    const kinds: Record<string, string> = {
      output_text: 'output_text',
      refusal: 'refusal',
      reasoning_summary_text: 'summary_text',
      reasoning_text: 'reasoning_text',
    }
    const kind = kinds[type.split('.')[1] ?? '']
    if (kind !== undefined) rule(part.kind === kind, `${type} belongs to a part of type ${part.kind}`)
    if (type.endsWith('.delta')) part.text += String(data['delta'])
    else if (type.endsWith('annotation.added'))
      rule(data['annotation_index'] === part.annotations++, 'annotation_index')
    else if (type.endsWith('part.done')) {
      const whole = data['part'] as Fields
      rule((whole['text'] ?? whole['refusal']) === part.text, 'a part differs from its pieces')
      if (part.kind === 'output_text') rule((whole['annotations'] as []).length === part.annotations, 'annotations')
      part.done = true
    } else rule((data['text'] ?? data['refusal']) === part.text, `${type} differs from the pieces`)
  }

  #itemOf(data: Fields): Item {
    const item = this.#items[Number(data['output_index'])]
    if (item === undefined) throw new Error(`${String(data['type'])} belongs to no item`)
    return item
  }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function isFormat(text: unknown): boolean {
  return typeof text === 'object' && text !== null && 'format' in text && text.format !== null
}

function rule(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence)
}
