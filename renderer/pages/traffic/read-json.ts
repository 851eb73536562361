/** Reads what came over the wire without trusting its shape: a member of another type counts as absent. */

export type Json = Record<string, unknown>

/** The object that a text holds, or undefined when it is not JSON or not an object. */
export function parseObject(data: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

export function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** The joined `data:` lines of an event, or undefined when there are none. */
export function dataOf(raw: string): string | undefined {
  if (!raw.includes('data:')) return undefined
  const lines = raw.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'))
  if (lines.length === 0) return undefined
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n')
}
