import type { CacheMark, HubRequest } from '../hub.ts'
import type { ModelProfile } from '../models/profile.ts'

export type EncodeCacheMark = (mark?: CacheMark) => Record<string, unknown>

/** Cache marks for models that know them: only the last four count, in OpenAI's own spelling. */
export function cacheMarks(request: HubRequest, profile: ModelProfile): EncodeCacheMark {
  if (!profile.cacheBreakpoints) return () => ({})
  const count = request.turns
    .flatMap((turn) => turn.parts)
    .filter((part) => 'cache' in part && part.cache !== undefined).length
  let seen = 0
  return (mark) => {
    if (mark === undefined) return {}
    seen += 1
    return count - seen < 4 ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}
  }
}
