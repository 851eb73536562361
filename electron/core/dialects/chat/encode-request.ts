import { clientPath } from '../../client-paths.ts'
import { effortFor } from '../../effort.ts'
import { cacheMarks } from '../../openai/cache-breakpoints.ts'
import { isStatefulField, statefulField } from '../../openai/stateful-fields.ts'
import { encodeUser } from '../../openai/user.ts'
import type { HubRequest, Loss } from '../../hub.ts'
import { nameTools, toolNameLimits } from '../../tool-names.ts'
import type { AnswerUndo, EncodedRequest, Target } from '../dialect.ts'
import { encodeMessages } from './encode-messages.ts'
import type { EncodeScope } from './encode-scope.ts'
import { encodeFormat, encodeTools } from './encode-tools.ts'
import { fitToModel } from './fit-to-model.ts'

type Wire = Record<string, unknown>

/** Hints and switches without an effect on the answer. */
const silent = new Set([
  'store',
  'include',
  'stream_options',
  'stream_options.include_obfuscation',
  'client_metadata',
  'prompt_cache_retention',
  'prompt_cache_options',
])
const maxStops = 4

/** Hub → Chat Completions body. Throws LazuliError 400 `unsupported_by_upstream` for what Chat cannot carry. */
export function encodeRequest(request: HubRequest, target: Target): EncodedRequest {
  const { profile } = target
  const losses: Loss[] = []
  const lose = (path: string, kind: Loss['kind'], reason: string): void => {
    if (!losses.some((loss) => loss.path === path && loss.reason === reason)) losses.push({ path, kind, reason })
  }
  const naming = nameTools(request, { maxLength: toolNameLimits.chat })
  const wrapCustom = !(profile.customTools ?? false) && request.dialect !== 'chat'
  const cacheMark = cacheMarks(request, profile)
  const scope: EncodeScope = { request, profile, naming, wrapCustom, cacheMark, lose }

  const format = encodeFormat(request.format, scope)
  const messages = encodeMessages(scope)
  if (format.instruction !== undefined) {
    messages.unshift({ role: profile.instructionRole, content: format.instruction })
  }
  const body: Wire = {
    model: target.deployment,
    messages,
    ...encodeParameters(request, target, scope),
    ...format.body,
    ...encodeTools(scope),
    ...encodeExtra(request, scope),
    ...encodeStream(request, target),
  }
  const fitted = fitToModel(body, profile, request.dialect)
  for (const loss of fitted.losses) lose(loss.path, loss.kind, loss.reason)
  return { body: fitted.body, losses, undo: undoOf(scope) }
}

function encodeParameters(request: HubRequest, target: Target, scope: EncodeScope): Wire {
  const { profile } = target
  const body: Wire = {}
  const put = (field: string, value: unknown): void => {
    if (value !== undefined) body[field] = value
  }
  put(profile.maxTokensField, request.maxTokens)
  put('temperature', request.temperature)
  put('top_p', request.topP)
  put('stop', encodeStop(request, scope))
  put('seed', request.seed)
  put('n', request.n)
  put('presence_penalty', request.presencePenalty)
  put('frequency_penalty', request.frequencyPenalty)
  put('logit_bias', request.logitBias)
  if (request.logprobs !== undefined) {
    body['logprobs'] = true
    if (request.logprobs > 0) body['top_logprobs'] = request.logprobs
  }
  // A Chat client's effort is fitted with the rest of its body.
  const effort = request.dialect === 'chat' ? { effort: request.effort, losses: [] } : effortFor(request, profile)
  for (const loss of effort.losses) scope.lose(loss.path, loss.kind, loss.reason)
  put('reasoning_effort', effort.effort)
  put('user', encodeUser(request, scope.lose))
  encodeTopK(request, scope, put)
  encodeOpenAiOnly(request, scope, put)
  return body
}

function encodeStop(request: HubRequest, scope: EncodeScope): string | string[] | undefined {
  const { stop } = request
  if (stop === undefined || stop.length === 0) return undefined
  if (stop.length === 1) return stop[0]
  if (stop.length <= maxStops || request.dialect === 'chat') return stop
  const path = clientPath(request.dialect, 'stop')
  scope.lose(path, 'degraded', `Chat Completions takes ${maxStops} stop sequences; the first ones were kept.`)
  return stop.slice(0, maxStops)
}

function encodeTopK(request: HubRequest, scope: EncodeScope, put: (field: string, value: unknown) => void): void {
  if (request.topK === undefined) return
  // Servers of open models take it; OpenAI's do not.
  if (request.dialect === 'chat' && !scope.profile.apis.includes('responses')) put('top_k', request.topK)
  else scope.lose(clientPath(request.dialect, 'topK'), 'dropped', 'Chat Completions has no top_k.')
}

/** Fields that only OpenAI's own models know; a Chat client's are passed on, its upstream may know them too. */
function encodeOpenAiOnly(request: HubRequest, scope: EncodeScope, put: (field: string, value: unknown) => void): void {
  const { dialect } = request
  const isOpenAi = scope.profile.apis.includes('responses')
  if (dialect === 'chat') put('metadata', request.metadata)
  else if (request.metadata !== undefined && Object.keys(request.metadata).length > 0) {
    scope.lose(clientPath(dialect, 'metadata'), 'dropped', 'Chat Completions takes metadata only for stored answers.')
  }
  if (dialect === 'chat' || isOpenAi) put('prompt_cache_key', request.promptCacheKey)
  if (dialect === 'chat') put('service_tier', request.serviceTier)
  else if (request.serviceTier !== undefined) {
    if (isOpenAi) put('service_tier', request.serviceTier === 'standard_only' ? 'default' : request.serviceTier)
    else if (request.serviceTier !== 'auto' && request.serviceTier !== 'default') {
      scope.lose(clientPath(dialect, 'serviceTier'), 'dropped', 'The model has no service tiers.')
    }
  }
  // Verbosity came with the models that know free-text tools.
  if (dialect === 'chat' || (scope.profile.customTools ?? false)) put('verbosity', request.verbosity)
  else if (request.verbosity !== undefined) {
    scope.lose(clientPath(dialect, 'verbosity'), 'dropped', 'The model has no setting for verbosity.')
  }
  if (dialect !== 'chat' && (request.showReasoning === 'concise' || request.showReasoning === 'detailed')) {
    scope.lose(clientPath(dialect, 'showReasoning'), 'dropped', 'Chat Completions has no setting for summaries.')
  }
}

/** The client's own fields go on where its own dialect is spoken, else they are declared. */
function encodeExtra(request: HubRequest, scope: EncodeScope): Wire {
  const body: Wire = {}
  for (const [path, value] of Object.entries(request.extra)) {
    const isSet = value !== null && value !== undefined && value !== false
    if (request.dialect === 'chat' && !/[[.]/.test(path)) body[path] = value
    else if (silent.has(path) || !isSet) continue
    else if (request.dialect !== 'chat' && isStatefulField(path)) {
      throw statefulField(path)
    } else scope.lose(path, 'dropped', 'Chat Completions has no such field.')
  }
  return body
}

/** Usage is always asked for: it is counted, and hidden from a client that did not want it. */
function encodeStream(request: HubRequest, target: Target): Wire {
  if (!target.stream) return {}
  const obfuscation = request.dialect === 'chat' ? request.extra['stream_options.include_obfuscation'] : undefined
  const rest = obfuscation === undefined ? {} : { include_obfuscation: obfuscation }
  return { stream: true, stream_options: { include_usage: true, ...rest } }
}

function undoOf(scope: EncodeScope): AnswerUndo {
  const { request, naming } = scope
  const wrapped = request.tools.filter((tool) => tool.type === 'custom')
  const sent = wrapped.map((tool) => naming.sent(tool.name, tool.namespace))
  return {
    toolNames: naming.toolNames,
    namespaces: naming.namespaces,
    wrappedCustomTools: new Set(scope.wrapCustom ? sent : []),
  }
}
