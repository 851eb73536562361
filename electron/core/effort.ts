/**
 * Reasoning effort (OpenAI's vocabulary) ⇄ thinking (Anthropic's), both ways, fitted to the model. The numbers follow
 * the table of budgets that both vendors' own clients use for these words; Anthropic's limits on `budget_tokens`
 * (at least 1024, below `max_tokens`) come from its SDK's documentation of the field.
 */
import { clientPath } from './client-paths.ts'
import type { Effort, HubRequest, Loss } from './hub.ts'
import type { ModelProfile } from './models/profile.ts'

type EffortRequest = Pick<HubRequest, 'dialect' | 'effort' | 'thinking' | 'maxTokens'>
type EffortProfile = Pick<ModelProfile, 'efforts' | 'thinking' | 'thinkingOptional' | 'outputCap'>

const smallestBudget = 1024
/** Below this, thinking would leave no room for an answer. */
const smallestOutputWithThinking = 2048

export interface ThinkingPlan {
  thinking?: { mode: 'enabled'; budget: number } | { mode: 'adaptive' } | { mode: 'disabled' }
  /** For `output_config.effort`. */
  effort?: Effort
  /** The output limit to send: the given one, raised where the budget needs room. */
  maxTokens: number
  losses: Loss[]
}

/**
 * How a Claude model is asked to think.
 * @param maxTokens the output limit that would be sent without thinking, in tokens
 */
export function thinkingFor(request: EffortRequest, profile: EffortProfile, maxTokens: number): ThinkingPlan {
  const losses: Loss[] = []
  const wish = thinkingWish(request)
  if (wish === undefined) return { maxTokens, losses }
  const path = clientPath(request.dialect, request.thinking ? 'thinking' : 'effort')

  if (profile.thinking === 'none') {
    if (wish.mode !== 'off' && wish.mode !== 'effort-only') {
      losses.push({ path, kind: 'dropped', reason: 'The model does not think.' })
    }
    return { maxTokens, losses, ...effortField(wish.effort, profile, path, losses, 'quiet') }
  }

  switch (wish.mode) {
    case 'effort-only':
      return { maxTokens, losses, ...effortField(wish.effort, profile, path, losses, 'declare') }
    case 'off': {
      if (profile.thinkingOptional) {
        const field = wish.explicit ? effortField(wish.effort, profile, path, losses, 'quiet') : {}
        return { maxTokens, losses, ...field, ...(wish.explicit ? { thinking: { mode: 'disabled' } } : {}) }
      }
      losses.push({ path, kind: 'degraded', reason: 'The model always thinks; it is asked for the least effort.' })
      return { maxTokens, losses, ...effortField('low', profile, path, losses, 'quiet') }
    }
    case 'adaptive':
      if (profile.thinking === 'budget') break
      return {
        thinking: { mode: 'adaptive' },
        maxTokens,
        losses,
        ...effortField(wish.effort, profile, path, losses, 'declare'),
      }
    case 'budget': {
      if (profile.thinking !== 'adaptive') break
      losses.push({
        path,
        kind: 'carried',
        reason: 'The model decides itself how long to think: budget became effort.',
      })
      const effort = wish.effort ?? effortOfBudget(wish.budget)
      return {
        thinking: { mode: 'adaptive' },
        maxTokens,
        losses,
        ...effortField(effort, profile, path, losses, 'quiet'),
      }
    }
  }

  const budget = wish.mode === 'budget' ? wish.budget : budgetOfEffort(wish.effort ?? 'high', maxTokens)
  const fitted = fitBudget(budget, maxTokens, profile.outputCap, request.maxTokens !== undefined)
  if (!fitted) {
    const reason = `Thinking needs an output limit of at least ${smallestOutputWithThinking} tokens.`
    losses.push({ path, kind: 'dropped', reason })
    return { maxTokens, losses }
  }
  if (request.maxTokens !== undefined && fitted.maxTokens !== maxTokens) {
    const reason = `Raised to ${fitted.maxTokens}: thinking counts as output and its budget is ${fitted.budget}.`
    losses.push({ path: clientPath(request.dialect, 'maxTokens'), kind: 'degraded', reason })
  }
  if (fitted.budget < budget) {
    losses.push({ path, kind: 'degraded', reason: `The thinking budget was cut to ${fitted.budget} tokens.` })
  }
  // Models of this kind take `effort` beside a budget only when the client itself asked for both.
  const effort = wish.mode === 'budget' ? effortField(wish.effort, profile, path, losses, 'quiet') : {}
  return {
    thinking: { mode: 'enabled', budget: fitted.budget },
    maxTokens: fitted.maxTokens,
    losses,
    ...effort,
  }
}

/** The effort that a Chat or Responses model is asked for; undefined = leave the field out. */
export function effortFor(request: EffortRequest, profile: EffortProfile): { effort?: Effort; losses: Loss[] } {
  const wanted = openAiEffort(request)
  if (wanted === undefined) return { losses: [] }
  const path = clientPath(request.dialect, request.thinking ? 'thinking' : 'effort')
  if (profile.efforts.length === 0) {
    if (wanted === 'none') return { losses: [] }
    return { losses: [{ path, kind: 'dropped', reason: 'The model does not reason by effort.' }] }
  }
  const effort = nearestEffort(wanted, profile.efforts)
  if (effort === wanted) return { effort, losses: [] }
  // A budget names no word, so `high` for a very large one is a translation, not a loss.
  const kind = request.thinking?.mode === 'enabled' ? 'carried' : 'degraded'
  return { effort, losses: [{ path, kind, reason: `The model has no effort "${wanted}"; it got "${effort}".` }] }
}

type ThinkingWish =
  | { mode: 'off'; effort?: Effort; explicit: boolean }
  | { mode: 'effort-only'; effort: Effort }
  | { mode: 'adaptive'; effort?: Effort }
  | { mode: 'budget'; budget: number; effort?: Effort }

/** What the request says in Anthropic's terms; an explicit `thinking` beats effort. */
function thinkingWish(request: EffortRequest): ThinkingWish | undefined {
  const effort = request.effort === undefined ? {} : { effort: request.effort }
  switch (request.thinking?.mode) {
    case 'enabled':
      return { mode: 'budget', budget: request.thinking.budget, ...effort }
    case 'adaptive':
      return { mode: 'adaptive', ...effort }
    case 'disabled':
      return { mode: 'off', explicit: true, ...effort }
    case undefined:
  }
  if (request.effort === undefined) return undefined
  if (request.effort === 'none') return { mode: 'off', explicit: false }
  // In Messages effort without `thinking` is legal and switches no thinking on.
  if (request.dialect === 'messages') return { mode: 'effort-only', effort: request.effort }
  return { mode: 'adaptive', effort: request.effort }
}

function openAiEffort({ thinking, effort }: EffortRequest): Effort | undefined {
  if (thinking?.mode === 'enabled') return effortOfBudget(thinking.budget)
  return thinking?.mode === 'disabled' ? undefined : effort
}

function effortField(
  effort: Effort | undefined,
  profile: EffortProfile,
  path: string,
  losses: Loss[],
  mode: 'declare' | 'quiet',
): { effort?: Effort } {
  if (effort === undefined || effort === 'none') return {}
  if (profile.efforts.length === 0) {
    if (mode === 'declare') losses.push({ path, kind: 'dropped', reason: 'The model takes no effort.' })
    return {}
  }
  const fitted = nearestEffort(effort, profile.efforts)
  // `minimal` has no name in Messages; `low` is its spelling there.
  if (fitted !== effort && !(effort === 'minimal' && fitted === 'low') && mode === 'declare') {
    losses.push({ path, kind: 'degraded', reason: `The model has no effort "${effort}"; it got "${fitted}".` })
  }
  return fitted === 'none' ? {} : { effort: fitted }
}

const scale: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The nearest effort that a model takes: the next lower one first, but never `none` for a client that wants thought. */
function nearestEffort(wanted: Effort, efforts: readonly Effort[]): Effort {
  if (efforts.includes(wanted)) return wanted
  const position = scale.indexOf(wanted)
  const lower = scale.slice(1, Math.max(position, 1)).toReversed()
  const higher = scale.slice(position + 1)
  return [...lower, ...higher].find((effort) => efforts.includes(effort)) ?? 'none'
}

function effortOfBudget(budget: number): Effort {
  if (budget <= 2048) return 'low'
  if (budget <= 8192) return 'medium'
  if (budget <= 24_576) return 'high'
  return 'xhigh'
}

const budgets: Record<Exclude<Effort, 'max'>, number> = {
  none: smallestBudget,
  minimal: smallestBudget,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
}

function budgetOfEffort(effort: Effort, maxTokens: number): number {
  return effort === 'max' ? Math.floor(maxTokens * 0.8) : budgets[effort]
}

/** Makes room for the budget by raising the limit up to the model's cap, then by shrinking the budget. */
function fitBudget(
  asked: number,
  maxTokens: number,
  cap: number | undefined,
  clientSetLimit: boolean,
): { budget: number; maxTokens: number } | undefined {
  const ceiling = Math.max(cap ?? Number.MAX_SAFE_INTEGER, maxTokens)
  if (Math.min(maxTokens, cap ?? maxTokens) < smallestOutputWithThinking && clientSetLimit) return undefined
  if (ceiling < smallestOutputWithThinking) return undefined
  const wanted = Math.max(smallestBudget, Math.floor(asked))
  const limit = Math.min(Math.max(maxTokens, wanted + smallestBudget), ceiling)
  return { budget: Math.min(wanted, limit - smallestBudget), maxTokens: limit }
}
