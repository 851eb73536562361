import { DialectId, type Step } from '../../shared/exchange.ts'
import type { Candidate, NameExplanation } from '../../shared/mapping.ts'
import type { ModelFact, ProbeFeature } from '../../shared/model-facts.ts'
import { nearestNames } from '../../shared/nearest-names.ts'
import { knownNames, targetOf } from '../routing/resolve.ts'
import type { Candidate as RoutedCandidate } from '../routing/resolve.ts'
import type { ConsoleContext } from './context.ts'
import { factsOf, keptFacts } from './probe/kept-facts.ts'

/** Where a name leads for callers of each API; what a probe found out about the deployment stands behind the steps. */
export async function explainName(context: ConsoleContext, model: string): Promise<NameExplanation> {
  const configuration = context.configuration.current()
  const kept = keptFacts(context.settings)
  const answers = await Promise.all(
    DialectId.options.map(async (dialect) => {
      const { decision, candidates } = await context.preview(model, dialect)
      const { target } = decision
      const warnings = target === undefined ? [] : factsOf(kept, target).flatMap(warningOf)
      return {
        dialect,
        decision: { ...decision, steps: [...decision.steps, ...warnings] },
        candidates: candidates.map(shown),
      }
    }),
  )
  const known = knownNames(configuration)
  const isKnown = known.some((name) => name.toLowerCase() === model.trim().toLowerCase())
  return {
    model,
    answers,
    nearest: isKnown ? [] : nearestNames(model, known),
    strategy: configuration.config.routing.strategy,
  }
}

function shown(candidate: RoutedCandidate): Candidate {
  const { providerType: _type, ...target } = targetOf(candidate)
  return target
}

const SUBJECTS: Record<ProbeFeature, string> = {
  stream: 'Streaming',
  tools: 'Tools',
  schema: 'Structured output',
  image: 'Images',
  thinking: 'Thinking',
  count_tokens: 'Counting of tokens',
}

function warningOf({ feature, verdict, reason, at }: ModelFact): Step[] {
  // That a count is an estimate changes nothing for a request.
  if (verdict === 'works' || feature === 'count_tokens') return []
  const word = verdict === 'refused' ? 'refused' : 'not supported'
  const day = new Date(at).toISOString().slice(0, 10)
  return [{ verdict: 'warn', text: `${SUBJECTS[feature]}: ${word} by the deployment`, why: `${reason} Probed ${day}.` }]
}
