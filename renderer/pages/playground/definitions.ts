/** Tools and formats as they are written: checked in place, and samples to begin with. */
import { schemaIssues } from '../../../shared/json-schema.ts'
import type { FormatDefinition, ToolDefinition } from '../../../shared/playground.ts'

export interface ParsedSchema {
  schema?: Record<string, unknown>
  /** What is wrong, as a sentence. */
  error?: string
}

/** A JSON schema of an object, from its text. */
export function parseSchema(text: string): ParsedSchema {
  let schema: unknown
  try {
    schema = JSON.parse(text)
  } catch (error) {
    return { error: `This is no JSON: ${placeOf(error, text)}` }
  }
  const [issue] = schemaIssues(schema)
  if (issue) return { error: `${issue.path}: ${issue.message}` }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return { error: 'A schema is an object.' }
  if (!('type' in schema) || schema.type !== 'object') return { error: 'At the top there must be "type": "object".' }
  return { schema }
}

/** The engine's own sentence, with the line in place of an offset. */
function placeOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error)
  const at = /at position (\d+)/.exec(message)?.[1]
  const sentence = message.replace(/ in JSON at position.*$| at position.*$/s, '').replace(/, "[\s\S]*$/, '')
  if (at === undefined) return `${sentence}.`
  return `${sentence}, line ${text.slice(0, Number(at)).split('\n').length}.`
}

/** What is wrong with a tool's name, if anything. */
export function nameError(name: string, others: readonly string[]): string | undefined {
  if (name === '') return 'A tool needs a name.'
  if (!/^[\w-]{1,64}$/.test(name)) return 'Letters, digits, _ and - only, at most 64.'
  return others.includes(name) ? 'Another tool has this name.' : undefined
}

export const SAMPLE_TOOL: ToolDefinition = {
  name: 'get_weather',
  description: 'Tells the weather at a place now.',
  parameters: JSON.stringify(
    {
      type: 'object',
      properties: { city: { type: 'string', description: 'Name of the city' } },
      required: ['city'],
      additionalProperties: false,
    },
    null,
    2,
  ),
  answer: '{ "city": "{{city}}", "celsius": 21, "sky": "clear" }',
  automatic: false,
  on: true,
}

export const EMPTY_TOOL: ToolDefinition = {
  name: '',
  description: '',
  parameters: JSON.stringify({ type: 'object', properties: {}, additionalProperties: false }, null, 2),
  answer: '',
  automatic: false,
  on: true,
}

export const SAMPLE_FORMAT: FormatDefinition = {
  name: 'answer',
  schema: JSON.stringify(
    {
      type: 'object',
      properties: {
        summary: { type: 'string' },
        points: { type: 'array', items: { type: 'string' } },
      },
      required: ['summary', 'points'],
      additionalProperties: false,
    },
    null,
    2,
  ),
  strict: true,
  on: true,
}
