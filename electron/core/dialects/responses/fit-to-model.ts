/**
 * The fixes that a model family needs on a Responses body, whoever wrote it: our own encoder, or a Responses client
 * whose body is otherwise passed on as it is.
 */
import { clientPath } from '../../client-paths.ts'
import { effortFor } from '../../effort.ts'
import { openOpaque } from '../../envelope.ts'
import type { DialectId, Effort, Loss } from '../../hub.ts'
import type { ModelProfile } from '../../models/profile.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { logprobsInclude } from './decode-request.ts'

export interface FittedBody {
  /** The same object when nothing had to change. */
  body: Fields
  losses: Loss[]
}

/** OpenAI's specification: fewer output tokens are refused. */
const smallestOutput = 16

/**
 * Clamps and removes what the model would refuse. Nothing is changed in place.
 * @param client the dialect that the caller spoke: losses name fields in its terms
 */
export function fitToModel(source: Readonly<Fields>, profile: ModelProfile, client: DialectId): FittedBody {
  const body = { ...source }
  const losses: Loss[] = []
  fitOutputLimit(body, profile, client, losses)
  const effort = fitEffort(body, profile, client, losses)
  fitSampling(body, profile, client, losses, effort)
  fitTools(body, profile, client, losses, effort)
  fitInput(body, client, losses)
  const same =
    Object.keys(source).length === Object.keys(body).length &&
    Object.keys(source).every((key) => body[key] === source[key])
  return { body: same ? source : body, losses }
}

function fitOutputLimit(body: Fields, profile: ModelProfile, client: DialectId, losses: Loss[]): void {
  const given = body['max_output_tokens']
  if (typeof given !== 'number') return
  const path = clientPath(client, 'maxTokens')
  if (given > 0 && given < smallestOutput) {
    body['max_output_tokens'] = smallestOutput
    losses.push({ path, kind: 'degraded', reason: `Responses writes at least ${smallestOutput} tokens.` })
  } else if (profile.outputCap !== undefined && given > profile.outputCap) {
    body['max_output_tokens'] = profile.outputCap
    const reason = `The model writes at most ${profile.outputCap} tokens; ${given} was cut to that.`
    losses.push({ path, kind: 'degraded', reason })
  }
}

/** @returns the effort that is asked for in the end */
function fitEffort(body: Fields, profile: ModelProfile, client: DialectId, losses: Loss[]): Effort | undefined {
  const { reasoning } = body
  if (!isFields(reasoning)) return undefined
  if (profile.efforts.length === 0) {
    const asks = Object.values(reasoning).some((value) => value !== null && value !== 'none')
    delete body['reasoning']
    if (asks) losses.push({ path: clientPath(client, 'effort'), kind: 'dropped', reason: 'The model does not reason.' })
    return undefined
  }
  const wanted = reasoning['effort']
  if (typeof wanted !== 'string') return undefined
  const fitted = effortFor({ dialect: client, effort: wanted as Effort }, profile)
  losses.push(...fitted.losses)
  if (fitted.effort !== wanted) body['reasoning'] = { ...reasoning, effort: fitted.effort }
  return fitted.effort
}

function fitSampling(
  body: Fields,
  profile: ModelProfile,
  client: DialectId,
  losses: Loss[],
  effort: Effort | undefined,
): void {
  if (profile.samplingWithoutEffort && effort === 'none') return
  const refused = (path: string): Loss => ({ path, kind: 'dropped', reason: 'The model refuses this parameter.' })
  for (const [field, hubField] of [
    ['temperature', 'temperature'],
    ['top_p', 'topP'],
  ] as const) {
    if (body[field] === undefined || body[field] === null || !profile.rejects.has(field)) continue
    // 1 is the default, and SDKs like to send it.
    if (body[field] !== 1) losses.push(refused(clientPath(client, hubField)))
    delete body[field]
  }
  if (!profile.rejects.has('logprobs')) return
  const include = Array.isArray(body['include']) ? (body['include'] as unknown[]) : []
  const asked = include.includes(logprobsInclude)
  const top = body['top_logprobs']
  if (top !== undefined && top !== null) delete body['top_logprobs']
  if (asked) {
    const rest = include.filter((entry) => entry !== logprobsInclude)
    if (rest.length === 0) delete body['include']
    else body['include'] = rest
  }
  if (asked || (typeof top === 'number' && top > 0)) losses.push(refused(clientPath(client, 'logprobs')))
}

function fitTools(
  body: Fields,
  profile: ModelProfile,
  client: DialectId,
  losses: Loss[],
  effort: Effort | undefined,
): void {
  const parallel = body['parallel_tool_calls']
  if (typeof parallel !== 'boolean') return
  const path = clientPath(client, 'parallelTools')
  if (profile.rejects.has('parallel_tool_calls')) {
    // These models call one tool at a time anyway; true is also the default that clients repeat.
    delete body['parallel_tool_calls']
    if (parallel && client !== 'responses') {
      losses.push({ path, kind: 'dropped', reason: 'The model calls one tool at a time.' })
    }
  } else if (parallel && effort === 'minimal') {
    body['parallel_tool_calls'] = false
    losses.push({ path, kind: 'degraded', reason: 'With minimal effort the model calls one tool at a time.' })
  }
}

/** Thoughts of another maker come back in our envelope when the model was changed amid a conversation. */
function fitInput(body: Fields, client: DialectId, losses: Loss[]): void {
  const { input } = body
  if (!Array.isArray(input)) return
  const kept = (input as unknown[]).filter((item) => !isEnveloped(item))
  if (kept.length === input.length) return
  body['input'] = kept
  const reason = 'Reasoning of another maker cannot be continued by an OpenAI model.'
  losses.push({ path: clientPath(client, 'reasoning'), kind: 'dropped', reason })
}

function isEnveloped(item: unknown): boolean {
  if (!isFields(item) || item['type'] !== 'reasoning') return false
  const sealed = item['encrypted_content']
  return typeof sealed === 'string' && openOpaque(sealed) !== undefined
}
