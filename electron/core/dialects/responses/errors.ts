import type { HubError } from '../../hub.ts'
import { errorBody } from '../../openai/errors.ts'
import type { Fields } from '../../openai/fields.ts'
import { formatEvent } from '../../sse.ts'

/**
 * Fields of an `error` event. The published schema has them flat, OpenAI sends them nested, and clients read either:
 * so both are there.
 */
export function errorFields(error: HubError): Fields {
  const { error: body } = errorBody(error)
  const { message, code, param } = body
  return { code, message, param, error: body }
}

/** The error inside a stream whose number of events is not known. */
export function encodeErrorEvent(error: HubError): string {
  return formatEvent('error', JSON.stringify({ type: 'error', sequence_number: 0, ...errorFields(error) }))
}
