/** The small requests that find out what a deployment takes, one for each feature. */
import type { ProbeFeature } from '../../../shared/model-facts.ts'
import type { DialectId, Effort, HubRequest, Part } from '../../core/hub.ts'
import type { ModelProfile } from '../../core/models/profile.ts'

/** A question to the deployment, or what is known without asking. */
export type Question =
  | {
      ask: true
      request: HubRequest
      /** What the request is written for: the feature in question is taken for granted, so that the upstream decides. */
      profile: ModelProfile
      stream: boolean
      /** At most, in tokens. */
      outputTokens: number
      /** About, in tokens. */
      inputTokens: number
    }
  | { ask: false; reason: string }

export const TOOL_NAME = 'get_time'

const PLAIN_OUTPUT = 256
/** Thoughts count as output, and there must be room for the answer behind them. */
const THINKING_OUTPUT = 2048
const BUDGET = 1024

/** Sixteen by sixteen red pixels, as PNG. */
export const RED_SQUARE =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg=='

/**
 * @param api what is spoken upstream; the question is asked in it, so that nothing is translated
 * @param profile of the deployment's family
 */
export function questionOf(
  feature: Exclude<ProbeFeature, 'count_tokens'>,
  api: DialectId,
  profile: ModelProfile,
): Question {
  const thinks = profile.family !== 'unknown' && (profile.efforts.length > 0 || profile.thinking !== 'none')
  const outputTokens = thinks ? THINKING_OUTPUT : PLAIN_OUTPUT
  const base: HubRequest = {
    model: 'probe',
    dialect: api,
    turns: [],
    tools: [],
    maxTokens: outputTokens,
    stream: false,
    includeUsage: true,
    extra: {},
    // The least thought that the model has; of a model that is not known nothing is asked that it might not know.
    ...(thinks && api !== 'messages' ? effortOf(profile) : {}),
  }
  const question = (text: string, change: Partial<HubRequest>, granted: Partial<ModelProfile> = {}): Question => ({
    ask: true,
    request: { ...base, turns: [{ role: 'user', parts: [{ type: 'text', text }] }], ...change },
    profile: { ...profile, ...granted },
    stream: change.stream === true,
    outputTokens: change.maxTokens ?? outputTokens,
    inputTokens: INPUT_TOKENS[feature],
  })
  switch (feature) {
    case 'stream':
      return profile.streams
        ? question('Count from one to five, in words.', { stream: true })
        : { ask: false, reason: 'Models of this family do not stream; their answers arrive whole and are cut here.' }
    case 'tools':
      return question(
        'What time is it in Oslo? Ask the tool.',
        { tools: [CLOCK], ...choiceOf(profile) },
        { tools: true },
      )
    case 'schema':
      return question('What is 2 + 3?', {
        format: { kind: 'schema', name: 'sum', schema: SUM_SCHEMA, strict: true },
      })
    case 'image': {
      const parts: Part[] = [
        { type: 'text', text: 'Which colour is this picture? One word.' },
        { type: 'image', media: { source: { type: 'data', data: RED_SQUARE, mime: 'image/png' } } },
      ]
      return question('', { turns: [{ role: 'user', parts }] }, { images: true })
    }
    case 'thinking':
      return thinking(question, api, profile)
  }
}

const INPUT_TOKENS: Record<ProbeFeature, number> = {
  stream: 20,
  tools: 120,
  schema: 80,
  image: 300,
  thinking: 40,
  count_tokens: 0,
}

const CLOCK = {
  type: 'function' as const,
  name: TOOL_NAME,
  description: 'Tells the time of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

const SUM_SCHEMA = {
  type: 'object',
  properties: { sum: { type: 'integer' } },
  required: ['sum'],
  additionalProperties: false,
}

function choiceOf(profile: ModelProfile): Pick<HubRequest, 'toolChoice'> {
  return profile.rejects.has('forced_tool_choice') ? {} : { toolChoice: 'required' }
}

function effortOf({ efforts }: ModelProfile): Pick<HubRequest, 'effort'> {
  const effort = (['low', 'medium', 'high'] as const).find((each) => efforts.includes(each))
  return effort === undefined ? {} : { effort }
}

function thinking(
  question: (text: string, change: Partial<HubRequest>, granted?: Partial<ModelProfile>) => Question,
  api: DialectId,
  profile: ModelProfile,
): Question {
  const riddle = 'Which is larger, 9.11 or 9.9? Think, then answer with the number alone.'
  const room = { maxTokens: THINKING_OUTPUT, showReasoning: 'auto' as const }
  if (api !== 'messages') {
    const efforts: Effort[] = ['low', 'medium', 'high']
    const granted = profile.efforts.length > 0 ? {} : { efforts }
    const effort = profile.efforts.length > 0 ? (effortOf(profile).effort ?? 'high') : 'low'
    return question(riddle, { ...room, effort }, granted)
  }
  if (profile.thinking === 'none') return { ask: false, reason: 'Models of this family do not think.' }
  const mode =
    profile.thinking === 'adaptive' ? { mode: 'adaptive' as const } : { mode: 'enabled' as const, budget: BUDGET }
  return question(riddle, { ...room, thinking: mode })
}
