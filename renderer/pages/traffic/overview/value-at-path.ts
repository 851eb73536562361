/** The value that a path such as `messages[2].content[0].name` names in a body, and how to show it in one line. */

const STEP = /\.?([^.[\]]+)|\[(\d+)\]/g
const SHOWN = 120

/** Undefined when there is nothing at the path. */
export function valueAtPath(body: unknown, path: string): unknown {
  let value = body
  for (const [, name, index] of path.matchAll(STEP)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[name ?? index ?? '']
  }
  return value
}

/** A value in one line, cut where it is long. */
export function inOneLine(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, SHOWN * 2)) : JSON.stringify(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
