import type { Finish } from '../../hub.ts'

/**
 * `finish_reason` → hub. It is derived, not copied: an upstream says `stop` for a forced tool call, and some say
 * `tool_calls` without any.
 */
export function decodeFinish(reason: string, hasCalls: boolean): Finish {
  switch (reason) {
    case 'length':
    case 'max_tokens':
    // Mistral's word for a full window.
    case 'model_length':
      return 'length'
    case 'content_filter':
      return 'filter'
    default:
      return hasCalls ? 'tool' : 'stop'
  }
}

/** Hub → `finish_reason`. */
export function encodeFinish(finish: Finish, hasCalls: boolean): string {
  switch (finish) {
    case 'stop':
    case 'stop_sequence':
    case 'pause':
    case 'tool':
      return hasCalls ? 'tool_calls' : 'stop'
    case 'length':
    case 'context':
      return 'length'
    case 'filter':
    case 'refusal':
      return 'content_filter'
  }
}
