import type { Usage } from '../../hub.ts'
import { isFields } from '../../openai/fields.ts'

/** Chat's `usage` → hub. Counts that are missing stay unknown. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined
  const prompt = isFields(value['prompt_tokens_details']) ? value['prompt_tokens_details'] : {}
  const completion = isFields(value['completion_tokens_details']) ? value['completion_tokens_details'] : {}
  const usage: Usage = {}
  const put = (key: keyof Usage, count: unknown): void => {
    if (typeof count === 'number') usage[key] = count
  }
  put('input', value['prompt_tokens'])
  put('output', value['completion_tokens'])
  put('cached', prompt['cached_tokens'])
  put('cacheWrite', prompt['cache_write_tokens'])
  put('reasoning', completion['reasoning_tokens'])
  return usage
}

/** Hub → Chat's `usage`; undefined where nothing is known. The three totals are always numbers. */
export function encodeUsage(usage: Usage | undefined): Record<string, unknown> | undefined {
  if (usage === undefined || (usage.input === undefined && usage.output === undefined)) return undefined
  const input = usage.input ?? 0
  const output = usage.output ?? 0
  const prompt = {
    ...(usage.cached === undefined ? {} : { cached_tokens: usage.cached }),
    ...(usage.cacheWrite === undefined ? {} : { cache_write_tokens: usage.cacheWrite }),
  }
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(Object.keys(prompt).length === 0 ? {} : { prompt_tokens_details: prompt }),
    ...(usage.reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
  }
}
