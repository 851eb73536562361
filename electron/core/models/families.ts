/**
 * What is known of model families, as data. The first row whose pattern matches the normalised, lower-case name decides,
 * so special names stand above general ones. Every row tells where its facts come from and when they were read.
 */
import type { Effort } from '../hub.ts'
import type { ModelProfile } from './profile.ts'

export interface FamilyRow {
  pattern: RegExp
  /** When the facts were read, `YYYY-MM-DD`. */
  asOf: string
  source: string
  profile: ModelProfile
}

type Rejected = ModelProfile['rejects'] extends ReadonlySet<infer Name> ? Name : never

const azureModels = 'learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure'
const azureReasoning = 'learn.microsoft.com/azure/foundry/openai/how-to/reasoning'
const claudeModels = 'platform.claude.com/docs/en/about-claude/models/overview'
const openaiModels = 'developers.openai.com/api/docs/models'

const sampling: Rejected[] = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'logit_bias',
  'stop',
]
const classicEfforts: Effort[] = ['low', 'medium', 'high']
const openEfforts: Effort[] = ['none', 'low', 'medium', 'high']

/** A chat model of the plain kind; the starting point of every row. */
const plain: Omit<ModelProfile, 'family'> = {
  apis: ['chat'],
  maxTokensField: 'max_tokens',
  rejects: new Set(),
  samplingWithoutEffort: false,
  efforts: [],
  thinking: 'none',
  thinkingOptional: true,
  instructionRole: 'system',
  structuredOutput: true,
  midConversationSystem: false,
  streams: true,
  images: true,
  tools: true,
}

/** `apis` begins with what the model should be asked in; a caller's own dialect wins only where `chat` comes first. */
const openai: Omit<ModelProfile, 'family'> = { ...plain, apis: ['chat', 'responses'] }

const reasoning: Omit<ModelProfile, 'family'> = {
  ...openai,
  maxTokensField: 'max_completion_tokens',
  rejects: new Set(sampling),
  efforts: classicEfforts,
  instructionRole: 'developer',
  customTools: true,
  contextWindow: 400_000,
  outputCap: 128_000,
}

const oSeries: Omit<ModelProfile, 'family'> = {
  ...reasoning,
  // Reasoning summaries and encrypted reasoning exist only in Responses.
  apis: ['responses', 'chat'],
  rejects: new Set<Rejected>([...sampling, 'parallel_tool_calls']),
  customTools: false,
  contextWindow: 200_000,
  outputCap: 100_000,
}

const claude: Omit<ModelProfile, 'family'> = {
  ...plain,
  apis: ['messages'],
  thinking: 'budget',
  contextWindow: 200_000,
}

const claudeAdaptive: Omit<ModelProfile, 'family'> = {
  ...claude,
  rejects: new Set<Rejected>(['temperature', 'top_p', 'top_k']),
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  thinking: 'adaptive',
  midConversationSystem: true,
  contextWindow: 1_000_000,
  outputCap: 128_000,
}

function row(
  family: string,
  pattern: RegExp,
  asOf: string,
  source: string,
  profile: Omit<ModelProfile, 'family'>,
): FamilyRow {
  return { pattern, asOf, source, profile: { family, ...profile } }
}

const claudeRows: FamilyRow[] = [
  row('claude-3-haiku', /claude-3-haiku|claude-3-(?:opus|sonnet)/, '2026-11-20', claudeModels, {
    ...claude,
    thinking: 'none',
    structuredOutput: false,
    outputCap: 4096,
  }),
  row('claude-3.5', /claude-3[.-]5/, '2026-11-20', claudeModels, {
    ...claude,
    thinking: 'none',
    structuredOutput: false,
    outputCap: 8192,
  }),
  row('claude-3.7', /claude-3[.-]7/, '2026-11-20', claudeModels, {
    ...claude,
    structuredOutput: false,
    outputCap: 64_000,
  }),
  row('claude-opus-4.1', /claude-opus-4[.-]1/, '2026-11-20', claudeModels, {
    ...claude,
    rejects: new Set<Rejected>(['temperature_with_top_p']),
    outputCap: 32_000,
  }),
  // Of the models of this age the only one that takes an effort.
  row('claude-opus-4.5', /claude-opus-4[.-]5/, '2026-11-20', claudeModels, {
    ...claude,
    rejects: new Set<Rejected>(['temperature_with_top_p']),
    efforts: classicEfforts,
    outputCap: 64_000,
  }),
  row('claude-4.5', /claude-(?:sonnet|haiku)-4[.-]5/, '2026-11-20', claudeModels, {
    ...claude,
    rejects: new Set<Rejected>(['temperature_with_top_p']),
    outputCap: 64_000,
  }),
  row('claude-4.6', /claude-(?:opus|sonnet)-4[.-]6/, '2026-11-20', claudeModels, {
    ...claude,
    rejects: new Set<Rejected>(['temperature_with_top_p']),
    efforts: ['low', 'medium', 'high', 'max'],
    thinking: 'both',
    contextWindow: 1_000_000,
    outputCap: 128_000,
  }),
  row('claude-opus-4.7', /claude-opus-4[.-]7/, '2026-11-20', claudeModels, {
    ...claudeAdaptive,
    midConversationSystem: false,
  }),
  row('claude-opus-4.8', /claude-opus-4[.-]8/, '2026-11-20', claudeModels, claudeAdaptive),
  row('claude-opus-4', /claude-opus-4(?:[.-]0)?(?![.-]?\d{1,2}(?!\d))/, '2026-11-20', claudeModels, {
    ...claude,
    structuredOutput: false,
    outputCap: 32_000,
  }),
  row('claude-sonnet-4', /claude-sonnet-4(?:[.-]0)?(?![.-]?\d{1,2}(?!\d))/, '2026-11-20', claudeModels, {
    ...claude,
    structuredOutput: false,
    outputCap: 64_000,
  }),
  row('claude-opus-5.5', /claude-opus-5[.-]5/, '2026-11-20', claudeModels, {
    ...claudeAdaptive,
    rejects: new Set<Rejected>(['temperature', 'top_p', 'top_k', 'forced_tool_choice']),
    thinkingOptional: false,
  }),
  row('claude-sonnet-5.5', /claude-sonnet-5[.-]5/, '2026-11-20', claudeModels, {
    ...claudeAdaptive,
    rejects: new Set<Rejected>(['temperature', 'top_p', 'top_k', 'forced_tool_choice']),
  }),
  // Also what a Claude of a name not yet known is taken for.
  row('claude-5', /claude/, '2026-11-20', claudeModels, claudeAdaptive),
]

const reasoningRows: FamilyRow[] = [
  row('o1-mini', /^o1-mini/, '2026-11-20', azureReasoning, {
    ...oSeries,
    apis: ['chat'],
    rejects: new Set<Rejected>([...sampling, 'parallel_tool_calls', 'system_role']),
    efforts: [],
    instructionRole: 'user',
    structuredOutput: false,
    images: false,
    tools: false,
    contextWindow: 128_000,
    outputCap: 65_536,
  }),
  row('deep-research', /^o\d.*deep-research/, '2026-11-20', azureModels, { ...oSeries, apis: ['responses'] }),
  row('o-series-pro', /^o\d-pro/, '2026-11-20', azureModels, { ...oSeries, apis: ['responses'], streams: false }),
  row('o3-mini', /^o3-mini/, '2026-11-20', azureReasoning, { ...oSeries, images: false }),
  row('o-series', /^o\d(?:-mini)?(?![a-z\d])/, '2026-11-20', azureReasoning, oSeries),
  row('codex-mini', /^codex/, '2026-11-20', azureModels, { ...oSeries, apis: ['responses'] }),
  row('computer-use', /^computer-use/, '2026-11-20', azureModels, {
    ...openai,
    apis: ['responses'],
    maxTokensField: 'max_completion_tokens',
    structuredOutput: false,
    contextWindow: 8192,
    outputCap: 1024,
  }),
  row('gpt-5-pro', /^gpt-5-pro/, '2026-11-20', azureReasoning, {
    ...reasoning,
    apis: ['responses'],
    efforts: ['high'],
    streams: false,
    outputCap: 272_000,
  }),
  row('gpt-5.x-pro', /^gpt-\d+(?:\.\d+)?-pro/, '2026-11-20', azureModels, {
    ...reasoning,
    apis: ['responses'],
    efforts: ['medium', 'high', 'xhigh'],
    contextWindow: 1_050_000,
  }),
  row('gpt-5-codex', /^gpt-5(?:\.1)?-codex(?!-max)/, '2026-11-20', azureReasoning, {
    ...reasoning,
    apis: ['responses'],
  }),
  row('gpt-5.x-codex', /^gpt-\d+(?:\.\d+)?-codex/, '2026-11-20', azureReasoning, {
    ...reasoning,
    apis: ['responses'],
    efforts: ['low', 'medium', 'high', 'xhigh'],
  }),
  row('gpt-5-chat', /^gpt-5-chat/, '2026-11-20', azureModels, {
    ...openai,
    maxTokensField: 'max_completion_tokens',
    contextWindow: 128_000,
    outputCap: 16_384,
  }),
  row('gpt-chat', /^gpt-(?:\d+\.\d+-)?chat/, '2026-11-20', azureModels, {
    ...reasoning,
    efforts: ['medium'],
    contextWindow: 128_000,
    outputCap: 16_384,
  }),
  row('gpt-5', /^gpt-5(?:-(?:mini|nano))?(?![.\d])/, '2026-11-20', azureReasoning, {
    ...reasoning,
    efforts: ['minimal', 'low', 'medium', 'high'],
  }),
  row('gpt-5.1', /^gpt-5\.1(?!\d)/, '2026-11-20', azureReasoning, {
    ...reasoning,
    efforts: openEfforts,
    samplingWithoutEffort: true,
  }),
  row('gpt-5.2', /^gpt-5\.[23](?!\d)/, '2026-11-20', openaiModels, {
    ...reasoning,
    efforts: [...openEfforts, 'xhigh'],
    samplingWithoutEffort: true,
  }),
  row('gpt-5.4-small', /^gpt-5\.4-(?:mini|nano)/, '2026-11-20', openaiModels, {
    ...reasoning,
    efforts: [...openEfforts, 'xhigh'],
    samplingWithoutEffort: true,
  }),
  row('gpt-5.4', /^gpt-5\.[45](?!\d)/, '2026-11-20', openaiModels, {
    ...reasoning,
    efforts: [...openEfforts, 'xhigh'],
    samplingWithoutEffort: true,
    contextWindow: 1_050_000,
  }),
  // Also what a later GPT is taken for.
  row('gpt-5.6', /^gpt-(?:[6-9]|1\d)(?!\d)|^gpt-5\./, '2026-11-20', openaiModels, {
    ...reasoning,
    efforts: [...openEfforts, 'xhigh', 'max'],
    cacheBreakpoints: true,
    samplingWithoutEffort: true,
    contextWindow: 1_050_000,
  }),
]

const plainRows: FamilyRow[] = [
  row('gpt-4.1', /^gpt-4\.1/, '2026-11-20', azureModels, {
    ...openai,
    contextWindow: 1_047_576,
    outputCap: 32_768,
  }),
  row('gpt-4o', /^gpt-4o/, '2026-11-20', azureModels, { ...openai, contextWindow: 128_000, outputCap: 16_384 }),
  row('gpt-4-turbo', /^gpt-4-(?:turbo|1106|0125|vision)/, '2026-11-20', azureModels, {
    ...openai,
    structuredOutput: false,
    contextWindow: 128_000,
    outputCap: 4096,
  }),
  row('gpt-4-32k', /^gpt-4-32k/, '2026-11-20', azureModels, {
    ...openai,
    structuredOutput: false,
    images: false,
    contextWindow: 32_768,
  }),
  row('gpt-4', /^gpt-4(?![\d.a-z])/, '2026-11-20', azureModels, {
    ...openai,
    structuredOutput: false,
    images: false,
    contextWindow: 8192,
  }),
  row('gpt-35', /^gpt-3\.?5/, '2026-11-20', azureModels, {
    ...openai,
    structuredOutput: false,
    images: false,
    contextWindow: 16_385,
    outputCap: 4096,
  }),
  row('gpt-oss', /^gpt-oss/, '2026-11-20', azureModels, {
    ...plain,
    efforts: classicEfforts,
    images: false,
    contextWindow: 131_072,
  }),
  row('model-router', /^model-router/, '2026-11-20', azureModels, plain),
  row('deepseek', /^deepseek/, '2026-11-20', azureModels, { ...plain, images: false }),
  row('grok', /^grok/, '2026-11-20', azureModels, plain),
  row('llama', /^(?:meta-)?llama/, '2026-11-20', azureModels, plain),
  row('mistral', /^(?:mistral|ministral|codestral|magistral)/, '2026-11-20', azureModels, plain),
  row('kimi', /^kimi/, '2026-11-20', azureModels, plain),
  row('phi', /^phi/, '2026-11-20', azureModels, plain),
  row('cohere', /^(?:cohere|command)/, '2026-11-20', azureModels, plain),
]

export const families: readonly FamilyRow[] = [...claudeRows, ...reasoningRows, ...plainRows]

/** A model of which nothing is known: everything is passed on and the upstream decides. */
export const unknownModel: ModelProfile = {
  family: 'unknown',
  ...plain,
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
}
