/**
 * JSON Schema as models take it for tools and structured output: the part of draft 2020-12 that both vendors document.
 * Says what is wrong in sentences. No code is made from schemas, so it works under the window's content security policy;
 * a keyword that is not known here restricts nothing.
 */

export interface SchemaIssue {
  /** Where, e.g. `$.items[2].price`. */
  path: string
  message: string
}

type Schema = Readonly<Record<string, unknown>>

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
/** Schemas nest; a schema that refers to itself without an end must not. */
const MOST_DEPTH = 64

/** What is wrong with a schema itself: words that no reader would understand. */
export function schemaIssues(schema: unknown, path = '$', depth = 0): SchemaIssue[] {
  if (typeof schema === 'boolean') return []
  if (!isObject(schema)) return [{ path, message: 'A schema is an object.' }]
  if (depth > MOST_DEPTH) return [{ path, message: 'The schema is nested too deep.' }]
  const issues: SchemaIssue[] = []
  const { type, required, properties, items } = schema
  for (const name of type === undefined ? [] : Array.isArray(type) ? type : [type]) {
    if (!TYPES.includes(String(name))) {
      issues.push({ path: `${path}.type`, message: `"${String(name)}" is no type; there are ${TYPES.join(', ')}.` })
    }
  }
  if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === 'string'))) {
    issues.push({ path: `${path}.required`, message: '`required` is a list of property names.' })
  }
  if (schema['enum'] !== undefined && !Array.isArray(schema['enum'])) {
    issues.push({ path: `${path}.enum`, message: '`enum` is a list of values.' })
  }
  if (properties !== undefined && !isObject(properties)) {
    issues.push({ path: `${path}.properties`, message: '`properties` is an object: name → schema.' })
  }
  const inner = (value: unknown, at: string): void => void issues.push(...schemaIssues(value, at, depth + 1))
  if (isObject(properties)) {
    for (const [name, value] of Object.entries(properties)) inner(value, `${path}.properties.${name}`)
    for (const name of Array.isArray(required) ? required : []) {
      if (typeof name === 'string' && !Object.hasOwn(properties, name)) {
        issues.push({ path: `${path}.required`, message: `"${name}" is required, but there is no such property.` })
      }
    }
  }
  if (items !== undefined) inner(items, `${path}.items`)
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const list = schema[word]
    if (list === undefined) continue
    if (!Array.isArray(list)) issues.push({ path: `${path}.${word}`, message: `\`${word}\` is a list of schemas.` })
    else list.forEach((value, index) => inner(value, `${path}.${word}[${index}]`))
  }
  for (const word of ['$defs', 'definitions']) {
    const defs = schema[word]
    if (isObject(defs)) for (const [name, value] of Object.entries(defs)) inner(value, `${path}.${word}.${name}`)
  }
  return issues
}

/** Where a value does not fit a schema; empty: it fits. */
export function valueIssues(value: unknown, schema: Schema): SchemaIssue[] {
  return check(value, schema, '$', { root: schema, depth: 0 })
}

interface Scope {
  root: Schema
  depth: number
}

function check(value: unknown, schema: unknown, path: string, scope: Scope): SchemaIssue[] {
  if (schema === true || scope.depth > MOST_DEPTH) return []
  if (schema === false) return [{ path, message: 'Nothing may stand here.' }]
  if (!isObject(schema)) return []
  const deeper = { ...scope, depth: scope.depth + 1 }
  const issues: SchemaIssue[] = []
  const say = (message: string): void => void issues.push({ path, message })

  const { $ref, type, const: constant } = schema
  if (typeof $ref === 'string') issues.push(...check(value, resolved($ref, scope.root), path, deeper))
  const types = type === undefined ? [] : (Array.isArray(type) ? type : [type]).map(String)
  if (types.length > 0 && !types.some((name) => isOfType(value, name))) {
    say(`must be ${types.map(withArticle).join(' or ')}, not ${nameOf(value)}`)
    return issues
  }
  if (Array.isArray(schema['enum']) && !schema['enum'].some((one: unknown) => same(one, value))) {
    say(`must be one of ${schema['enum'].map((one) => JSON.stringify(one)).join(', ')}`)
  }
  if (constant !== undefined && !same(constant, value)) say(`must be ${JSON.stringify(constant)}`)
  if (typeof value === 'string') issues.push(...textIssues(value, schema, path))
  if (typeof value === 'number') issues.push(...numberIssues(value, schema, path))
  if (Array.isArray(value)) issues.push(...listIssues(value, schema, path, deeper))
  else if (isObject(value)) issues.push(...objectIssues(value, schema, path, deeper))
  issues.push(...combinedIssues(value, schema, path, deeper))
  return issues
}

function textIssues(value: string, schema: Schema, path: string): SchemaIssue[] {
  const { minLength, maxLength, pattern } = schema
  // Counted in code points, as the standard says.
  const { length } = Array.from(value)
  const issues: SchemaIssue[] = []
  if (typeof minLength === 'number' && length < minLength)
    issues.push({ path, message: `is shorter than ${minLength}` })
  if (typeof maxLength === 'number' && length > maxLength) issues.push({ path, message: `is longer than ${maxLength}` })
  if (typeof pattern === 'string' && !matches(pattern, value)) {
    issues.push({ path, message: `does not match ${pattern}` })
  }
  return issues
}

function numberIssues(value: number, schema: Schema, path: string): SchemaIssue[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const issues: SchemaIssue[] = []
  const bound = (limit: unknown, broken: (limit: number) => boolean, words: string): void => {
    if (typeof limit === 'number' && broken(limit)) issues.push({ path, message: `must be ${words} ${limit}` })
  }
  bound(minimum, (limit) => value < limit, 'at least')
  bound(maximum, (limit) => value > limit, 'at most')
  bound(exclusiveMinimum, (limit) => value <= limit, 'more than')
  bound(exclusiveMaximum, (limit) => value >= limit, 'less than')
  bound(multipleOf, (step) => step > 0 && !Number.isInteger(value / step), 'a multiple of')
  return issues
}

function listIssues(value: readonly unknown[], schema: Schema, path: string, scope: Scope): SchemaIssue[] {
  const { minItems, maxItems, items, prefixItems, uniqueItems } = schema
  const issues: SchemaIssue[] = []
  const first = Array.isArray(prefixItems) ? prefixItems : []
  if (typeof minItems === 'number' && value.length < minItems) {
    issues.push({ path, message: `has fewer than ${minItems} items` })
  }
  if (typeof maxItems === 'number' && value.length > maxItems) {
    issues.push({ path, message: `has more than ${maxItems} items` })
  }
  if (uniqueItems === true && value.some((one, at) => value.slice(0, at).some((other) => same(one, other)))) {
    issues.push({ path, message: 'has an item twice' })
  }
  value.forEach((item, index) => {
    const of: unknown = index < first.length ? first[index] : items
    if (of !== undefined) issues.push(...check(item, of, `${path}[${index}]`, scope))
  })
  return issues
}

function objectIssues(value: Schema, schema: Schema, path: string, scope: Scope): SchemaIssue[] {
  const { required, additionalProperties } = schema
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const issues: SchemaIssue[] = []
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) issues.push({ path, message: `lacks "${name}"` })
  }
  for (const [name, item] of Object.entries(value)) {
    const at = /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`
    if (Object.hasOwn(properties, name)) issues.push(...check(item, properties[name], at, scope))
    else if (additionalProperties === false) issues.push({ path: at, message: 'is not in the schema' })
    else if (additionalProperties !== undefined) issues.push(...check(item, additionalProperties, at, scope))
  }
  return issues
}

function combinedIssues(value: unknown, schema: Schema, path: string, scope: Scope): SchemaIssue[] {
  const { allOf, anyOf, oneOf, not } = schema
  const issues: SchemaIssue[] = []
  for (const one of Array.isArray(allOf) ? allOf : []) issues.push(...check(value, one, path, scope))
  const fitting = (list: readonly unknown[]): number =>
    list.filter((one) => check(value, one, path, scope).length === 0).length
  if (Array.isArray(anyOf) && fitting(anyOf) === 0) issues.push({ path, message: 'fits none of the alternatives' })
  if (Array.isArray(oneOf)) {
    const count = fitting(oneOf)
    if (count !== 1) {
      issues.push({ path, message: count === 0 ? 'fits none of the alternatives' : `fits ${count} alternatives` })
    }
  }
  if (not !== undefined && check(value, not, path, scope).length === 0) issues.push({ path, message: 'is excluded' })
  return issues
}

/** `#/$defs/name` in the schema itself; nothing is fetched. */
function resolved(ref: string, root: Schema): unknown {
  if (!ref.startsWith('#')) return true
  let node: unknown = root
  for (const key of ref.slice(1).split('/').filter(Boolean)) {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return true
    node = (node as Record<string, unknown>)[name]
  }
  return node
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    default:
      return typeof value === type
  }
}

function nameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return withArticle(typeof value)
}

function withArticle(type: string): string {
  return type === 'null' ? type : `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`
}

/** A pattern that the engine cannot read restricts nothing. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (a === 0 && b === 0)) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
  }
  if (!isObject(a) || !isObject(b) || Array.isArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
