import { isObject, listOf, objectOf, textOf, type JsonObject } from './json.ts'

export interface SampleOptions {
  /** What the user wrote; free text fields get it. */
  text: string
  /** Fill every property, or only the required ones? */
  fill: 'all' | 'required'
}

const MAX_DEPTH = 8
/** Values in one sample; a schema that refers to itself many times would else grow without end. */
const MAX_VALUES = 500

/** A value that fits a JSON schema, as far as simple means go. */
export function sampleFromSchema(schema: unknown, options: SampleOptions): unknown {
  return sample(schema, options, { root: schema, depth: 0, name: '', budget: { left: MAX_VALUES } })
}

interface Place {
  root: unknown
  depth: number
  /** Name of the property that is filled. */
  name: string
  budget: { left: number }
}

function sample(schema: unknown, options: SampleOptions, place: Place): unknown {
  const node = followed(schema, place.root)
  if (place.depth > MAX_DEPTH || place.budget.left <= 0) return null
  place.budget.left -= 1
  if ('const' in node) return node['const']
  if (Array.isArray(node['enum']) && node['enum'].length > 0) return node['enum'][0]
  if ('default' in node) return node['default']
  if (listOf(node['examples']).length > 0) return listOf(node['examples'])[0]
  const alternatives = [...listOf(node['anyOf']), ...listOf(node['oneOf'])]
  if (alternatives.length > 0) return sample(alternatives[0], options, deeper(place))
  const parts = listOf(node['allOf'])
  if (parts.length > 0) {
    const own = isObject(node['properties']) ? [{ ...node, allOf: [] }] : []
    const values = [...parts, ...own].map((part) => sample(part, options, deeper(place)))
    return values.every(isObject) ? Object.assign({}, ...values) : values[0]
  }
  return ofType(node, options, place)
}

function ofType(node: JsonObject, options: SampleOptions, place: Place): unknown {
  const type = Array.isArray(node['type']) ? node['type'].find((one) => one !== 'null') : node['type']
  switch (type ?? (isObject(node['properties']) ? 'object' : 'string')) {
    case 'object':
      return sampleObject(node, options, place)
    case 'array': {
      const count = Math.max(1, Math.min(5, Number(node['minItems'] ?? 1)))
      return Array.from({ length: count }, () => sample(node['items'], options, deeper(place)))
    }
    case 'integer':
    case 'number':
      return sampleNumber(node, type === 'integer')
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return sampleText(node, options, place.name)
  }
}

function sampleObject(node: JsonObject, options: SampleOptions, place: Place): JsonObject {
  const properties = objectOf(node['properties'])
  const required = listOf(node['required']).filter((name) => typeof name === 'string')
  const names = options.fill === 'all' || required.length === 0 ? Object.keys(properties) : required
  return Object.fromEntries(names.map((name) => [name, sample(properties[name], options, { ...deeper(place), name })]))
}

function sampleNumber(node: JsonObject, whole: boolean): number {
  const least = Number(node['minimum'] ?? -Infinity)
  const above = Number(node['exclusiveMinimum'] ?? -Infinity)
  const most = Number(node['maximum'] ?? Infinity)
  const below = Number(node['exclusiveMaximum'] ?? Infinity)
  const step = Number(node['multipleOf'] ?? 0) > 0 ? Number(node['multipleOf']) : whole ? 1 : 0.5
  const low = Math.max(least, above + (above === -Infinity ? 0 : step))
  const high = Math.min(most, below - (below === Infinity ? 0 : step))
  const near = Math.min(Math.max(1, low), high)
  if (!whole && node['multipleOf'] === undefined) return near
  const up = Math.ceil(near / step) * step
  return up <= high ? up : Math.floor(near / step) * step
}

/** Values that do no harm when a tool is really run with them. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/url|uri|link/i, 'https://example.com/'],
  [/path|file|dir/i, 'README.md'],
  [/command|cmd|shell|script/i, 'echo simulated'],
  [/city|location|place|country/i, 'Paris'],
  [/e-?mail/i, 'ada@example.com'],
  [/date|day/i, '2026-01-31'],
  [/unit/i, 'celsius'],
]
const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '127.0.0.1',
}

function sampleText(node: JsonObject, options: SampleOptions, name: string): string {
  const format = BY_FORMAT[textOf(node['format'])]
  if (format !== undefined) return format
  const quoted = /["“«]([^"”»]{1,200})["”»]/.exec(options.text)?.[1]
  const usual = BY_NAME.find(([pattern]) => pattern.test(name))?.[1]
  const value = quoted ?? usual ?? `simulated ${name || 'text'}`
  const least = Number(node['minLength'] ?? 0)
  const most = Number(node['maxLength'] ?? Infinity)
  return value.padEnd(Math.min(least, 10_000), '.').slice(0, most)
}

function followed(schema: unknown, root: unknown): JsonObject {
  let node = objectOf(schema)
  for (let hops = 0; hops < MAX_DEPTH && typeof node['$ref'] === 'string'; hops++) {
    let target: unknown = root
    for (const step of node['$ref'].replace(/^#\/?/, '').split('/')) {
      if (step !== '') target = objectOf(target)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
    }
    node = objectOf(target)
  }
  return node
}

function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 }
}
