/** Fields of a Responses request that refer to what OpenAI's server keeps. No other API could know what they mean. */
import { LazuliError } from '../error.ts'

const ways: Readonly<Record<string, string>> = {
  previous_response_id: 'Send the whole conversation in `input`, with `store: false`.',
  conversation: 'Send the whole conversation in `input`, with `store: false`.',
  item_reference: 'Send the item itself in place of the reference; with `store: false` most clients do.',
  background: 'Leave it out and wait for the answer, or stream it.',
  prompt: 'Put the text of the stored prompt into `instructions` and `input`.',
}

const fields: ReadonlySet<string> = new Set(['previous_response_id', 'conversation', 'background', 'prompt'])

export function isStatefulField(path: string): boolean {
  return fields.has(path)
}

/**
 * The refusal of such a field: pretending would answer a different question.
 * @param path where it stands in the client's request
 * @param name the field, or `item_reference` for an item of this type
 */
export function statefulField(path: string, name = path): LazuliError {
  const fix = ways[name] ?? 'Choose a model that is served through the Responses API.'
  return new LazuliError({
    code: 'unsupported_parameter',
    status: 400,
    param: path,
    message: `"${name}" refers to what the Responses API keeps, and this model is served through another API.`,
    fix,
  })
}
