/**
 * The fixes that a model family needs on a Chat body, whoever wrote it: our own encoder, or a Chat client whose body is
 * otherwise passed on as it is.
 */
import { clientPath } from '../../client-paths.ts'
import { effortFor } from '../../effort.ts'
import type { DialectId, Effort, Loss } from '../../hub.ts'
import type { ModelProfile } from '../../models/profile.ts'
import { isFields } from '../../openai/fields.ts'

export interface FittedBody {
  /** The same object when nothing had to change. */
  body: Record<string, unknown>
  losses: Loss[]
}

/** Wire field → the hub field that names it for the client, in the order in which losses are told. */
const sampling = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['stop', 'stop'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['logprobs', 'logprobs'],
  ['logit_bias', 'logitBias'],
] as const

/** What says nothing, because it is so anyway; SDKs like to send it. */
const defaults: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
}

/** Accepted again by models with `samplingWithoutEffort` once they do not reason. */
const acceptedWithoutEffort: ReadonlySet<string> = new Set(['temperature', 'top_p', 'logprobs'])

const reasoningFields = ['reasoning_content', 'reasoning', 'reasoning_details'] as const

/**
 * Renames, clamps and removes what the model would refuse. Nothing is changed in place.
 * @param client the dialect that the caller spoke: losses name fields in its terms
 */
export function fitToModel(
  source: Readonly<Record<string, unknown>>,
  profile: ModelProfile,
  client: DialectId,
): FittedBody {
  const body = { ...source }
  const losses: Loss[] = []
  fitOutputLimit(body, profile, client, losses)
  fitEffort(body, profile, client, losses)
  fitSampling(body, profile, client, losses)
  fitTools(body, profile, client, losses)
  fitMessages(body, profile, client, losses)
  const same = Object.keys(source).every((key) => body[key] === source[key] && key in body)
  return { body: same && Object.keys(body).length === Object.keys(source).length ? source : body, losses }
}

function fitOutputLimit(body: Record<string, unknown>, profile: ModelProfile, client: DialectId, losses: Loss[]): void {
  const given = body['max_completion_tokens'] ?? body['max_tokens']
  if (given === undefined || given === null) return
  const wanted = profile.maxTokensField
  // The newer name is left alone where the older one is only preferred: every current API version takes it.
  const field = wanted === 'max_tokens' && 'max_completion_tokens' in body ? 'max_completion_tokens' : wanted
  delete body['max_tokens']
  delete body['max_completion_tokens']
  body[field] = given
  if (profile.outputCap === undefined || typeof given !== 'number' || given <= profile.outputCap) return
  body[field] = profile.outputCap
  const reason = `The model writes at most ${profile.outputCap} tokens; ${given} was cut to that.`
  losses.push({ path: clientPath(client, 'maxTokens'), kind: 'degraded', reason })
}

function fitEffort(body: Record<string, unknown>, profile: ModelProfile, client: DialectId, losses: Loss[]): void {
  const wanted = body['reasoning_effort']
  if (typeof wanted !== 'string') return
  // Of other makers' models it is not known who takes efforts: a Chat client's own wish is passed on.
  if (client === 'chat' && profile.efforts.length === 0 && !profile.apis.includes('responses')) return
  const fitted = effortFor({ dialect: client, effort: wanted as Effort }, profile)
  losses.push(...fitted.losses)
  if (fitted.effort === undefined) delete body['reasoning_effort']
  else body['reasoning_effort'] = fitted.effort
}

function fitSampling(body: Record<string, unknown>, profile: ModelProfile, client: DialectId, losses: Loss[]): void {
  const doesNotReason = profile.samplingWithoutEffort && body['reasoning_effort'] === 'none'
  for (const [field, hubField] of sampling) {
    if (body[field] === undefined || body[field] === null) continue
    if (!profile.rejects.has(field) || (doesNotReason && acceptedWithoutEffort.has(field))) continue
    const says = body[field] !== defaults[field]
    delete body[field]
    if (field === 'logprobs') delete body['top_logprobs']
    if (!says) continue
    losses.push({ path: clientPath(client, hubField), kind: 'dropped', reason: 'The model refuses this parameter.' })
  }
}

function fitTools(body: Record<string, unknown>, profile: ModelProfile, client: DialectId, losses: Loss[]): void {
  const hasTools = Array.isArray(body['tools']) && body['tools'].length > 0
  const hasFunctions = Array.isArray(body['functions']) && body['functions'].length > 0
  if (!profile.tools && (hasTools || hasFunctions)) {
    delete body['tools']
    delete body['functions']
    delete body['function_call']
    losses.push({ path: clientPath(client, 'tools'), kind: 'dropped', reason: 'The model takes no tools.' })
  }
  if (!Array.isArray(body['tools']) || body['tools'].length === 0) {
    // An empty list, a choice or a switch without tools is refused.
    delete body['tools']
    delete body['tool_choice']
    delete body['parallel_tool_calls']
    return
  }
  if (body['parallel_tool_calls'] === undefined || body['parallel_tool_calls'] === null) return
  const path = clientPath(client, 'parallelTools')
  if (profile.rejects.has('parallel_tool_calls')) {
    // These models call one tool at a time anyway.
    const lost = body['parallel_tool_calls'] === true
    delete body['parallel_tool_calls']
    if (lost) losses.push({ path, kind: 'dropped', reason: 'The model calls one tool at a time.' })
  } else if (body['reasoning_effort'] === 'minimal' && body['parallel_tool_calls'] === true) {
    body['parallel_tool_calls'] = false
    losses.push({ path, kind: 'degraded', reason: 'With minimal effort the model calls one tool at a time.' })
  }
}

/**
 * One role for all instructions, and no reasoning of earlier turns where the upstream refuses it: OpenAI's models take
 * none in Chat, and nobody can read our envelopes.
 */
function fitMessages(body: Record<string, unknown>, profile: ModelProfile, client: DialectId, losses: Loss[]): void {
  if (!Array.isArray(body['messages'])) return
  const isOpenAi = profile.apis.includes('responses')
  const renamed = rolesToRename(body['messages'], profile)
  let asUser = false
  let lostReasoning = false
  let changed = false
  const messages = body['messages'].map((message: unknown): unknown => {
    if (!isFields(message)) return message
    let fitted = message
    const role = message['role']
    if (renamed.has(role) && role !== profile.instructionRole) {
      fitted = { ...fitted, role: profile.instructionRole }
      asUser ||= profile.instructionRole === 'user'
    }
    if (role === 'assistant' && reasoningFields.some((field) => field in message)) {
      const kept = isOpenAi ? withoutReasoning(fitted) : withoutEnvelopes(fitted)
      lostReasoning ||= kept !== fitted
      fitted = kept
    }
    changed ||= fitted !== message
    return fitted
  })
  if (changed) body['messages'] = messages
  if (asUser) {
    const reason = 'The model takes no system messages; they became user messages.'
    losses.push({ path: clientPath(client, 'instructions'), kind: 'degraded', reason })
  }
  if (lostReasoning) {
    const reason = isOpenAi
      ? 'The model takes no earlier reasoning in Chat Completions.'
      : 'Earlier reasoning is encrypted for the model that wrote it.'
    losses.push({ path: clientPath(client, 'reasoning'), kind: 'dropped', reason })
  }
}

/**
 * Instruction roles that must get the model's own name: `system` and `developer` are refused together, both by o1-mini,
 * and `developer` by models that are not OpenAI's. Of an unknown model nothing is assumed.
 */
function rolesToRename(messages: readonly unknown[], profile: ModelProfile): ReadonlySet<unknown> {
  if (profile.family === 'unknown') return new Set()
  const roles = new Set(messages.map((message) => (isFields(message) ? message['role'] : undefined)))
  const both = roles.has('system') && roles.has('developer')
  if (both || profile.instructionRole === 'user') return new Set(['system', 'developer'])
  return profile.instructionRole === 'system' && !profile.apis.includes('responses')
    ? new Set(['developer'])
    : new Set()
}

function withoutReasoning(message: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([key]) => !reasoningFields.some((field) => field === key)))
}

function withoutEnvelopes(message: Record<string, unknown>): Record<string, unknown> {
  const details = message['reasoning_details']
  if (!Array.isArray(details)) return message
  const kept = details.filter((detail: unknown) => !isFields(detail) || !isSealed(detail))
  if (kept.length === details.length) return message
  const { reasoning_details: _, ...rest } = message
  return kept.length === 0 ? rest : { ...rest, reasoning_details: kept }
}

function isSealed(detail: Record<string, unknown>): boolean {
  return [detail['signature'], detail['data']].some((value) => typeof value === 'string' && value.startsWith('lz1.'))
}
