import { clientPath } from '../../client-paths.ts'
import { thinkingFor } from '../../effort.ts'
import type { HubRequest } from '../../hub.ts'
import { LossList } from '../../loss-list.ts'
import type { ModelProfile } from '../../models/profile.ts'
import { nameTools, toolNameLimits } from '../../tool-names.ts'
import type { EncodedRequest, Target } from '../dialect.ts'
import { blocksOf, limitCacheMarks } from './cache-marks.ts'
import { declareDropped, refuseUnsupported } from './cannot-carry.ts'
import { encodeSampling } from './encode-sampling.ts'
import { type EncodedTools, encodeTools } from './encode-tools.ts'
import { type EncodedTurns, encodeTurns } from './encode-turns.ts'
import { type Fields } from './fields.ts'

/** Output limits where the client gave none, in tokens; unstreamed answers must come before clients time out. */
const defaultLimit = { streamed: 32_000, whole: 8192 } as const

const jsonInstruction = 'Respond with a single JSON object only.'

/** A request in Anthropic's form, with what was lost on the way. Throws LazuliError 400 for what must not be lost. */
export function encodeRequest(request: HubRequest, target: Target): EncodedRequest {
  const { profile } = target
  const losses = new LossList()
  refuseUnsupported(request)
  declareDropped(request, losses)
  const naming = nameTools(request, { maxLength: toolNameLimits.messages })
  const tools = encodeTools(request, naming, profile, losses)
  const turns = encodeTurns({ request, naming, losses }, profile)
  if (request.format?.kind === 'json') {
    losses.degraded(clientPath(request.dialect, 'format'), 'JSON is asked for in words; it is not guaranteed.')
    turns.system.push({ type: 'text', text: jsonInstruction })
  }
  limitCacheMarks([...tools.tools, ...turns.system, ...blocksOf(turns.messages)])

  const body: Fields = request.dialect === 'messages' ? { ...request.extra } : {}
  body['model'] = target.deployment
  const thinking = encodeThinking(request, profile, outputLimit(request, target, losses), tools, turns, losses)
  body['max_tokens'] = thinking.maxTokens
  if (turns.system.length > 0) body['system'] = turns.system
  body['messages'] = turns.messages
  if (tools.tools.length > 0) body['tools'] = tools.tools
  if (tools.choice) body['tool_choice'] = tools.choice
  Object.assign(body, encodeSampling(request, profile, thinking.isOn, losses))
  if (thinking.thinking) body['thinking'] = thinking.thinking
  const outputConfig = { ...thinking.effort, ...(tools.format ? { format: tools.format } : {}) }
  if (Object.keys(outputConfig).length > 0) body['output_config'] = outputConfig
  if (request.user !== undefined) body['metadata'] = { user_id: request.user }
  const tier = request.serviceTier
  if (tier === 'auto') body['service_tier'] = 'auto'
  else if (tier === 'default' || tier === 'standard_only') body['service_tier'] = 'standard_only'
  else if (tier !== undefined) losses.dropped('service_tier', `Anthropic has no service tier "${tier}".`)
  if (target.stream) body['stream'] = true

  return {
    body,
    losses: losses.all,
    undo: {
      toolNames: naming.toolNames,
      namespaces: naming.namespaces,
      wrappedCustomTools: tools.wrappedCustomTools,
      ...(tools.formatTool === undefined ? {} : { formatTool: tools.formatTool }),
    },
  }
}

/** `max_tokens` is required in Messages. */
function outputLimit(request: HubRequest, target: Target, losses: LossList): number {
  const cap = target.profile.outputCap ?? Number.POSITIVE_INFINITY
  if (request.maxTokens === undefined) return Math.min(cap, target.stream ? defaultLimit.streamed : defaultLimit.whole)
  if (request.maxTokens > cap) {
    losses.degraded(clientPath(request.dialect, 'maxTokens'), `The model writes ${cap} tokens at most.`)
  }
  return Math.min(request.maxTokens, cap)
}

interface EncodedThinking {
  thinking?: Fields
  effort: { effort?: string }
  maxTokens: number
  isOn: boolean
}

/** Thinking, unless the rest of the request excludes it: a forced tool, a prefilled answer, a loop without thinking. */
function encodeThinking(
  request: HubRequest,
  profile: ModelProfile,
  limit: number,
  tools: EncodedTools,
  turns: EncodedTurns,
  losses: LossList,
): EncodedThinking {
  const plan = thinkingFor(request, profile, limit)
  const effort = plan.effort === undefined ? {} : { effort: plan.effort }
  const mode = plan.thinking?.mode
  if (plan.thinking === undefined || mode === 'disabled') {
    for (const loss of plan.losses) losses.add(loss)
    const off = mode === 'disabled' ? { thinking: { type: 'disabled' }, effort: gentle(effort) } : { effort }
    return { ...off, maxTokens: plan.maxTokens, isOn: false }
  }

  const path = clientPath(request.dialect, request.thinking ? 'thinking' : 'effort')
  const obstacle = thinkingObstacle(tools, turns)
  if (obstacle !== undefined && profile.thinkingOptional) {
    if (turns.loopWithoutThinking) losses.degraded(path, obstacle)
    else losses.dropped(path, obstacle)
    return { thinking: { type: 'disabled' }, effort: gentle(effort), maxTokens: limit, isOn: false }
  }
  for (const loss of plan.losses) losses.add(loss)
  const thinking: Fields =
    plan.thinking.mode === 'enabled' ? { type: 'enabled', budget_tokens: plan.thinking.budget } : { type: 'adaptive' }
  // Newer models think in silence unless asked; Chat has no field to ask with, and its clients show what comes.
  const show = request.showReasoning ?? (request.dialect === 'chat' && mode === 'adaptive' ? 'auto' : undefined)
  if (show !== undefined) thinking['display'] = show === 'omit' ? 'omitted' : 'summarized'
  return { thinking, effort, maxTokens: plan.maxTokens, isOn: true }
}

function thinkingObstacle(tools: EncodedTools, turns: EncodedTurns): string | undefined {
  if (tools.forced) return 'Claude cannot think before a tool call that is forced.'
  if (turns.prefill) return 'Claude cannot think before an answer that is already begun.'
  if (turns.loopWithoutThinking) return 'The thinking before the last tool calls did not come back with its signature.'
  return undefined
}

/** Some families refuse to switch thinking off at an effort above `high`. */
function gentle(effort: { effort?: string }): { effort?: string } {
  return effort.effort === 'xhigh' || effort.effort === 'max' ? { effort: 'high' } : effort
}
