import { Document, LineCounter, isAlias, isNode, isScalar, parseDocument, visit } from 'yaml'
import { ConfigError, type Mistake } from './config-error.ts'
import { isRecord } from './schema-walk.ts'

export interface YamlSource {
  file: string
  value: Record<string, unknown>
  /** Line of the key or value at a path, or of its nearest parent that is in the file. */
  lineOf(path: readonly PropertyKey[]): number | undefined
  /** Does the file itself say something at this path? */
  has(path: readonly PropertyKey[]): boolean
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/**
 * Reads a YAML file with `${NAME}` references.
 *
 * @param env where `${NAME}` is looked up; the value is never repeated in an error
 * @throws ConfigError with the line of each mistake: syntax, an empty file, an unset variable, an alias bomb
 */
export function readYaml(file: string, text: string, env: Readonly<Record<string, string | undefined>>): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const syntax = document.errors.map((error): Mistake => ({
    where: file,
    line: lines.linePos(error.pos[0]).line,
    key: '',
    message: sentenceOf(error.message),
  }))
  if (syntax.length > 0) throw new ConfigError(syntax)

  const missing = [...looseAliases(document, file, lines), ...resolveReferences(document, file, env, lines)]
  if (missing.length > 0) throw new ConfigError(missing)

  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : ''
    // What is left besides is the library's guard against exponential aliases.
    const message = /merge/i.test(reason) ? 'merges (<<) something that is no group of keys' : 'has too many aliases'
    throw new ConfigError([{ where: file, line: 1, key: '', message }])
  }
  if (value === null || value === undefined)
    throw new ConfigError([{ where: file, line: 1, key: '', message: 'is empty' }])
  if (!isRecord(value))
    throw new ConfigError([{ where: file, line: 1, key: '', message: 'must be a group of keys such as "instances:"' }])
  return {
    file,
    value,
    lineOf: (path) => lineOf(document, lines, path),
    has: (path) => keyNodeAt(document, path) !== undefined,
  }
}

/** Aliases that lead nowhere: mostly a key or a pattern that begins with `*` and wants quotes. */
function looseAliases(document: Document.Parsed, file: string, lines: LineCounter): Mistake[] {
  const found: Mistake[] = []
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return
      const line = node.range ? lines.linePos(node.range[0]).line : undefined
      found.push({ where: file, ...(line === undefined ? {} : { line }), key: '', message: ALIAS })
    },
  })
  return found
}

function resolveReferences(
  document: Document.Parsed,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  lines: LineCounter,
): Mistake[] {
  const missing: Mistake[] = []
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string' || !node.value.includes('${')) return
      node.value = node.value.replace(REFERENCE, (whole, name: string) => {
        const found = env[name]
        if (found !== undefined) return found
        const line = node.range ? lines.linePos(node.range[0]).line : undefined
        missing.push({
          where: file,
          ...(line === undefined ? {} : { line }),
          key: '',
          message: `the environment variable ${name} is not set`,
        })
        return whole
      })
    },
  })
  return missing
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const keyNode = keyNodeAt(document, path.slice(0, length))
    if (keyNode !== undefined) return lines.linePos(keyNode).line
  }
  return 1
}

/** Offset of the key (in a map) or the item (in a list) at `path`. */
function keyNodeAt(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const last = path.at(-1)
  const holder = isAlias(parent) ? parent.resolve(document) : parent
  if (!isNode(holder) || !('items' in holder)) return undefined
  for (const item of holder.items) {
    const key: unknown = (item as { key?: unknown }).key
    if (isScalar(key) && key.value === last && key.range) return key.range[0]
  }
  const item: unknown = typeof last === 'number' ? holder.items[last] : undefined
  return isNode(item) && item.range ? item.range[0] : undefined
}

const ALIAS = 'a text that begins with * is an alias, and this one has no anchor; put it in quotes'

/** The parser's sentences that repeat what stands in the file, which may be a secret, and what is said instead. */
const REPEATING: readonly (readonly [RegExp, string])[] = [
  [/\btags?\b/i, 'a text that begins with ! is a tag, and this one is not known; put it in quotes'],
  [/alias|anchor/i, ALIAS],
  [/block scalar header/i, 'a text that begins with | or > is a block; put it in quotes'],
  [/directive/i, 'a line that begins with % is a directive, and this one is not known'],
  [/escape sequence/i, 'the text has an escape sequence that is not known'],
  [/unresolved plain scalar|already set/i, 'cannot be read'],
]

function sentenceOf(message: string): string {
  return REPEATING.find(([pattern]) => pattern.test(message))?.[1] ?? message.split('\n')[0]!
}
