/** JSON values as source text of other languages. */

interface Spelling {
  /** A string, complete with its quotes. */
  text: (value: string) => string
  key: (name: string) => string
  words: { true: string; false: string; null: string }
  /** Stands within braces that open and close in one line. */
  inset: string
}

const TYPESCRIPT: Spelling = {
  text: JSON.stringify,
  // `__proto__: …` in a literal would set the prototype.
  key: (name) =>
    name === '__proto__' ? '["__proto__"]' : /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name),
  words: { true: 'true', false: 'false', null: 'null' },
  inset: ' ',
}

/** Every escape of JSON means the same in a Python string. */
const PYTHON: Spelling = {
  text: JSON.stringify,
  key: (name) => JSON.stringify(name),
  words: { true: 'True', false: 'False', null: 'None' },
  inset: '',
}

/** @param indent spaces before the closing bracket; the first line has none */
export function typescriptLiteral(value: unknown, indent = 0): string {
  return literal(value, TYPESCRIPT, indent)
}

/** @param indent spaces before the closing bracket; the first line has none */
export function pythonLiteral(value: unknown, indent = 0): string {
  return literal(value, PYTHON, indent)
}

const STEP = 2
/** A list or an object that fits here stays in one line. */
const LINE = 80

function literal(value: unknown, spelling: Spelling, indent: number): string {
  if (typeof value === 'string') return spelling.text(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? spelling.words.true : spelling.words.false
  if (typeof value !== 'object' || value === null) return spelling.words.null
  const isList = Array.isArray(value)
  const inner = (indentation: number): string[] =>
    isList
      ? value.map((item: unknown) => literal(item, spelling, indentation))
      : Object.entries(value).map(([name, item]) => `${spelling.key(name)}: ${literal(item, spelling, indentation)}`)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  const parts = inner(indent + STEP)
  if (parts.length === 0) return `${open}${close}`
  const inset = isList ? '' : spelling.inset
  const line = `${open}${inset}${parts.join(', ')}${inset}${close}`
  if (line.length + indent <= LINE && !line.includes('\n')) return line
  const space = ' '.repeat(indent + STEP)
  return `${open}\n${parts.map((part) => `${space}${part},`).join('\n')}\n${' '.repeat(indent)}${close}`
}
