/** What a deployment takes: what is known of its model's family, and what was found out by asking the deployment itself. */
import * as z from 'zod'
import { DialectId, Failure } from './exchange.ts'

/** How much a model should think, in OpenAI's words. */
export const Effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])
export type Effort = z.infer<typeof Effort>

/** What a probe asks for, one small request each. */
export const ProbeFeature = z.enum(['stream', 'tools', 'schema', 'image', 'thinking', 'count_tokens'])
export type ProbeFeature = z.infer<typeof ProbeFeature>

/**
 * works: it did what was asked. refused: the upstream answered that it will not, in its own words. unsupported: it answered
 * without doing it, or its family is known not to.
 */
export const FactVerdict = z.enum(['works', 'refused', 'unsupported'])
export type FactVerdict = z.infer<typeof FactVerdict>

/** One thing that was found out about a deployment. */
export const ModelFact = z.object({
  feature: ProbeFeature,
  verdict: FactVerdict,
  /** One sentence: what was seen. */
  reason: z.string(),
  /** When, in milliseconds since the epoch. */
  at: z.number(),
})
export type ModelFact = z.infer<typeof ModelFact>

/** What was found out about one deployment of one instance. */
export const DeploymentFacts = z.object({ instance: z.string(), deployment: z.string(), facts: z.array(ModelFact) })
export type DeploymentFacts = z.infer<typeof DeploymentFacts>

/** Parameters and parts of a request that a deployment takes from a caller of Chat. */
export const ModelTakes = z.object({
  temperature: z.boolean(),
  temperatureMax: z.number(),
  topP: z.boolean(),
  topK: z.boolean(),
  /** Temperature and top_p exclude one another. */
  temperatureOrTopP: z.boolean(),
  /** What sampling a model refuses while it thinks, it takes with effort `none`. */
  samplingWithoutEffort: z.boolean(),
  presencePenalty: z.boolean(),
  frequencyPenalty: z.boolean(),
  stop: z.boolean(),
  seed: z.boolean(),
  maxTokens: z.boolean(),
  systemPrompt: z.boolean(),
  stream: z.boolean(),
  tools: z.boolean(),
  /** A tool may be demanded by name. */
  forcedTool: z.boolean(),
  parallelTools: z.boolean(),
  /** Structured output by JSON schema. */
  schema: z.boolean(),
  images: z.boolean(),
  /** It can think before it answers. */
  thinking: z.boolean(),
  /** Values of `reasoning_effort` to offer; empty: the field has no effect. */
  efforts: z.array(Effort),
  /** What is refused, and why, for people. */
  refused: z.array(z.object({ what: z.string(), reason: z.string() })),
})
export type ModelTakes = z.infer<typeof ModelTakes>

/** A model name that can be asked for, with what the deployment takes. */
export const ModelChoice = z.object({
  name: z.string(),
  instance: z.string(),
  deployment: z.string(),
  api: DialectId,
  takes: ModelTakes,
  /** What was found out by asking the deployment; already part of `takes`. */
  facts: z.array(ModelFact),
  outputCap: z.number().optional(),
  contextWindow: z.number().optional(),
  simulated: z.boolean(),
})
export type ModelChoice = z.infer<typeof ModelChoice>

/** A deployment that some name leads to, or that its resource lists. */
export const ServedDeployment = z.object({
  instance: z.string(),
  deployment: z.string(),
  baseModel: z.string(),
  api: DialectId,
  /** Names that lead here. */
  names: z.array(z.string()),
  /** The resource lists it; absent: the resource could not be asked. */
  listed: z.boolean().optional(),
  simulated: z.boolean(),
  facts: z.array(ModelFact),
  /** What a probe would use. */
  probe: z.object({
    requests: z.number().int(),
    /** About so many tokens of input, and at most so many of output. */
    inputTokens: z.number().int(),
    outputTokens: z.number().int(),
    /** At most, in USD at list price; absent: unpriced. */
    cost: z.number().optional(),
  }),
})
export type ServedDeployment = z.infer<typeof ServedDeployment>

/** A probe as it goes on. */
export const ProbeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('asking'), feature: ProbeFeature }),
  /** Found out, and kept. `exchange`: the request in Traffic; absent where none was sent, or a count was asked for. */
  z.object({ type: z.literal('fact'), fact: ModelFact, exchange: z.string().optional() }),
  /** The answer says nothing about the feature, e.g. a wrong key; nothing is kept. */
  z.object({
    type: z.literal('unsettled'),
    feature: ProbeFeature,
    failure: Failure,
    exchange: z.string().optional(),
  }),
])
export type ProbeEvent = z.infer<typeof ProbeEvent>
