import { isDeepStrictEqual } from 'node:util'
import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import {
  changed,
  lineAt,
  lineBreakOf,
  pending,
  UnreadableText,
  valueAt,
  type Change,
  type PathPart,
  type SettingPath,
  type SettingsFormat,
  type SettingValue,
} from './setting.ts'

/**
 * YAML. Where it can be done, the text itself is changed at the place of the value, so that not even the spacing of
 * other lines differs; else the document is changed and written again, with its comments.
 */
export const yamlSettings: SettingsFormat = {
  read: (text) => documentOf(text).toJS() as unknown,
  change(text, changes) {
    const before = this.read(text) ?? {}
    const expected = changed(before, changes)
    let result = text
    for (const change of pending(before, changes)) result = inText(result, change) ?? inDocument(result, change)
    if (!isDeepStrictEqual(this.read(result), expected)) {
      throw new Error('the change would touch other settings')
    }
    return result
  },
}

function documentOf(text: string): Document.Parsed {
  const document = parseDocument(text)
  const [first] = document.errors
  if (first !== undefined) {
    throw new UnreadableText(first.message.split('\n')[0]!.replace(/ at line .*$/, ''), lineAt(text, first.pos[0]))
  }
  return document
}

/** The changed text; undefined where the shape of the document asks for more than a line in its place. */
function inText(text: string, { path, value }: Change): string | undefined {
  const document = documentOf(text)
  if (value === undefined) return withoutEntry(text, document, path)
  let node: unknown = document.contents
  for (const [depth, part] of path.entries()) {
    const next = childOf(node, part)
    if (next === undefined) return inserted(text, node, path.slice(depth), value)
    node = next
  }
  if (!isScalar(node) || node.range == null || typeof value === 'object') return undefined
  return text.slice(0, node.range[0]) + stringify(value, { lineWidth: 0 }).trimEnd() + text.slice(node.range[1])
}

/** Without the lines of an entry, if its map or list is a block and has others. */
function withoutEntry(text: string, document: Document, path: SettingPath): string | undefined {
  let container: unknown
  let node: unknown = document.contents
  for (const part of path) {
    container = node
    node = childOf(node, part)
  }
  if (!(isMap(container) || isSeq(container)) || container.flow === true || container.items.length < 2) return undefined
  const entry: unknown = isMap(container) ? container.items.find(({ value }) => value === node)?.key : node
  const range = (entry as Node | undefined)?.range
  const end = node === undefined ? undefined : endOf(text, node as Node)
  if (range == null || end === undefined) return undefined
  const start = text.lastIndexOf('\n', range[0] - 1) + 1
  // The first entry of a map in a list shares its line with the dash.
  const alone = isSeq(container) ? /^\s*-\s+$/ : /^\s*$/
  return alone.test(text.slice(start, range[0])) ? text.slice(0, start) + text.slice(end) : undefined
}

function childOf(node: unknown, part: PathPart): unknown {
  if (typeof part === 'string') return isMap(node) ? (node.get(part, true) ?? undefined) : undefined
  return isSeq(node) ? node.items.find((item) => isMap(item) && item.get('name') === part.name) : undefined
}

/** A new last entry of a block map or list, indented as its first one. */
function inserted(text: string, container: unknown, path: SettingPath, value: SettingValue): string | undefined {
  const end = lineBreakOf(text)
  const content = changed({}, [{ path: path.slice(1), value }])
  const [part] = path
  if (part === undefined) return undefined
  if (container === null && text.trim() === '' && typeof part === 'string') {
    return block({ [part]: path.length === 1 ? value : content }, '', end)
  }
  if (!(isMap(container) || isSeq(container)) || container.flow === true || container.items.length === 0) {
    return undefined
  }
  const at = endOf(text, container)
  const indent = indentOf(text, container)
  if (at === undefined || indent === undefined) return undefined
  const entry =
    typeof part === 'string'
      ? { [part]: path.length === 1 ? value : content }
      : [path.length === 1 ? value : { name: part.name, ...(content as object) }]
  const lead = at > 0 && text[at - 1] !== '\n' ? end : ''
  return text.slice(0, at) + lead + block(entry, indent, end) + text.slice(at)
}

function block(entry: unknown, indent: string, end: string): string {
  return stringify(entry, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => indent + line + end)
    .join('')
}

/** Offset behind the line on which the last value of a node ends. */
function endOf(text: string, node: Node): number | undefined {
  let last: unknown = node
  while (isMap(last) || isSeq(last)) {
    const item: unknown = last.items.at(-1)
    const inner = isMap(last) ? (item as { value: unknown; key: unknown } | undefined) : undefined
    const next = inner === undefined ? item : (inner.value ?? inner.key)
    if (next === undefined || last.flow === true) break
    last = next
  }
  const range = (last as Node | null)?.range
  if (range == null) return undefined
  if (text[range[1] - 1] === '\n') return range[1]
  const lineEnd = text.indexOf('\n', range[1])
  return lineEnd === -1 ? text.length : lineEnd + 1
}

/** What stands before the first key of a map, or before the first dash of a list. */
function indentOf(text: string, node: YAMLMap | YAMLSeq): string | undefined {
  const first = isMap(node) ? (node.items[0]?.key as Node | undefined) : (node.items[0] as Node | undefined)
  if (first?.range == null) return undefined
  const start = text.lastIndexOf('\n', first.range[0] - 1) + 1
  const before = text.slice(start, first.range[0])
  if (isSeq(node)) return /^(\s*)-\s+$/.exec(before)?.[1]
  // The first key of a list's element stands behind the dash; the others are indented as far.
  return /^[\s-]*$/.test(before) ? before.replace('-', ' ') : undefined
}

function inDocument(text: string, { path, value }: Change): string {
  const document = documentOf(text)
  const whole = changed(document.toJS(), [{ path, ...(value === undefined ? {} : { value }) }])
  if (document.contents === null) return stringify(whole, { lineWidth: 0 })
  // The place of the first part that is not there yet, or of the value itself.
  const keys: (string | number)[] = []
  for (const [depth, part] of path.entries()) {
    const known = childIn(document, keys, part)
    if (known !== undefined) keys.push(known)
    // A key without a value (`models:`) is there, but nothing can be put into it.
    const isEmpty = known !== undefined && document.getIn(keys) == null
    if (known !== undefined && !isEmpty && depth < path.length - 1) continue
    const wanted = document.createNode(valueAt(whole, path.slice(0, depth + 1)))
    if (value === undefined) {
      if (known !== undefined) document.deleteIn(keys)
    } else if (known !== undefined) document.setIn(keys, wanted)
    else if (typeof part === 'string') document.setIn([...keys, part], wanted)
    else document.addIn(keys, wanted)
    break
  }
  return document.toString({ lineWidth: 0 }).replaceAll('\n', lineBreakOf(text))
}

/** The key or index of a part below a node that is there. */
function childIn(document: Document, keys: readonly (string | number)[], part: PathPart): string | number | undefined {
  const node: unknown = keys.length === 0 ? document.contents : document.getIn(keys, true)
  if (typeof part === 'string') return isMap(node) && node.has(part) ? part : undefined
  const at = isSeq(node) ? node.items.findIndex((item) => isMap(item) && item.get('name') === part.name) : -1
  return at === -1 ? undefined : at
}
