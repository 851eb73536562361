import type { Step } from '../../../shared/exchange.ts'
import { LazuliError } from '../../core/error.ts'
import type { Candidate, Resolution } from '../../routing/resolve.ts'
import { targetOf } from '../../routing/resolve.ts'
import type { Route } from '../../routing/route.ts'
import { needsChat } from './completions.ts'
import type { Operation } from './operation.ts'

/**
 * Of the places that serve a model, those that offer the operation.
 * @param fit what the operation makes of a place
 * @throws LazuliError 404 when there is none
 */
export function offeredOf(
  operation: Operation,
  { candidates, decision, lead }: Resolution,
  fit: (candidate: Candidate) => Candidate,
): Pick<Resolution, 'candidates' | 'decision' | 'lead'> {
  const offering = candidates
    .filter(({ route }) => isOffered(operation, route) && !needsChat(operation, route))
    .map(fit)
  const [first] = offering
  if (first === undefined) throw notOffered(operation, candidates[0]!.route)
  const target = targetOf(first)
  if (offering.length === candidates.length) {
    const before = decision.steps.slice(0, decision.steps.length - candidates[0]!.steps.length)
    return { candidates: offering, lead, decision: { ...decision, target, steps: [...before, ...first.steps] } }
  }
  const others = candidates.filter(({ route }) => !offering.some((one) => one.route === route))
  const without = others.map(({ route }): Step => ({
    verdict: 'skip',
    text: `Instance ${route.instance.name} is left out`,
    why: `It does not offer ${operation.name}`,
  }))
  const only: Step = {
    verdict: 'ok',
    text: `Instance ${first.route.instance.name}`,
    why: 'The only one that offers it',
  }
  const steps = [...lead, ...without]
  return {
    candidates: offering,
    lead: steps,
    decision: { ...decision, target, steps: [...steps, only, ...first.steps] },
  }
}

function isOffered(operation: Operation, { instance }: Route): boolean {
  switch (instance.provider_type) {
    case 'azure':
    case 'simulator':
      return !operation.notOnAzure
    case 'recording':
      return false
    case 'azure-gateway':
      return operation.path === '/embeddings'
    case 'anthropic':
      return false
    default:
      return true
  }
}

function notPlayed(operation: Operation, name: string): LazuliError {
  return new LazuliError({
    code: 'proxy_not_offered',
    status: 404,
    message: `${name} is a recording: it plays conversations, not ${operation.name}.`,
    fix: 'Send this model’s requests to an instance that offers it: add a row for it to the mapping.',
    param: 'model',
  })
}

function notOffered(operation: Operation, { instance }: Route): LazuliError {
  const { provider_type: provider } = instance
  if (provider === 'recording') return notPlayed(operation, instance.name)
  const azure = provider === 'azure' || provider === 'simulator'
  return new LazuliError({
    code: 'proxy_not_offered',
    status: 404,
    message: `${azure ? 'Azure' : provider === 'azure-gateway' ? 'A gateway in Azure’s style' : 'Anthropic'} does not offer ${operation.name}, and the model leads to ${instance.name}.`,
    fix: 'Send this model’s requests to an instance that does: add a row for it to the mapping.',
    param: 'model',
  })
}
