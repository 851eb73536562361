/**
 * The answer of a tool from its template: text or JSON with `{{argument}}` in it, where a dotted path reaches into
 * objects and lists (`{{items.0.name}}`) and `{{arguments}}` is all of them. Nothing is run.
 */

const PLACE = /\{\{\s*([\w.$-]+)\s*\}\}/g
/** A template that is one place alone. */
const WHOLE = /^\{\{\s*([\w.$-]+)\s*\}\}$/

export interface FilledAnswer {
  text: string
  /** Places for which the call has no argument. */
  missing: string[]
}

/** @param callArguments JSON as the model wrote it; anything else counts as no arguments */
export function fillAnswer(template: string, callArguments: string): FilledAnswer {
  const values = parsed(callArguments)
  const missing: string[] = []
  const valueAt = (path: string): unknown => {
    const value = path === 'arguments' ? values : at(values, path)
    if (value === undefined) missing.push(path)
    return value
  }
  const json = parsed(template)
  if (typeof json === 'object' && json !== null) {
    return { text: JSON.stringify(filledJson(json, valueAt)), missing }
  }
  const text = template.replace(PLACE, (_written, path: string) => asText(valueAt(path)))
  return { text, missing }
}

/** In JSON a string that is one place alone becomes the value itself, whatever its type. */
function filledJson(node: unknown, valueAt: (path: string) => unknown): unknown {
  if (typeof node === 'string') {
    const whole = WHOLE.exec(node)?.[1]
    if (whole !== undefined) return valueAt(whole) ?? null
    return node.replace(PLACE, (_written, path: string) => asText(valueAt(path)))
  }
  if (Array.isArray(node)) return node.map((item: unknown) => filledJson(item, valueAt))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, filledJson(value, valueAt)]))
}

function at(values: unknown, path: string): unknown {
  let value = values
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function asText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
