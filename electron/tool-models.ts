import type { Configuration } from './config/configuration.ts'
import type { FoundDeployment } from './proxy/discovery.ts'
import { listModels } from './routing/list-models.ts'
import { resolve } from './routing/resolve.ts'
import type { ChosenModel } from './tools/tool.ts'

/** Vendors list every model that they have; more than these are not offered. */
const MOST_FOUND = 100
/** What is no conversation is of no use to a tool. */
const NO_CONVERSATION = /embed|dall-e|image|whisper|tts|transcribe|sora|realtime|audio/i

/** The names that local tools may be given: those of the configuration, then those that the resources list. */
export function toolModels(configuration: Configuration, found: readonly FoundDeployment[]): ChosenModel[] {
  const listed = listModels(configuration).map(({ id, profile }) => describe(id, profile))
  const known = new Set(listed.map(({ name }) => name.toLowerCase()))
  const others = found
    .filter(({ id, model }) => !known.has(id.toLowerCase()) && !NO_CONVERSATION.test(`${id} ${model ?? ''}`))
    .slice(0, MOST_FOUND)
    .flatMap(({ id }) => {
      const { route } = resolve(id, 'chat', configuration)
      return route === undefined ? [] : [describe(id, route.profile)]
    })
  return [...listed, ...others]
}

function describe(
  name: string,
  { contextWindow, outputCap }: { contextWindow?: number; outputCap?: number },
): ChosenModel {
  return {
    name,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(outputCap === undefined ? {} : { outputCap }),
  }
}
