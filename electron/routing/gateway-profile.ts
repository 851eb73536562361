import type { ModelProfile } from '../core/models/profile.ts'
import { profileOf } from '../core/models/profiles.ts'

/** Whose answers the gateway really streams, by deployment (azure.md §7.4). */
const STREAMED = /^(?:gpt-|o3)/i

/**
 * What can be asked of a model behind a gateway in Azure's style. Of an OpenAI model what it refuses itself; of others
 * nothing is refused here, for the gateway translates for them. Thoughts are not asked for: the gateway's answers have
 * no place for them.
 */
export function behindGateway(own: ModelProfile, deployment: string): ModelProfile {
  const unknown = profileOf('')
  return {
    ...(own.apis.includes('messages') ? unknown : own),
    family: unknown.family,
    apis: ['responses'],
    structuredOutput: true,
    images: true,
    streams: STREAMED.test(deployment) && own.streams,
  }
}
