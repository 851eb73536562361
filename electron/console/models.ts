import type { ModelChoice } from '../../shared/contract.ts'
import { listModels, type ListedModel } from '../routing/list-models.ts'
import { os } from './context.ts'
import { takesOf } from './model-takes.ts'

export const models = {
  choices: os.models.choices.handler(({ context }) => listModels(context.configuration.current()).map(choiceOf)),
  resolve: os.models.resolve.handler(({ context, input }) => context.explain(input.model, input.dialect)),
}

/** What the playground may offer for a model: only what the deployment takes. */
function choiceOf(model: ListedModel): ModelChoice {
  const { profile } = model
  return {
    name: model.id,
    instance: model.instance,
    deployment: model.deployment,
    api: model.api,
    takes: takesOf(profile, model.api, []),
    facts: [],
    ...(profile.outputCap === undefined ? {} : { outputCap: profile.outputCap }),
    ...(profile.contextWindow === undefined ? {} : { contextWindow: profile.contextWindow }),
    simulated: model.simulated,
  }
}
