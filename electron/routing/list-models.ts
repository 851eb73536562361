import type { DialectId } from '../../shared/exchange.ts'
import type { Configuration } from '../config/configuration.ts'
import type { ModelProfile } from '../core/models/profile.ts'
import { knownNames, resolve, type ResolveOptions } from './resolve.ts'
import { simulatedModels } from './simulated-models.ts'

/** A name that can be asked for, and where it leads. */
export interface ListedModel {
  id: string
  instance: string
  deployment: string
  baseModel: string
  /** The API that is spoken upstream for a caller of Chat. */
  api: DialectId
  profile: ModelProfile
  /** Answered by the simulator. */
  simulated: boolean
}

/** The names that configuration or the simulator offer for conversation, each as it resolves; no network is asked. */
export function listModels(configuration: Configuration, options: ResolveOptions = {}): ListedModel[] {
  return knownNames(configuration).flatMap((id) => {
    const { route } = resolve(id, 'chat', configuration, options)
    if (route === undefined) return []
    const simulated = route.instance.provider_type === 'simulator'
    if (simulated && simulatedModels.some(({ name, kind }) => name === route.deployment && kind === 'embeddings')) {
      return []
    }
    return [
      {
        id,
        instance: route.instance.name,
        deployment: route.deployment,
        baseModel: route.baseModel,
        api: route.api,
        profile: route.profile,
        simulated,
      },
    ]
  })
}
