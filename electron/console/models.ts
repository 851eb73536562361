import type { ModelChoice } from '../../shared/model-facts.ts'
import type { DeploymentFacts } from '../../shared/model-facts.ts'
import { listModels, type ListedModel } from '../routing/list-models.ts'
import { os } from './context.ts'
import { explainName } from './explain-name.ts'
import { takesOf } from './model-takes.ts'
import { factsOf, keptFacts } from './probe/kept-facts.ts'
import { probe } from './probe/probe.ts'
import { baseModelOf, servedDeployments } from './served-deployments.ts'

export const models = {
  choices: os.models.choices.handler(({ context }) => {
    const facts = keptFacts(context.settings)
    return listModels(context.configuration.current()).map((model) => choiceOf(model, facts))
  }),
  resolve: os.models.resolve.handler(({ context, input }) => context.explain(input.model, input.dialect)),
  explain: os.models.explain.handler(({ context, input }) => explainName(context, input.model)),
  deployments: os.models.deployments.handler(({ context }) => servedDeployments(context)),
  probe: os.models.probe.handler(async function* ({ context, input, signal }) {
    const { instance, deployment, features } = input
    const baseModel = await baseModelOf(context, { instance, deployment })
    const target = { instance, deployment, ...(baseModel === undefined ? {} : { baseModel }) }
    yield* probe(context, target, features, signal)
  }),
  facts: os.models.facts.handler(({ context }) => keptFacts(context.settings)),
}

/** What the playground may offer for a model: only what the deployment takes. */
function choiceOf(model: ListedModel, kept: readonly DeploymentFacts[]): ModelChoice {
  const { profile } = model
  const facts = factsOf(kept, model)
  return {
    name: model.id,
    instance: model.instance,
    deployment: model.deployment,
    api: model.api,
    takes: takesOf(profile, model.api, facts),
    facts,
    ...(profile.outputCap === undefined ? {} : { outputCap: profile.outputCap }),
    ...(profile.contextWindow === undefined ? {} : { contextWindow: profile.contextWindow }),
    simulated: model.simulated,
  }
}
