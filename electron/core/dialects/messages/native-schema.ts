import type { LossList } from '../../loss-list.ts'
import { type Fields, isFields } from './fields.ts'

/**
 * Keywords that Claude's structured output refuses with a 400 (platform.claude.com, "Structured outputs", read
 * 2026-11-20). They become words in the description: the model reads them, the API does not enforce them.
 */
const notEnforced = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'patternProperties',
] as const

const mapsOfSchemas = ['properties', '$defs', 'definitions'] as const
const listsOfSchemas = ['anyOf', 'allOf'] as const

/** A JSON schema as `output_config.format` takes it: closed objects, no keyword that is refused. */
export function nativeSchema(schema: Fields, path: string, losses: LossList): Fields {
  const native: Fields = { ...schema }
  if (Array.isArray(native['oneOf']) && native['anyOf'] === undefined) {
    native['anyOf'] = native['oneOf']
    delete native['oneOf']
  }
  for (const key of mapsOfSchemas) {
    const map = native[key]
    if (isFields(map)) {
      native[key] = Object.fromEntries(
        Object.entries(map).map(([name, value]) => [name, isFields(value) ? nativeSchema(value, path, losses) : value]),
      )
    }
  }
  for (const key of listsOfSchemas) {
    const list = native[key]
    if (Array.isArray(list)) {
      native[key] = list.map((value: unknown) => (isFields(value) ? nativeSchema(value, path, losses) : value))
    }
  }
  if (isFields(native['items'])) native['items'] = nativeSchema(native['items'], path, losses)
  if (native['type'] === 'object' || isFields(native['properties'])) {
    if (native['additionalProperties'] !== undefined && native['additionalProperties'] !== false) {
      losses.degraded(path, 'Claude writes only the properties that the schema names.')
    }
    native['additionalProperties'] = false
  }
  const words = notEnforced.flatMap((key) => takeOut(native, key))
  // A list may be required to have one entry, not more.
  if (typeof native['minItems'] === 'number' && native['minItems'] > 1) words.push(...takeOut(native, 'minItems'))
  if (words.length > 0) {
    losses.degraded(path, 'Limits on values and lengths are told to the model but not enforced.')
    const description = typeof native['description'] === 'string' ? `${native['description']} ` : ''
    native['description'] = `${description}(${words.join(', ')})`
  }
  return native
}

function takeOut(schema: Fields, key: string): string[] {
  const value = schema[key]
  if (value === undefined) return []
  delete schema[key]
  return [`${key}: ${JSON.stringify(value)}`]
}
