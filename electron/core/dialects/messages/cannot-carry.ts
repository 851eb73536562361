/** What a client of another dialect may ask for and Anthropic Messages has no word for. */
import { clientPath } from '../../client-paths.ts'
import type { HubRequest } from '../../hub.ts'
import type { LossList } from '../../loss-list.ts'
import { isStatefulField, statefulField } from '../../openai/stateful-fields.ts'
import { isFields, unsupported } from './fields.ts'

/** Hints and switches that change nothing in an answer of another API. */
const silent = new Set([
  'store',
  'stream_options',
  'stream_options.include_obfuscation',
  'include_obfuscation',
  'safety_identifier',
  'prompt_cache_retention',
  'prompt_cache_options',
  'client_metadata',
  'include',
])

/** Throws LazuliError 400 for what the client would miss without noticing. */
export function refuseUnsupported(request: HubRequest): void {
  if (request.n !== undefined && request.n > 1) {
    throw unsupported('n', 'Anthropic models give one answer per request.', 'Send one request for each.')
  }
  if (request.dialect === 'messages') return
  for (const [path, value] of Object.entries(request.extra)) {
    if (isStatefulField(path) && isSet(value)) throw statefulField(path)
    if (path === 'modalities' && Array.isArray(value) && value.includes('audio')) {
      throw unsupported(path, 'Anthropic models do not speak.', 'Leave audio out of the modalities.')
    }
  }
}

export function declareDropped(request: HubRequest, losses: LossList): void {
  const none = 'Anthropic Messages has no such parameter.'
  const fields = ['seed', 'logitBias', 'logprobs', 'verbosity', 'metadata'] as const
  for (const field of fields) {
    const value = request[field]
    if (isSet(value) && !(isFields(value) && Object.keys(value).length === 0)) {
      losses.dropped(clientPath(request.dialect, field), none)
    }
  }
  for (const field of ['presencePenalty', 'frequencyPenalty'] as const) {
    // Zero is the default, and SDKs like to send it.
    if (request[field] !== undefined && request[field] !== 0) losses.dropped(clientPath(request.dialect, field), none)
  }
  if (request.dialect === 'messages') return
  for (const [path, value] of Object.entries(request.extra)) {
    if (isSet(value) && !silent.has(path) && !isStatefulField(path)) losses.dropped(path, none)
  }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}
