import { isDeepStrictEqual } from 'node:util'
import { applyEdits, modify, parse, printParseErrorCode, type ParseError } from 'jsonc-parser'
import { changed, lineAt, lineBreakOf, pending, UnreadableText, type SettingsFormat } from './setting.ts'

/** JSON, with the comments and trailing commas that editors allow in their settings. */
export const jsonSettings: SettingsFormat = {
  read(text) {
    if (text.trim() === '') return {}
    const errors: ParseError[] = []
    const value: unknown = parse(text, errors, { allowTrailingComma: true })
    const [first] = errors
    if (first !== undefined) throw new UnreadableText(printParseErrorCode(first.error), lineAt(text, first.offset))
    return value
  },
  change(text, changes) {
    const before = this.read(text)
    const expected = changed(before, changes)
    let result = text.trim() === '' ? '{}\n' : text
    for (const { path, value } of pending(before, changes)) {
      const keys = path.map((part) => (typeof part === 'string' ? part : part.name))
      const edits = modify(result, keys, value, { formattingOptions: formattingOf(text) })
      result = applyEdits(result, edits)
    }
    if (!isDeepStrictEqual(this.read(result), expected)) {
      throw new Error('the change would touch other settings')
    }
    return result
  },
}

/** As the file is indented already; two spaces where it does not show. */
function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol: lineBreakOf(text) }
}
