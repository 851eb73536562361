import type { Usage } from '../../hub.ts'
import { type Fields, isFields } from './fields.ts'

/**
 * Anthropic's counts as they come in: those of `message_delta` are cumulative and replace those of `message_start`,
 * field by field, where they are present.
 */
export class UsageReader {
  #counts: Fields = {}

  read(usage: unknown): void {
    if (!isFields(usage)) return
    const present = Object.entries(usage).filter(([, value]) => value !== null && value !== undefined)
    this.#counts = { ...this.#counts, ...Object.fromEntries(present) }
  }

  /** Neutral counts: `input` includes what was read from and written to the cache. Undefined when nothing came. */
  get usage(): Usage | undefined {
    if (Object.keys(this.#counts).length === 0) return undefined
    const fresh = count(this.#counts['input_tokens'])
    const cached = count(this.#counts['cache_read_input_tokens'])
    const cacheWrite = count(this.#counts['cache_creation_input_tokens'])
    const kept = this.#counts['cache_creation']
    const cacheWrite1h = isFields(kept) ? count(kept['ephemeral_1h_input_tokens']) : undefined
    const output = count(this.#counts['output_tokens'])
    const details = this.#counts['output_tokens_details']
    const reasoning = isFields(details) ? count(details['thinking_tokens']) : undefined
    return {
      ...(fresh === undefined ? {} : { input: fresh + (cached ?? 0) + (cacheWrite ?? 0) }),
      ...(cached === undefined ? {} : { cached }),
      ...(cacheWrite === undefined ? {} : { cacheWrite }),
      ...(cacheWrite1h === undefined || cacheWrite1h === 0 ? {} : { cacheWrite1h }),
      ...(output === undefined ? {} : { output }),
      ...(reasoning === undefined ? {} : { reasoning }),
    }
  }
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Counts in Anthropic's form. Its SDKs need numbers, so an unknown count is zero. */
export function encodeUsage(usage: Usage | undefined): Fields {
  const cached = usage?.cached ?? 0
  const cacheWrite = usage?.cacheWrite ?? 0
  return {
    input_tokens: Math.max(0, (usage?.input ?? 0) - cached - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
    output_tokens: usage?.output ?? 0,
    ...(usage?.reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  }
}
