import { isFields } from './openai/fields.ts'

/**
 * Would OpenAI take this schema with `strict: true`? Every object must list all its properties as required and forbid
 * others. A schema that Anthropic takes often does not, and `strict` would then be refused.
 */
export function isStrictSchema(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrictSchema)
  if (!isFields(schema)) return true
  const type = schema['type']
  const properties = schema['properties']
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined
  if (isObject) {
    if (schema['additionalProperties'] !== false) return false
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    if (isFields(properties) && !Object.keys(properties).every((name) => required.includes(name))) return false
  }
  return Object.entries(schema).every(([key, value]) =>
    key === 'properties' || key === '$defs' || key === 'definitions'
      ? !isFields(value) || Object.values(value).every(isStrictSchema)
      : !subSchemas.has(key) || isStrictSchema(value),
  )
}

const subSchemas = new Set(['items', 'anyOf', 'oneOf', 'allOf', 'prefixItems', 'not'])
