/**
 * Which deployments are worth a call. After a 429 with a Retry-After a deployment rests for that long; after five
 * failures in a row for a minute, and then one request at a time finds out whether it works again.
 */

const FAILURES = 5
const REST_MS = 60_000
/** Who asks to be left alone for longer than a day has written nonsense. */
const LONGEST_REST_MS = 86_400_000
/** A role or a deployment that was just made works after at most five minutes (azure.md §2.6). */
const DOUBT_MS = 300_000
const MAX_KEPT = 2000
const SEVERITY: readonly Condition['state'][] = ['healthy', 'throttled', 'misconfigured', 'half-open', 'down']

interface Record {
  failures: number
  /** Answers that have begun well and are still running. */
  flowing: number
  /** Asked for by the upstream. */
  throttledUntil: number
  /** Resting after failures; undefined while it works. */
  downUntil: number | undefined
  probing: boolean
  misconfigured: Doubt | undefined
  /** Its rest was ended early once, and it has not served since. */
  hurried: boolean
}

interface Doubt {
  advice: string
  until: number
  configured: object
}

/** A request may go. `probe`: it is the one that finds out whether the deployment works again. */
export type Permit = { probe: boolean }
export type Rest = { waitMs: number; cause: 'throttled' | 'down' }

/** How an instance or a deployment fares. `retryMs`: how long it is still left alone. */
export type Condition =
  | { state: 'healthy' }
  | { state: 'throttled'; retryMs: number }
  | { state: 'down'; retryMs: number }
  /** Its rest is over, and nobody has found out yet whether it works again. */
  | { state: 'half-open' }
  | { state: 'misconfigured'; advice: string; deployment: string }

export class Health {
  readonly #now: () => number
  readonly #records = new Map<string, Record>()
  /** Instances that refused their own credential when they were asked without a request, by name. */
  readonly #refused = new Map<string, Doubt>()

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now
  }

  /** May a request go to this deployment now? A permit must be ended by one of the methods below. */
  admit(place: string): Permit | Rest {
    const record = this.#records.get(place)
    const rest = this.rest(place)
    if (rest !== undefined) return rest
    if (record?.downUntil === undefined) return { probe: false }
    record.probing = true
    return { probe: true }
  }

  /** Why no request may go to this deployment now, and for how long; undefined where one may. Changes nothing. */
  rest(place: string): Rest | undefined {
    const record = this.#records.get(place)
    if (record === undefined) return undefined
    const now = this.#now()
    if (record.throttledUntil > now) return { waitMs: record.throttledUntil - now, cause: 'throttled' }
    if (record.downUntil === undefined) return undefined
    if (record.downUntil > now) return { waitMs: record.downUntil - now, cause: 'down' }
    return record.probing ? { waitMs: 1000, cause: 'down' } : undefined
  }

  /** It answered, if only to refuse this one request (400, 404, 422). */
  answered(place: string, permit: Permit): void {
    const record = this.#records.get(place)
    if (record === undefined) return
    record.failures = 0
    if (!permit.probe) return
    record.hurried = false
    record.probing = false
    record.downUntil = undefined
  }

  /** It served a request: whatever was wrong with its settings is right again. */
  served(place: string, permit: Permit): void {
    this.answered(place, permit)
    const record = this.#records.get(place)
    if (record !== undefined) record.misconfigured = undefined
    if (this.#refused.size > 0) this.#refused.delete(instanceOf(place))
  }

  /** A 429. @param retryAfterMs what it asks for, if anything */
  throttled(place: string, permit: Permit, retryAfterMs: number | undefined): void {
    this.answered(place, permit)
    if (retryAfterMs === undefined || retryAfterMs > LONGEST_REST_MS) return
    const record = this.#recordOf(place)
    record.throttledUntil = Math.max(record.throttledUntil, this.#now() + retryAfterMs)
  }

  /** A 5xx, a reset or a time that ran out. True: with this one it is left alone, after it had worked. */
  failed(place: string, permit: Permit): boolean {
    const record = this.#recordOf(place)
    if (permit.probe) {
      record.probing = false
      record.downUntil = this.#now() + REST_MS
      return false
    }
    // Requests that were on their way when it went down do not prolong its rest.
    if (record.downUntil !== undefined) return false
    record.failures++
    // Failures are quick and answers take their time: of many requests at once five failures come back before the first
    // success, also where most succeed. What is flowing are successes to come.
    if (record.failures < Math.max(FAILURES, record.flowing)) return false
    record.failures = 0
    record.downUntil = this.#now() + REST_MS
    return true
  }

  /** An answer has begun well. @returns to be called once, when it has ended */
  flows(place: string): () => void {
    const record = this.#recordOf(place)
    record.flowing++
    return () => record.flowing--
  }

  /** The request ended without a word about the deployment: the client left, or it was never sent. */
  abandoned(place: string, permit: Permit): void {
    const record = this.#records.get(place)
    if (record !== undefined && permit.probe) record.probing = false
  }

  /**
   * It refused for its settings (401, 403, no such deployment). Others are asked before it, until it serves a request,
   * its settings change, or five minutes have passed.
   * @param configured the settings that were in use
   */
  misconfigured(place: string, permit: Permit, advice: string, configured: object): void {
    this.answered(place, permit)
    this.#recordOf(place).misconfigured = { advice, until: this.#now() + DOUBT_MS, configured }
  }

  /**
   * An instance answered a question that used no model: those of its deployments that rest after failures may be tried
   * at once, by one request each. Once per outage: that the instance answers does not say that they do.
   */
  reached(name: string): void {
    this.#refused.delete(name)
    const now = this.#now()
    for (const deployment of this.deploymentsOf(name)) {
      const record = this.#records.get(placeOf({ instance: { name }, deployment }))
      if (record?.downUntil === undefined || record.downUntil <= now || record.hurried) continue
      record.downUntil = now
      record.hurried = true
    }
  }

  /** An instance refused its credential when it was asked without a request. @param instance as it is configured now */
  refused(instance: { name: string }, advice: string): void {
    this.#refused.set(instance.name, { advice, until: this.#now() + DOUBT_MS, configured: instance })
  }

  /** What is wrong with its settings, as far as is known. */
  doubt(place: string, configured: object): string | undefined {
    const now = this.#now()
    const holds = (doubt: Doubt | undefined): boolean =>
      doubt !== undefined && doubt.configured === configured && doubt.until > now
    const own = this.#records.get(place)?.misconfigured
    if (holds(own)) return own!.advice
    const all = this.#refused.size === 0 ? undefined : this.#refused.get(instanceOf(place))
    return holds(all) ? all!.advice : undefined
  }

  /** The worst condition of an instance's deployments. Changes nothing. */
  conditionOf(instance: { name: string }): Condition {
    const all = this.doubt(placeOf({ instance, deployment: '' }), instance)
    let worst: Condition =
      all === undefined ? { state: 'healthy' } : { state: 'misconfigured', advice: all, deployment: '' }
    for (const deployment of this.deploymentsOf(instance.name)) {
      const condition = this.conditionAt(placeOf({ instance, deployment }), instance)
      if (SEVERITY.indexOf(condition.state) > SEVERITY.indexOf(worst.state)) worst = condition
    }
    return worst
  }

  /** The deployments of an instance of which anything is known. */
  deploymentsOf(name: string): string[] {
    const start = placeOf({ instance: { name }, deployment: '' })
    return [...this.#records.keys()].flatMap((place) => (place.startsWith(start) ? [place.slice(start.length)] : []))
  }

  /** How one deployment fares. Changes nothing. @param configured the settings that are in use */
  conditionAt(place: string, configured: object): Condition {
    const record = this.#records.get(place)
    const now = this.#now()
    if (record !== undefined && record.throttledUntil > now)
      return { state: 'throttled', retryMs: record.throttledUntil - now }
    if (record?.downUntil !== undefined) {
      return record.downUntil > now ? { state: 'down', retryMs: record.downUntil - now } : { state: 'half-open' }
    }
    const advice = this.doubt(place, configured)
    if (advice === undefined) return { state: 'healthy' }
    return { state: 'misconfigured', advice, deployment: place.slice(instanceOf(place).length + 1) }
  }

  #recordOf(place: string): Record {
    let record = this.#records.get(place)
    if (record !== undefined) return record
    record = {
      failures: 0,
      flowing: 0,
      throttledUntil: 0,
      downUntil: undefined,
      probing: false,
      misconfigured: undefined,
      hurried: false,
    }
    // Callers choose the names of deployments, so there must be an end to it; those that rest are kept.
    if (this.#records.size >= MAX_KEPT) {
      for (const [key, { downUntil }] of this.#records) {
        if (downUntil === undefined) this.#records.delete(key)
      }
    }
    this.#records.set(place, record)
    return record
  }
}

/** The instance of a place; no name has a line break. */
function instanceOf(place: string): string {
  return place.slice(0, place.indexOf('\n'))
}

/** The name under which health, quota and speed of a deployment are kept. */
export function placeOf(route: { instance: { name: string }; deployment: string }): string {
  return `${route.instance.name}\n${route.deployment}`
}
