/** Where gateways put the text of an answer that is none of OpenAI's documents (azure.md §7.4). */
import { isFields } from '../../core/openai/fields.ts'

/** Deeper than any answer is nested. */
const MAX_DEPTH = 8

/**
 * The text of a document or an event, wherever it stands: `text`, `output_text`, `content`, `message`, `choices`,
 * `output` or `outputs`, as a text or a list of parts. Undefined where there is no place for one.
 */
export function textIn(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return value
  if (depth > MAX_DEPTH) return undefined
  if (Array.isArray(value)) return joined(value.map((each) => textIn(each, depth + 1)))
  if (!isFields(value)) return undefined
  for (const key of ['text', 'output_text', 'content'] as const) {
    const found = value[key]
    if (typeof found === 'string') return found
    if (Array.isArray(found)) return textIn(found, depth + 1) ?? ''
  }
  const inner = isFields(value['message']) ? textIn(value['message'], depth + 1) : undefined
  if (inner !== undefined) return inner
  if (Array.isArray(value['choices'])) {
    const said = value['choices'].flatMap((choice): unknown[] =>
      isFields(choice) ? [choice['delta'] ?? choice['message'] ?? choice['text']] : [],
    )
    return joined(said.map((each) => textIn(each, depth + 1)))
  }
  const outputs = value['output'] ?? value['outputs']
  return outputs === undefined ? undefined : textIn(outputs, depth + 1)
}

function joined(texts: readonly (string | undefined)[]): string | undefined {
  const known = texts.filter((text) => text !== undefined)
  return known.length === 0 ? undefined : known.join('')
}
