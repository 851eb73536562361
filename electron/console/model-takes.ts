/** What the window may offer for a deployment: what its family takes, corrected by what was found out about it. */
import type { ModelFact, ModelTakes, ProbeFeature } from '../../shared/model-facts.ts'
import type { DialectId } from '../../shared/exchange.ts'
import type { ModelProfile } from '../core/models/profile.ts'

/** Budgets of thinking have no words; these are translated into them. */
const BUDGET_WORDS = ['low', 'medium', 'high', 'xhigh'] as const

/** Names of parameters as their form shows them, and why a family refuses them. */
const SAMPLING: readonly (readonly [keyof ModelTakes, string])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['stop', 'stop'],
]

/**
 * @param api what is spoken upstream for a caller of Chat
 * @param facts of this deployment; they win over the family
 */
export function takesOf(profile: ModelProfile, api: DialectId, facts: readonly ModelFact[]): ModelTakes {
  const takesSampling = (name: 'temperature' | 'top_p' | 'stop' | 'top_k'): boolean => !profile.rejects.has(name)
  // Fields that only Chat has are lost on the way to the other two.
  const openai = api === 'chat'
  const thinks = profile.efforts.some((effort) => effort !== 'none') || profile.thinking !== 'none'
  const byFamily: ModelTakes = {
    temperature: takesSampling('temperature'),
    temperatureMax: api === 'messages' ? 1 : 2,
    topP: takesSampling('top_p'),
    topK: api === 'messages' && takesSampling('top_k'),
    temperatureOrTopP: profile.rejects.has('temperature_with_top_p'),
    samplingWithoutEffort: profile.samplingWithoutEffort,
    presencePenalty: openai && !profile.rejects.has('presence_penalty'),
    frequencyPenalty: openai && !profile.rejects.has('frequency_penalty'),
    stop: api !== 'responses' && takesSampling('stop'),
    seed: openai,
    maxTokens: true,
    systemPrompt: !profile.rejects.has('system_role'),
    stream: profile.streams,
    tools: profile.tools,
    forcedTool: profile.tools && !profile.rejects.has('forced_tool_choice'),
    parallelTools: profile.tools && !profile.rejects.has('parallel_tool_calls'),
    schema: profile.structuredOutput,
    images: profile.images,
    thinking: thinks,
    efforts: effortsOf(profile),
    refused: [],
  }
  return corrected({ ...byFamily, refused: refusedBy(profile, byFamily) }, facts)
}

/** A Claude that thinks by budget takes an effort, too: it is translated into one. */
function effortsOf({ efforts, thinking, thinkingOptional }: ModelProfile): ModelTakes['efforts'] {
  if (thinking === 'none') return [...efforts]
  const words = efforts.length > 0 ? efforts.filter((effort) => effort !== 'none') : BUDGET_WORDS
  return [...(thinkingOptional ? (['none'] as const) : []), ...words]
}

function refusedBy(profile: ModelProfile, takes: ModelTakes): ModelTakes['refused'] {
  const why =
    profile.efforts.length > 0 || profile.thinking !== 'none'
      ? profile.samplingWithoutEffort
        ? 'The model takes it only with effort none.'
        : 'Models that think choose it themselves.'
      : 'The model does not take it.'
  return [
    ...SAMPLING.filter(([key]) => takes[key] === false).map(([, what]) => ({ what, reason: why })),
    ...(takes.tools ? [] : [{ what: 'tools', reason: 'The model calls no tools.' }]),
    ...(takes.schema ? [] : [{ what: 'schema', reason: 'The model has no structured output by schema.' }]),
    ...(takes.images ? [] : [{ what: 'images', reason: 'The model reads text only.' }]),
    ...(takes.systemPrompt ? [] : [{ what: 'system prompt', reason: 'The model takes no instructions.' }]),
  ]
}

const FIELDS: Record<Exclude<ProbeFeature, 'count_tokens'>, { field: keyof ModelTakes; what: string }> = {
  stream: { field: 'stream', what: 'stream' },
  tools: { field: 'tools', what: 'tools' },
  schema: { field: 'schema', what: 'schema' },
  image: { field: 'images', what: 'images' },
  thinking: { field: 'thinking', what: 'thinking' },
}

function corrected(byFamily: ModelTakes, facts: readonly ModelFact[]): ModelTakes {
  const takes = { ...byFamily }
  for (const { feature, verdict, reason } of facts) {
    if (feature === 'count_tokens') continue
    const { field, what } = FIELDS[feature]
    const works = verdict === 'works'
    const others = takes.refused.filter((one) => one.what !== what)
    Object.assign(takes, { [field]: works, refused: works ? others : others.concat({ what, reason }) })
    if (!works && feature === 'thinking') takes.efforts = []
    if (!works && feature === 'tools') Object.assign(takes, { forcedTool: false, parallelTools: false })
  }
  return takes
}
