import type { HubError } from '../../hub.ts'
import { errorBody } from '../../openai/errors.ts'
import { formatEvent } from '../../sse.ts'

/** The error inside a stream: one data line, after which nothing follows. */
export function encodeErrorEvent(error: HubError): string {
  return formatEvent(undefined, JSON.stringify(errorBody(error)))
}
