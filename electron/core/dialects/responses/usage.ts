import type { Usage } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'

/** Responses' `usage` → hub. Counts that are missing stay unknown. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined
  const input = isFields(value['input_tokens_details']) ? value['input_tokens_details'] : {}
  const output = isFields(value['output_tokens_details']) ? value['output_tokens_details'] : {}
  const usage: Usage = {}
  const put = (key: keyof Usage, count: unknown): void => {
    if (typeof count === 'number' && Number.isFinite(count) && count >= 0) usage[key] = count
  }
  put('input', value['input_tokens'])
  put('output', value['output_tokens'])
  put('cached', input['cached_tokens'])
  put('cacheWrite', input['cache_write_tokens'])
  put('reasoning', output['reasoning_tokens'])
  return Object.keys(usage).length === 0 ? undefined : usage
}

/** Hub → Responses' `usage`; null where nothing is known. Strict clients want both details with their numbers. */
export function encodeUsage(usage: Usage | undefined): Fields | null {
  if (usage === undefined || (usage.input === undefined && usage.output === undefined)) return null
  const input = usage.input ?? 0
  const output = usage.output ?? 0
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cached ?? 0,
      ...(usage.cacheWrite === undefined ? {} : { cache_write_tokens: usage.cacheWrite }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: input + output,
  }
}
