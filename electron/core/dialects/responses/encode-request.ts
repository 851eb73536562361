import { clientPath } from '../../client-paths.ts'
import { effortFor } from '../../effort.ts'
import type { HubRequest, Loss } from '../../hub.ts'
import { LossList } from '../../loss-list.ts'
import type { ModelProfile } from '../../models/profile.ts'
import { cacheMarks } from '../../openai/cache-breakpoints.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { encodeUser } from '../../openai/user.ts'
import { nameTools, toolNameLimits } from '../../tool-names.ts'
import type { AnswerUndo, EncodedRequest, Target } from '../dialect.ts'
import { logprobsInclude, opaqueInclude } from './decode-request.ts'
import { encodeInput } from './encode-input.ts'
import type { EncodeScope } from './encode-scope.ts'
import { unsupported } from './encode-scope.ts'
import { encodeFormat, encodeTools } from './encode-tools.ts'
import { fitToModel } from './fit-to-model.ts'

/** Hints and switches of other dialects without an effect on the answer. */
const silent = new Set([
  'store',
  'stream_options',
  'stream_options.include_obfuscation',
  'prompt_cache_retention',
  'prompt_cache_options',
])

/** Hub → Responses body. Throws LazuliError 400 `unsupported_by_upstream` for what Responses cannot carry. */
export function encodeRequest(request: HubRequest, target: Target): EncodedRequest {
  const { profile } = target
  const losses = new LossList()
  const lose = (path: string, kind: Loss['kind'], reason: string): void => losses.add({ path, kind, reason })
  if (request.n !== undefined && request.n > 1)
    throw unsupported('n', 'Responses gives one answer per request.', 'Send one request for each.')
  const scope: EncodeScope = {
    request,
    profile,
    naming: nameTools(request, { maxLength: toolNameLimits.responses }),
    wrapCustom: !(profile.customTools ?? false) && request.dialect !== 'responses',
    cacheMark: cacheMarks(request, profile),
    lose,
  }
  const { instructions, input } = encodeInput(scope)
  const format = encodeFormat(request.format, scope)
  const allInstructions = [instructions, format.instruction].filter((text) => text !== undefined).join('\n\n')
  const text = {
    ...(format.format === undefined ? {} : { format: format.format }),
    ...(request.verbosity === undefined ? {} : { verbosity: request.verbosity }),
  }
  const body: Fields = {
    model: target.deployment,
    ...(allInstructions === '' ? {} : { instructions: allInstructions }),
    input,
    ...encodeTools(scope),
    ...(Object.keys(text).length === 0 ? {} : { text }),
    ...encodeReasoning(scope),
    ...encodeParameters(scope),
    ...encodeExtra(scope),
    ...encodeState(scope),
    ...(target.stream ? { stream: true } : {}),
  }
  declareDropped(scope)
  const fitted = fitToModel(body, profile, request.dialect)
  for (const loss of fitted.losses) losses.add(loss)
  return { body: fitted.body, losses: losses.all, undo: undoOf(scope) }
}

/** Does the model think, as far as is known? Only then it is asked to show and to seal its thoughts. */
function isReasoningModel(profile: ModelProfile): boolean {
  return profile.efforts.length > 0 && profile.family !== 'unknown'
}

function encodeReasoning(scope: EncodeScope): Fields {
  const { request, profile, lose } = scope
  const { effort, losses } = effortFor(request, profile)
  for (const loss of losses) lose(loss.path, loss.kind, loss.reason)
  const summary = effort === 'none' ? undefined : summaryOf(request, profile)
  if (effort === undefined && summary === undefined) return {}
  return {
    reasoning: { ...(effort === undefined ? {} : { effort }), ...(summary === undefined ? {} : { summary }) },
  }
}

/** Chat has no word for it, and its clients show what comes; a Messages client gets thinking where it asked for some. */
function summaryOf(request: HubRequest, profile: ModelProfile): string | undefined {
  const { showReasoning: wish, dialect } = request
  if (wish === 'omit' || !isReasoningModel(profile)) return undefined
  if (wish !== undefined) return wish
  if (dialect === 'chat') return 'auto'
  return dialect === 'messages' && request.thinking !== undefined && request.thinking.mode !== 'disabled'
    ? 'auto'
    : undefined
}

function encodeParameters(scope: EncodeScope): Fields {
  const { request } = scope
  const body: Fields = {}
  const put = (field: string, value: unknown): void => {
    if (value !== undefined) body[field] = value
  }
  put('max_output_tokens', request.maxTokens)
  put('temperature', request.temperature)
  put('top_p', request.topP)
  // Zero alternatives are asked for by `include` alone.
  if (request.logprobs !== undefined && request.logprobs > 0) put('top_logprobs', request.logprobs)
  put('user', encodeUser(request, scope.lose))
  put('metadata', request.metadata)
  put('prompt_cache_key', request.promptCacheKey)
  if (request.serviceTier !== undefined) {
    put('service_tier', request.serviceTier === 'standard_only' ? 'default' : request.serviceTier)
  }
  return body
}

/** Nothing is stored for a client that cannot ask for it again, so thoughts come along sealed. */
function encodeState(scope: EncodeScope): Fields {
  const { request, profile } = scope
  const include = new Set<string>()
  if (isReasoningModel(profile) || request.wantOpaque) include.add(opaqueInclude)
  if (request.logprobs !== undefined) include.add(logprobsInclude)
  const others = request.dialect === 'responses' ? request.extra['include'] : undefined
  if (Array.isArray(others)) for (const entry of others) if (typeof entry === 'string') include.add(entry)
  return {
    ...(request.dialect === 'responses' && request.extra['store'] !== undefined ? {} : { store: false }),
    ...(include.size === 0 ? {} : { include: [...include] }),
  }
}

/** The client's own fields go on where its own dialect is spoken, else they are declared. */
function encodeExtra(scope: EncodeScope): Fields {
  const { request } = scope
  const body: Fields = {}
  for (const [path, value] of Object.entries(request.extra)) {
    if (request.dialect === 'responses') {
      if (path.startsWith('stream_options.')) body['stream_options'] = { [path.slice(15)]: value }
      else body[path] = value
      continue
    }
    if (path === 'modalities' && Array.isArray(value) && value.includes('audio')) {
      throw unsupported(path, 'Responses does not speak.', 'Leave audio out of the modalities.')
    }
    if (isSet(value) && !silent.has(path)) scope.lose(path, 'dropped', 'Responses has no such field.')
  }
  return body
}

function declareDropped({ request, lose }: EncodeScope): void {
  const none = 'Responses has no such parameter.'
  for (const field of ['stop', 'seed', 'logitBias', 'topK'] as const) {
    const value = request[field]
    const isEmpty = (Array.isArray(value) && value.length === 0) || (isFields(value) && Object.keys(value).length === 0)
    if (isSet(value) && !isEmpty) lose(clientPath(request.dialect, field), 'dropped', none)
  }
  for (const field of ['presencePenalty', 'frequencyPenalty'] as const) {
    // Zero is the default, and SDKs like to send it.
    if (request[field] !== undefined && request[field] !== 0) lose(clientPath(request.dialect, field), 'dropped', none)
  }
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

function undoOf({ request, naming, wrapCustom }: EncodeScope): AnswerUndo {
  const custom = request.tools.filter((tool) => tool.type === 'custom')
  return {
    toolNames: naming.toolNames,
    namespaces: naming.namespaces,
    wrappedCustomTools: new Set(wrapCustom ? custom.map((tool) => naming.sent(tool.name, tool.namespace)) : []),
  }
}
