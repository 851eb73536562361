/** Is there room for a request? By the limits that are configured, and by what Azure says is left. */
import type { Instance } from '../../shared/config.ts'
import { placeOf } from './health.ts'
import type { AnswerHeaders } from './retry-after.ts'
import type { Budget, Reservation, State, Used } from './state.ts'

/** Tokens, estimated before the request is sent. */
export interface Estimate {
  input: number
  /** As many as the request allows; they count in full at admission, as at Azure (azure.md §2.5). */
  output: number
}

export type LimitedInstance = Pick<
  Instance,
  'max_tpm' | 'max_rpm' | 'max_input_tokens' | 'rate_limit_enabled' | 'deployment_limits'
>

/** `waitMs` is Infinity for a request that is too large by itself. `reservation` is absent where nothing is limited. */
export type Room = { reservation?: Reservation } | { waitMs: number; why: string }

/** What an upstream said of one deployment's quota with its last answer that spoke of it. */
export interface ToldQuota {
  /** On the clock that never goes back. */
  at: number
  limitTokens?: number
  limitRequests?: number
  remainingTokens?: number
  remainingRequests?: number
}

/** Azure's own counters start anew after at most a minute; what says more is not believed. */
const LONGEST_RESET_MS = 60_000
const MAX_KEPT = 2000

interface LimitsOptions {
  state: State
  /** Milliseconds of a clock that never goes back. */
  now: () => number
}

export class Limits {
  readonly #state: State
  readonly #now: () => number
  /** Deployments that have nothing left, and until when. */
  readonly #empty = new Map<string, { until: number; what: string }>()
  /** The one that was heard of last comes last. */
  readonly #told = new Map<string, ToldQuota>()

  constructor({ state, now }: LimitsOptions) {
    this.#state = state
    this.#now = now
  }

  /**
   * Reserves room for one request.
   * @param name of the instance, whose limits hold for all of its deployments together
   * @param place instance and deployment, which may have limits of its own; Azure's own counters are per deployment
   */
  async admit(name: string, place: string, instance: LimitedInstance, estimate: () => Estimate): Promise<Room> {
    const empty = this.emptyAt(place)
    if (empty !== undefined) return empty
    this.#empty.delete(place)
    const budgets = budgetsOf(name, place, instance)
    const most = limitOf(instance.max_input_tokens)
    if (budgets.length === 0 && most === undefined) return {}
    const { input, output } = estimate()
    if (most !== undefined && input > most) {
      return { waitMs: Infinity, why: `About ${input} tokens of input, and it takes ${most}` }
    }
    const reserved: Reservation[] = []
    for (const { key, budget } of budgets) {
      const limit = budget.tokens ?? Infinity
      // What may be answered is only a bound, so it alone never makes a request impossible.
      const tokens = input > limit ? input : Math.min(input + output, limit)
      const admission = await this.#state.reserve(key, tokens, budget)
      if ('waitMs' in admission) {
        for (const reservation of reserved) reservation.cancel()
        return { waitMs: admission.waitMs, why: describe(budget) }
      }
      reserved.push(admission.reservation)
    }
    return reserved.length === 0 ? {} : { reservation: together(reserved) }
  }

  /** Takes Azure's own counters in. A limit of 0 or less says that they are not known (azure.md §2.4). */
  observe(place: string, headers: AnswerHeaders): void {
    this.#hear(place, headers)
    for (const what of ['requests', 'tokens'] as const) {
      const limit = numberOf(headers[`x-ratelimit-limit-${what}`])
      const left = numberOf(headers[`x-ratelimit-remaining-${what}`])
      const reset = durationOf(headers[`x-ratelimit-reset-${what}`])
      if (left === undefined || left > 0 || reset === undefined || (limit !== undefined && limit <= 0)) continue
      // Without a limit beside it, -1 means the same.
      if (left < 0) continue
      if (this.#empty.size >= MAX_KEPT) this.#empty.clear()
      this.#empty.set(place, { until: this.#now() + Math.min(reset, LONGEST_RESET_MS), what })
    }
  }

  /** For how long the upstream says that a deployment has nothing left; undefined where it has. Changes nothing. */
  emptyAt(place: string): { waitMs: number; why: string } | undefined {
    const empty = this.#empty.get(place)
    if (empty === undefined || empty.until <= this.#now()) return undefined
    const why = `The upstream says that no ${empty.what} are left in this minute`
    return { waitMs: empty.until - this.#now(), why }
  }

  /** Why a place would not take even the smallest request now; undefined where it would. Reserves nothing. */
  async fullAt(name: string, place: string, instance: LimitedInstance): Promise<string | undefined> {
    for (const { key, budget } of budgetsOf(name, place, instance)) {
      const used = await this.#state.used(key)
      if (used === undefined) continue
      const isFull = used.tokens >= (budget.tokens ?? Infinity) || used.requests >= (budget.requests ?? Infinity)
      if (isFull) return describe(budget)
    }
    return undefined
  }

  /**
   * What was used of a budget in the last minute; undefined where none is kept.
   * @param key an instance's name, or a place
   */
  used(key: string): Used | undefined | Promise<Used | undefined> {
    return this.#state.used(key)
  }

  /** What the upstream last said of a deployment's quota. */
  toldOf(place: string): Readonly<ToldQuota> | undefined {
    return this.#told.get(place)
  }

  #hear(place: string, headers: AnswerHeaders): void {
    const told: ToldQuota = { at: this.#now() }
    for (const [key, name] of TOLD) {
      const value = numberOf(headers[name])
      // A limit of 0 says that it is not known, and so does less than nothing left.
      if (value !== undefined && value >= 0 && !(value === 0 && key.startsWith('limit'))) told[key] = value
    }
    if (Object.keys(told).length === 1) return
    this.#told.delete(place)
    const [oldest] = this.#told.keys()
    if (oldest !== undefined && this.#told.size >= MAX_KEPT) this.#told.delete(oldest)
    this.#told.set(place, told)
  }

  /** How long Azure says that a deployment of this instance has nothing left; undefined where all have. In milliseconds. */
  emptyFor(name: string): number | undefined {
    const start = placeOf({ instance: { name }, deployment: '' })
    const waits = [...this.#empty].flatMap(([place, { until }]) =>
      place.startsWith(start) && until > this.#now() ? [until - this.#now()] : [],
    )
    return waits.length === 0 ? undefined : Math.max(...waits)
  }
}

const TOLD = [
  ['limitTokens', 'x-ratelimit-limit-tokens'],
  ['limitRequests', 'x-ratelimit-limit-requests'],
  ['remainingTokens', 'x-ratelimit-remaining-tokens'],
  ['remainingRequests', 'x-ratelimit-remaining-requests'],
] as const

/** The limits that are configured; undefined where there are none. */
export function budgetOf(instance: LimitedInstance): Budget | undefined {
  if (instance.rate_limit_enabled === false) return undefined
  const tokens = limitOf(instance.max_tpm)
  const requests = limitOf(instance.max_rpm)
  if (tokens === undefined && requests === undefined) return undefined
  return { ...(tokens === undefined ? {} : { tokens }), ...(requests === undefined ? {} : { requests }) }
}

/** The limits that are configured for one deployment alone. */
export function deploymentBudget(instance: LimitedInstance, deployment: string): Budget | undefined {
  const { deployment_limits: all, rate_limit_enabled: enabled } = instance
  if (all === undefined) return undefined
  const asked = deployment.toLowerCase()
  const found = Object.entries(all).find(([name]) => name.toLowerCase() === asked)?.[1]
  return found === undefined
    ? undefined
    : budgetOf({ ...found, ...(enabled === undefined ? {} : { rate_limit_enabled: enabled }) })
}

function budgetsOf(name: string, place: string, instance: LimitedInstance): { key: string; budget: Budget }[] {
  const whole = budgetOf(instance)
  const own = deploymentBudget(instance, place.slice(name.length + 1))
  return [
    ...(whole === undefined ? [] : [{ key: name, budget: whole }]),
    ...(own === undefined ? [] : [{ key: place, budget: own }]),
  ]
}

function together(all: readonly Reservation[]): Reservation {
  return {
    settle: (tokens) => {
      for (const one of all) one.settle(tokens)
    },
    cancel: () => {
      for (const one of all) one.cancel()
    },
  }
}

/** 0 is the predecessor's word for no limit. */
function limitOf(value: number | undefined): number | undefined {
  return value === undefined || value === 0 ? undefined : value
}

function describe({ tokens, requests }: Budget): string {
  const parts = [
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(requests === undefined ? [] : [`${requests} requests`]),
  ]
  return `At its limit of ${parts.join(' and ')} a minute`
}

function numberOf(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** `6m0s`, `120ms`, or a bare number of seconds; in milliseconds. */
function durationOf(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  const seconds = numberOf(value)
  if (seconds !== undefined) return seconds > 0 ? seconds * 1000 : undefined
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(value)) return undefined
  let sum = 0
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) sum += Number(amount) * UNITS[unit!]!
  return sum > 0 ? sum : undefined
}
