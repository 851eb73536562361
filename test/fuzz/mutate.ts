import * as fc from 'fast-check'

/** What programs trip over. */
const strange = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1e308,
  '',
  '__proto__',
  'constructor',
  '\u0000\r\n',
  '\ud800',
  '../../etc/passwd',
  [],
  {},
  [[]],
  JSON.parse('{"__proto__":{"x":1},"toString":1,"valueOf":2}'),
  'x'.repeat(8192),
)
const anything = fc.oneof(strange, fc.jsonValue({ maxDepth: 3 }))

interface Change {
  kind: 'replace' | 'remove' | 'repeat' | 'rename' | 'wrap'
  /** Which node, counted through the whole value. */
  at: number
  value: unknown
  name: string
}
const changes = fc.array(
  fc.record<Change>({
    kind: fc.constantFrom('replace', 'remove', 'repeat', 'rename', 'wrap'),
    at: fc.nat(10_000),
    value: anything,
    name: fc.constantFrom('type', 'role', 'content', 'id', 'name', 'input', '__proto__', 'x'),
  }),
  { minLength: 1, maxLength: 4 },
)

type Holder = Record<string | number, unknown>

function places(value: unknown, found: [Holder, string | number][] = []): [Holder, string | number][] {
  if (typeof value !== 'object' || value === null) return found
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    found.push([value as Holder, key])
    places((value as Holder)[key], found)
  }
  return found
}

function apply(value: unknown, change: Change): void {
  const all = places(value)
  const [holder, key] = all[change.at % Math.max(all.length, 1)] ?? []
  if (holder === undefined || key === undefined) return
  const old = holder[key]
  switch (change.kind) {
    case 'replace':
      holder[key] = change.value
      return
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete holder[key]
      return
    case 'repeat':
      if (Array.isArray(holder)) holder.splice(Number(key), 0, structuredClone(old))
      else holder[key] = [old, structuredClone(old)]
      return
    case 'rename':
      if (Array.isArray(holder)) holder.reverse()
      else {
        delete holder[key]
        Object.defineProperty(holder, change.name, { value: old, enumerable: true, configurable: true, writable: true })
      }
      return
    case 'wrap':
      holder[key] = { [change.name]: old }
  }
}

/** One of these values with a few of its nodes replaced, removed, doubled, renamed or wrapped. */
export function mutatedJson(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...samples), changes).map(([sample, list]) => {
    const value = structuredClone(sample)
    // What is put in may be changed by a later change.
    for (const change of list) apply(value, structuredClone(change))
    return value
  })
}

const edits = fc.array(
  fc.record({
    at: fc.nat(1_000_000),
    drop: fc.nat(12),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom('\n', '\r', '\r\n\r\n', '\0', ':', 'data: ', '{', '}', '"', '\\u', '- ', '&a ', '*a', '${', 'é'),
    ),
  }),
  { minLength: 1, maxLength: 5 },
)

/** One of these texts with bytes dropped and put in, anywhere, also inside a character. */
export function mutatedBytes(samples: readonly (string | Uint8Array)[]): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.constantFrom(...samples), edits).map(([sample, list]) => {
    let bytes = Buffer.from(sample as string)
    for (const { at, drop, insert } of list) {
      const from = at % (bytes.length + 1)
      bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(insert as string), bytes.subarray(from + drop)])
    }
    return bytes
  })
}
