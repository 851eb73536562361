/** What keeps a text from being a request's body. */
export interface JsonProblem {
  message: string
  /** Offset in the text, where it is known. */
  at?: number
}

/** @returns undefined for the text of one JSON object */
export function jsonProblem(text: string): JsonProblem | undefined {
  if (text.trim() === '') return { message: 'A body is a JSON object.' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return placed(error instanceof Error ? error.message : String(error), text)
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? undefined : { message: 'A body is a JSON object.' }
}

/** The engine's own sentence, with line and column in place of an offset. */
function placed(message: string, text: string): JsonProblem {
  const position = /at position (\d+)/.exec(message)?.[1]
  const sentence = message.replace(/,? ?"[\s\S]*$| in JSON at position[\s\S]*$| at position[\s\S]*$/, '')
  const at = position === undefined ? (message.includes('end of JSON') ? text.length : undefined) : Number(position)
  if (at === undefined) return { message: `${sentence}.` }
  const before = text.slice(0, at).split('\n')
  return { message: `${sentence}: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`, at }
}
