import { LazuliError } from '../../error.ts'
import type { HubRequest, Loss } from '../../hub.ts'
import type { ModelProfile } from '../../models/profile.ts'
import type { EncodeCacheMark } from '../../openai/cache-breakpoints.ts'
import type { ToolNaming } from '../../tool-names.ts'

/** What all steps of encoding one request share. */
export interface EncodeScope {
  request: HubRequest
  profile: ModelProfile
  naming: ToolNaming
  /** Are free-text tools sent as functions with one string? */
  wrapCustom: boolean
  cacheMark: EncodeCacheMark
  /** Notes a loss once per path and reason. */
  lose: (path: string, kind: Loss['kind'], reason: string) => void
}

/**
 * A refusal: the field matters and has no equal in Responses.
 * @param fix the way out
 */
export function unsupported(path: string, message: string, fix: string): LazuliError {
  return new LazuliError({ code: 'unsupported_by_upstream', status: 400, param: path, message, fix })
}
