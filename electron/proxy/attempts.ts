/**
 * One request, as many calls as it takes: each goes to the next place that has room and works, until one has answered,
 * nothing is left to try, or the client has heard the first byte.
 */
import type { Decision, Step } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import type { TellTrouble } from '../core/trouble.ts'
import type { Budgets } from '../routing/budgets.ts'
import type { Health, Permit } from '../routing/health.ts'
import { placeOf } from '../routing/health.ts'
import type { Estimate, Limits } from '../routing/limits.ts'
import type { Plan } from '../routing/plan.ts'
import type { Candidate } from '../routing/resolve.ts'
import { targetOf } from '../routing/resolve.ts'
import type { Route } from '../routing/route.ts'
import type { Reservation } from '../routing/state.ts'
import type { Strategies } from '../routing/strategies.ts'
import { tellRest, tellSeconds } from '../routing/tell-rest.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import { budgetNote, toldBudget } from './budget-error.ts'
import { asPlayed, isPlayed, judgeFailure } from './judge-failure.ts'
import type { Judgement } from './judge-failure.ts'
import { noRoomError } from './no-room.ts'
import type { Refusal } from './no-room.ts'
import { watched } from './operations/named-ids.ts'
import type { UpstreamAnswer } from './send.ts'
import { UpstreamFailure } from './upstream-failure.ts'
import { UsageMeter } from './usage-meter.ts'

/** What all requests share: it outlives a reload. */
export interface Traffic {
  health: Health
  limits: Limits
  budgets: Budgets
  strategies: Strategies
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
  /** Milliseconds since the epoch. */
  now: () => number
  /** 0 ≤ x < 1. */
  random: () => number
  /** Rejects with the signal's reason. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Hears what somebody should look after. */
  trouble: TellTrouble
}

/** Of an exchange, what serving it needs. */
export interface Served {
  configuration: Exchange['configuration']
  key?: Exchange['key']
  tap: Pick<Exchange['tap'], 'decided'>
  answer: Pick<Exchange['answer'], 'signal' | 'headSent' | 'announce'>
  /** Calls upstream so far; `Request.call` counts them. */
  readonly attempts: number
}

export interface Request {
  plan: Plan
  /** Absent: it takes nothing of a deployment's quota. */
  estimate?: () => Estimate
  /** It leaves something behind: once an upstream may have seen it, it is not sent again. */
  once: boolean
  /** Can its body still be sent again? By default it can. */
  repeatable?: () => boolean
  /**
   * Makes one call and brings its answer to the client.
   * @param seen is given the answer's head as soon as it is there; what it returns is to be read in its place
   */
  call: (route: Route, seen: (upstream: UpstreamAnswer) => UpstreamAnswer) => Promise<ExchangeEnd>
}

/** Longest time that an upstream may ask us to wait with a request; beyond it the caller is told (contract 24). */
const LONGEST_WAIT_MS = 60_000
/** Times that a request waits again because others were told to wait longer. */
const MAX_ROUNDS = 10
const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 8000

/** A place that failed this request. */
interface Tried {
  calls: number
  /** Not to be asked again before, on the monotonic clock. */
  readyAt: number
  isFinal: boolean
}

interface Admitted {
  candidate: Candidate
  permit: Permit
  reservation: Reservation | undefined
}

interface Failed {
  thrown: unknown
  judgement: Judgement
}

/**
 * Serves one request, with retries and failover.
 * @throws LazuliError what the last call failed with, or that no place has room now
 */
export function serveWithRetries(exchange: Served, request: Request, traffic: Traffic): Promise<ExchangeEnd> {
  return new Attempts(exchange, request, traffic).serve()
}

class Attempts {
  readonly #exchange: Served
  readonly #request: Request
  readonly #traffic: Traffic
  readonly #deadline: number
  readonly #tried = new Map<Candidate, Tried>()
  readonly #refusals = new Map<Candidate, Refusal>()
  #decision: Decision
  /** Of which the decision tells. */
  #leading: Candidate | undefined
  #calls = 0
  #estimated: Estimate | undefined

  constructor(exchange: Served, request: Request, traffic: Traffic) {
    this.#exchange = exchange
    this.#request = request
    this.#traffic = traffic
    this.#decision = request.plan.decision
    this.#leading = request.plan.candidates[0]
    this.#deadline = traffic.monotonic() + exchange.configuration.config.timeouts.total * 1000
  }

  async serve(): Promise<ExchangeEnd> {
    let last: Failed | undefined
    for (;;) {
      const admitted = (await this.#admitFresh()) ?? (await this.#admitAgain())
      if (admitted === undefined) {
        if (last !== undefined) return this.#tell(last, true)
        throw this.#noRoom()
      }
      const outcome = await this.#call(admitted)
      if ('state' in outcome) return outcome
      // A stand-in that this request does not fit tells the client nothing: what failed before is the reason.
      const isMisfit = last !== undefined && outcome.judgement.meaning === 'silent'
      if (!isMisfit) last = outcome
      if (!this.#mayGoOn(outcome, isMisfit)) return this.#tell(last ?? outcome, this.#calls > 1)
    }
  }

  #estimate = (): Estimate => (this.#estimated ??= this.#request.estimate?.() ?? { input: 0, output: 0 })

  /** The first place, in order, that was not asked yet and may be now. */
  async #admitFresh(): Promise<Admitted | undefined> {
    for (const candidate of this.#request.plan.candidates) {
      if (this.#tried.has(candidate) || this.#refusals.has(candidate)) continue
      const admitted = await this.#admit(candidate)
      if (!('waitMs' in admitted)) return admitted
      this.#refusals.set(candidate, admitted)
      if (admitted.cause === 'throttled') this.#traffic.trouble({ kind: 'throttled', ...named(candidate) })
      const { name } = candidate.route.instance
      this.#explain({ verdict: 'skip', text: `Instance ${name} is passed over`, why: told(admitted) })
    }
    return undefined
  }

  /** A place that failed before, after the time that it asked for; undefined when that is too long or too late. */
  async #admitAgain(): Promise<Admitted | undefined> {
    const { health, monotonic, sleep } = this.#traffic
    const waitFor = (candidate: Candidate, { readyAt }: Tried): number =>
      Math.max(readyAt - monotonic(), health.rest(placeOf(candidate.route))?.waitMs ?? 0)
    const giveUpAt = monotonic() + LONGEST_WAIT_MS
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const again = [...this.#tried]
        .filter(([candidate, tried]) => this.#mayAskAgain(candidate, tried))
        .map(([candidate, tried]) => ({ candidate, waitMs: waitFor(candidate, tried) }))
        .toSorted((a, b) => a.waitMs - b.waitMs)[0]
      if (again === undefined) return undefined
      const until = monotonic() + again.waitMs
      if (until > giveUpAt || until >= this.#deadline) return undefined
      if (again.waitMs > 0) {
        await sleep(again.waitMs, this.#exchange.answer.signal)
        // What another request learnt meanwhile counts, too.
        if (health.rest(placeOf(again.candidate.route)) !== undefined) continue
      }
      const admitted = await this.#admit(again.candidate)
      if ('waitMs' in admitted) return undefined
      const { name } = again.candidate.route.instance
      const why = again.waitMs > 0 ? `After ${tellSeconds(again.waitMs)}` : 'At once'
      this.#explain({ verdict: 'ok', text: `Instance ${name} is asked again`, why })
      return admitted
    }
    return undefined
  }

  #mayAskAgain({ route }: Candidate, { calls, isFinal }: Tried): boolean {
    // While it is down, one probe at a time tells whether it works again; nobody waits for that.
    if (isFinal || this.#traffic.health.rest(placeOf(route))?.cause === 'down') return false
    return calls <= (route.instance.retry_count ?? Infinity)
  }

  async #admit(candidate: Candidate): Promise<Admitted | Refusal> {
    const { health, limits } = this.#traffic
    const { instance } = candidate.route
    const place = placeOf(candidate.route)
    const overBudget = this.#overBudget(candidate)
    if (overBudget !== undefined) return overBudget
    const permit = health.admit(place)
    if ('waitMs' in permit) return permit
    const isMetered = this.#request.estimate !== undefined
    const room = isMetered ? await limits.admit(instance.name, place, instance, this.#estimate) : {}
    if (!('waitMs' in room)) return { candidate, permit, reservation: room.reservation }
    health.abandoned(place, permit)
    return { waitMs: room.waitMs, cause: 'limit', why: room.why }
  }

  /** A budget that keeps the request from a place; those that only warn are noted. Reading what is there costs nothing. */
  #overBudget({ route }: Candidate): Refusal | undefined {
    if (this.#request.estimate === undefined && !this.#request.once) return undefined
    const { instance, deployment } = route
    const { budgets, now } = this.#traffic
    const spender = { key: this.#exchange.key?.name, instance: instance.name, deployment }
    for (const used of budgets.usedUp(spender)) {
      if (used.blocks) return { cause: 'budget', waitMs: used.resetsAt - now(), used }
      const note = budgetNote(used)
      if (!this.#decision.steps.some(({ text }) => text === note.text)) this.#explain(note)
    }
    return undefined
  }

  async #call({ candidate, permit, reservation }: Admitted): Promise<ExchangeEnd | Failed> {
    const { health, limits, strategies, monotonic } = this.#traffic
    const { route } = candidate
    const place = placeOf(route)
    const { answer } = this.#exchange
    const meter = reservation === undefined ? undefined : new UsageMeter()
    const started = monotonic()
    const callsBefore = this.#exchange.attempts
    this.#lead(candidate)
    let flowed = (): void => {}
    const seen = (upstream: UpstreamAnswer): UpstreamAnswer => {
      if (upstream.status < 300) flowed = health.flows(place)
      if (this.#request.estimate === undefined) return upstream
      strategies.measured(place, monotonic() - started)
      // The quota of then says nothing about now.
      if (!isPlayed(route)) limits.observe(place, upstream.headers)
      return meter === undefined ? upstream : watched(upstream, (chunk) => meter.push(chunk))
    }
    try {
      const end = await this.#request.call(route, seen).finally(() => flowed())
      if (answer.signal.aborted) health.abandoned(place, permit)
      else if (isBreak(end) && !isPlayed(route))
        this.#failed(candidate, permit, end.failure?.message ?? 'broke its answer off')
      else health.served(place, permit)
      const used = meter?.total(this.#estimate().input)
      if (end.state === 'done' && !answer.signal.aborted) {
        if (used !== undefined) reservation?.settle(used)
      } else reservation?.settle(used ?? 0)
      return end
    } catch (thrown) {
      const wasSent = this.#exchange.attempts > callsBefore
      if (wasSent) reservation?.settle(0)
      else reservation?.cancel()
      if (answer.signal.aborted) {
        health.abandoned(place, permit)
        throw thrown
      }
      const judged = judgeFailure(thrown, this.#traffic.now(), route.deployment)
      const judgement = isPlayed(route) ? asPlayed(judged) : judged
      this.#learn(candidate, permit, judgement)
      if (wasSent) this.#calls++
      return { thrown, judgement }
    }
  }

  /** What a failure says about the place, for this request and for all. */
  #learn(candidate: Candidate, permit: Permit, judgement: Judgement): void {
    const { health, monotonic, random, trouble } = this.#traffic
    const { route } = candidate
    const place = placeOf(route)
    const { meaning, retryAfterMs, isFinalHere, told, advice } = judgement
    const said = { ...named(candidate), told, ...(advice === undefined ? {} : { advice }) }
    switch (meaning) {
      case 'throttled':
        health.throttled(place, permit, retryAfterMs)
        trouble({ kind: 'throttled', ...named(candidate) })
        break
      case 'down':
        this.#failed(candidate, permit, told)
        break
      case 'misconfigured':
        // A caller's own key says nothing about the instance.
        if (route.instance.credential.type === 'passthrough') health.answered(place, permit)
        else {
          health.misconfigured(place, permit, advice ?? '', route.instance)
          trouble({ kind: 'misconfigured', ...said })
        }
        break
      case 'refused':
        health.answered(place, permit)
        break
      case 'silent':
        health.abandoned(place, permit)
        // Nothing was sent, and another instance may do: its key or its sign-in failed.
        if (judgement.retryable) trouble({ kind: 'credential', ...said })
        break
    }
    const calls = (this.#tried.get(candidate)?.calls ?? 0) + 1
    const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (calls - 1)) * (1 - random() / 4)
    const isFinal = isFinalHere || meaning === 'silent'
    this.#tried.set(candidate, { calls, readyAt: monotonic() + (retryAfterMs ?? backoff), isFinal })
    const why = advice ?? (retryAfterMs === undefined ? undefined : `To be asked after ${tellSeconds(retryAfterMs)}`)
    this.#explain({
      verdict: 'warn',
      text: `Instance ${route.instance.name}: ${told}`,
      ...(why === undefined ? {} : { why }),
    })
  }

  #failed(candidate: Candidate, permit: Permit, told: string): void {
    const isDown = this.#traffic.health.failed(placeOf(candidate.route), permit)
    if (isDown) this.#traffic.trouble({ kind: 'down', ...named(candidate), told })
  }

  #mayGoOn({ judgement }: Failed, isMisfit: boolean): boolean {
    const { answer, configuration } = this.#exchange
    if (!(judgement.retryable || isMisfit) || answer.headSent || answer.signal.aborted) return false
    if (this.#request.once && !judgement.isUnsent) return false
    if (this.#request.repeatable?.() === false) return false
    return this.#calls <= configuration.config.routing.retries
  }

  /** @param gaveUp were other calls tried, or could none be? Then the caller need not try the same again */
  async #tell({ thrown, judgement }: Failed, gaveUp: boolean): Promise<ExchangeEnd> {
    const isOver = judgement.retryable && gaveUp && this.#calls > 0 && !this.#request.once && this.#mayRetry()
    if (judgement.meaning === 'down') {
      this.#traffic.trouble({ kind: 'failed', ...this.#target(), told: judgement.told })
    }
    if (isOver) {
      this.#explain({ verdict: 'error', text: `Given up after ${counted(this.#calls)}` })
      this.#exchange.answer.announce([['x-should-retry', 'false']])
    }
    if (!(thrown instanceof UpstreamFailure)) throw thrown
    const { headers } = thrown.answer
    return thrown.tell(isOver ? { ...headers, 'x-should-retry': 'false' } : headers)
  }

  #target(): { instance: string; deployment: string } {
    return this.#leading === undefined ? { instance: '', deployment: '' } : named(this.#leading)
  }

  #mayRetry(): boolean {
    return this.#exchange.configuration.config.routing.retries > 0
  }

  #noRoom(): LazuliError {
    const { error, headers } = noRoomError([...this.#refusals.values()])
    this.#explain({ verdict: 'error', text: error.message, ...(error.fix === undefined ? {} : { why: error.fix }) })
    this.#exchange.answer.announce(headers)
    return error
  }

  /** The decision names the place that is asked now. */
  #lead(candidate: Candidate): void {
    const { route, steps } = candidate
    if (candidate === this.#leading) return
    this.#leading = candidate
    if (this.#decision.target !== undefined) this.#decision = { ...this.#decision, target: targetOf(candidate) }
    this.#explain({ verdict: 'ok', text: `Instance ${route.instance.name}`, why: 'The next in order' }, ...steps)
  }

  #explain(...steps: Step[]): void {
    this.#decision = { ...this.#decision, steps: [...this.#decision.steps, ...steps] }
    this.#exchange.tap.decided(this.#decision)
  }
}

function named({ route }: Candidate): { instance: string; deployment: string } {
  return { instance: route.instance.name, deployment: route.deployment }
}

/** Did the upstream break its answer off after it had begun? */
function isBreak({ failure }: ExchangeEnd): boolean {
  return failure?.code === 'proxy_upstream_incomplete' || failure?.code === 'proxy_idle_timeout'
}

function told(refusal: Refusal): string {
  switch (refusal.cause) {
    case 'limit':
      return refusal.why
    case 'budget':
      return toldBudget(refusal.used)
    case 'throttled':
    case 'down':
      return tellRest(refusal)
  }
}

function counted(calls: number): string {
  return calls === 1 ? 'one call' : `${calls} calls`
}
