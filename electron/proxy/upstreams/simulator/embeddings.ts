import { createHash } from 'node:crypto'
import { SimulatedFailure } from './failure.ts'
import { type JsonObject } from './json.ts'
import { countTokens } from './tokens.ts'

/** Azure takes no more inputs in one request. */
const MAX_INPUTS = 2048

/**
 * Vectors made from a hash of each text: the same text gives the same vector, of length 1.
 * @throws SimulatedFailure
 */
export function embeddingsBody(body: JsonObject, model: string): JsonObject {
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']]
  // A list of numbers is one input that was cut into tokens already.
  const texts = inputs.every((item) => typeof item === 'number') ? [JSON.stringify(inputs)] : inputs.map(asText)
  if (texts.length === 0 || texts.length > MAX_INPUTS || texts.includes('')) {
    throw new SimulatedFailure(
      400,
      'invalid_value',
      `'input' takes 1 to ${MAX_INPUTS} texts that are not empty (simulated).`,
      {
        param: 'input',
      },
    )
  }
  const dimensions = typeof body['dimensions'] === 'number' ? body['dimensions'] : 1536
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 3072) {
    throw new SimulatedFailure(400, 'invalid_value', "'dimensions' takes 1 to 3072 (simulated).", {
      param: 'dimensions',
    })
  }
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0)
  return {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = vectorOf(text, dimensions)
      const embedding =
        body['encoding_format'] === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
      return { object: 'embedding', index, embedding }
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function asText(input: unknown): string {
  return typeof input === 'string' ? input : Array.isArray(input) ? JSON.stringify(input) : ''
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  for (let block = 0; block * 8 < dimensions; block++) {
    const digest = createHash('sha256').update(`${block}:${text}`).digest()
    for (let at = 0; at < 8 && block * 8 + at < dimensions; at++) {
      vector[block * 8 + at] = digest.readInt32LE(at * 4) / 2 ** 31
    }
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}
