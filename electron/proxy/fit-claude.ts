import { effortFor, thinkingFor } from '../core/effort.ts'
import type { HubRequest, Loss } from '../core/hub.ts'
import { LossList } from '../core/loss-list.ts'
import type { ModelProfile } from '../core/models/profile.ts'
import { dropForeignThinking } from './drop-foreign-thinking.ts'

type Fields = Record<string, unknown>

/**
 * The fixes that a Claude family needs on a Messages body that is otherwise passed on as it is: Claude Code asks every
 * name that it does not know for adaptive thinking, and older names for a budget, whatever model stands behind them.
 * @param source the small top-level fields of the body, and `messages` where they may need a fix; nothing is changed in place
 */
export function fitClaude(source: Readonly<Fields>, profile: ModelProfile): { body: Fields; losses: Loss[] } {
  const body: Fields = { ...source }
  const losses = new LossList()
  fitSampling(body, profile, losses)
  fitHistory(body, profile, losses)
  fitThinking(body, profile, losses)
  const limit = body['max_tokens']
  if (typeof limit === 'number' && profile.outputCap !== undefined && limit > profile.outputCap) {
    body['max_tokens'] = profile.outputCap
    losses.degraded('max_tokens', `The model writes at most ${profile.outputCap} tokens; ${limit} was cut to that.`)
  }
  return { body, losses: losses.all }
}

function fitSampling(body: Fields, profile: ModelProfile, losses: LossList): void {
  for (const field of ['temperature', 'top_p', 'top_k'] as const) {
    if (body[field] === undefined || !profile.rejects.has(field)) continue
    delete body[field]
    losses.dropped(field, 'The model refuses this parameter.')
  }
  if (profile.rejects.has('temperature_with_top_p') && typeof body['temperature'] === 'number' && 'top_p' in body) {
    delete body['top_p']
    losses.dropped('top_p', 'The model refuses it together with temperature.')
  }
}

/** `messages` are there only when they may hold thoughts of another model. */
function fitHistory(body: Fields, profile: ModelProfile, losses: LossList): void {
  const { messages, thinking } = body
  const fitted = Array.isArray(messages) ? dropForeignThinking(messages) : undefined
  if (fitted === undefined) return
  body['messages'] = fitted.kept
  losses.dropped('messages.thinking', 'Claude cannot go on with the reasoning of another model.')
  if (!fitted.unthought || !profile.thinkingOptional || !isFields(thinking) || thinking['type'] === 'disabled') return
  body['thinking'] = { type: 'disabled' }
  losses.degraded('thinking', 'The thinking before the last tool calls was not Claude’s, so it goes on without.')
}

function fitThinking(body: Fields, profile: ModelProfile, losses: LossList): void {
  const thinking = body['thinking']
  if (!isFields(thinking) || fits(thinking, profile)) {
    fitPlainEffort(body, profile, losses)
    return
  }
  const given = body['max_tokens']
  const maxTokens = typeof given === 'number' ? given : (profile.outputCap ?? 32_000)
  const plan = thinkingFor(
    {
      dialect: 'messages',
      thinking:
        thinking['type'] === 'adaptive'
          ? { mode: 'adaptive' }
          : {
              mode: 'enabled',
              budget: typeof thinking['budget_tokens'] === 'number' ? thinking['budget_tokens'] : 1024,
            },
      ...effortOf(body),
      ...(typeof given === 'number' ? { maxTokens: given } : {}),
    },
    profile,
    maxTokens,
  )
  for (const loss of plan.losses) losses.add(loss)
  if (plan.maxTokens !== maxTokens) body['max_tokens'] = plan.maxTokens
  const display = thinking['display'] === undefined ? {} : { display: thinking['display'] }
  switch (plan.thinking?.mode) {
    case 'enabled':
      body['thinking'] = { type: 'enabled', budget_tokens: plan.thinking.budget, ...display }
      break
    case 'adaptive':
      body['thinking'] = { type: 'adaptive', ...display }
      break
    case 'disabled':
    case undefined:
      delete body['thinking']
  }
  fitEffort(body, plan.effort)
}

function fits(thinking: Fields, profile: ModelProfile): boolean {
  switch (thinking['type']) {
    case 'enabled':
      return profile.thinking === 'budget' || profile.thinking === 'both'
    case 'adaptive':
      return profile.thinking === 'adaptive' || profile.thinking === 'both'
    default:
      return true
  }
}

function effortOf(body: Fields): Pick<HubRequest, 'effort'> {
  const config = body['output_config']
  const effort = isFields(config) ? config['effort'] : undefined
  return typeof effort === 'string' ? { effort: effort as NonNullable<HubRequest['effort']> } : {}
}

/** An effort that the model does not know is refused by it, with thinking or without. */
function fitPlainEffort(body: Fields, profile: ModelProfile, losses: LossList): void {
  const { effort } = effortOf(body)
  if (effort === undefined || profile.family === 'unknown' || profile.efforts.includes(effort)) return
  const path = 'output_config.effort'
  if (profile.efforts.length === 0) {
    losses.dropped(path, 'The model takes no effort.')
    fitEffort(body, undefined)
    return
  }
  const fitted = effortFor({ dialect: 'messages', effort }, profile).effort
  losses.degraded(path, `The model has no effort "${effort}"; it got "${fitted ?? 'none'}".`)
  fitEffort(body, fitted)
}

function fitEffort(body: Fields, effort: string | undefined): void {
  const config = isFields(body['output_config']) ? body['output_config'] : {}
  const { effort: _, ...rest } = config
  const fitted = effort === undefined ? rest : { ...rest, effort }
  if (Object.keys(fitted).length === 0) delete body['output_config']
  else body['output_config'] = fitted
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
