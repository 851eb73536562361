import { isDeepStrictEqual } from 'node:util'
import {
  applyEdits,
  findNodeAtLocation,
  modify,
  parse,
  parseTree,
  printParseErrorCode,
  type ParseError,
} from 'jsonc-parser'
import {
  changed,
  lineAt,
  lineBreakOf,
  pending,
  UnreadableText,
  type SettingsFormat,
  type SettingValue,
} from './setting.ts'

/** JSON, with the comments and trailing commas that editors allow in their settings. */
export const jsonSettings: SettingsFormat = {
  read(text) {
    if (text.trim() === '') return {}
    const errors: ParseError[] = []
    const value: unknown = parse(text, errors, { allowTrailingComma: true })
    const [first] = errors
    if (first !== undefined) throw new UnreadableText(wordsOf(first.error), lineAt(text, first.offset))
    return value
  },
  change(text, changes) {
    const before = this.read(text)
    const expected = changed(before, changes)
    let result = text.trim() === '' ? '{}\n' : text
    for (const { path, value } of pending(before, changes)) {
      const keys = path.map((part) => (typeof part === 'string' ? part : part.name))
      const wanted = changed(this.read(result), [{ path, ...(value === undefined ? {} : { value }) }])
      const line = value === undefined ? undefined : withLine(result, keys, value)
      result =
        line !== undefined && isDeepStrictEqual(parse(line, [], { allowTrailingComma: true }), wanted)
          ? line
          : applyEdits(result, modify(result, keys, value, { formattingOptions: formattingOf(result) }))
    }
    if (!isDeepStrictEqual(this.read(result), expected)) {
      throw new Error('the change would touch other settings')
    }
    return result
  },
}

/**
 * A new last property on lines of its own. The library would lay out the property before it anew.
 *
 * @returns undefined where there is such a property already, or where the object does not stand on several lines
 */
function withLine(text: string, keys: readonly string[], value: SettingValue): string | undefined {
  let object = parseTree(text, [], { allowTrailingComma: true })
  let depth = 0
  for (; object !== undefined && depth < keys.length; depth += 1) {
    const inner = findNodeAtLocation(object, [keys[depth]!])
    if (inner === undefined) break
    object = inner
  }
  const last = object?.type === 'object' ? object.children?.at(-1) : undefined
  if (last === undefined || depth === keys.length) return undefined
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, last.offset))?.[1]
  if (indent === undefined) return undefined
  const lastEnd = last.offset + last.length
  const rest = REST_OF_LINE.exec(text.slice(lastEnd))
  if (rest === null) return undefined
  const comma = rest[1] === ','
  const lineEnd = lastEnd + rest[0].length

  const end = lineBreakOf(text)
  const content = changed(undefined, [{ path: keys.slice(depth + 1), value }])
  const written = JSON.stringify(depth + 1 === keys.length ? value : content, null, formattingOf(text).unit)
  const line = `${indent}${JSON.stringify(keys[depth])}: ${written.replaceAll('\n', end + indent)}${comma ? ',' : ''}`
  return `${text.slice(0, lastEnd)}${comma ? '' : ','}${text.slice(lastEnd, lineEnd)}${end}${line}${text.slice(lineEnd)}`
}

/** What may stand behind a property on its line: comments, and a comma among them. */
const REST_OF_LINE = /^[ \t]*(?:\/\*[^\n]*?\*\/[ \t]*)*(,?)[ \t]*(?:\/\*[^\n]*?\*\/[ \t]*)*(?:\/\/[^\r\n]*)?(?=\r?\n)/

/** `CommaExpected` as words. */
function wordsOf(error: ParseError['error']): string {
  return printParseErrorCode(error).replaceAll(
    /([a-z])([A-Z])/g,
    (_match, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  )
}

/** As the file is indented already; two spaces where it does not show. */
function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string; unit: string } {
  const unit = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  return { insertSpaces: !unit.startsWith('\t'), tabSize: unit.length, eol: lineBreakOf(text), unit }
}
