/**
 * Tells people of trouble, over webhooks: each trouble of an instance once in a while, and never more than a handful of
 * posts in a while, whatever happens. Nothing here is waited for by a request.
 */
import type { AlertTarget } from '../config/alert-targets.ts'
import type { Log } from '../core/log.ts'
import type { TellTrouble, Trouble } from '../core/trouble.ts'
import type { PostAlert } from './webhook.ts'
import type { Alert } from './wording.ts'
import { plain, wordingOf } from './wording.ts'

export interface AlertsOptions {
  /** Asked anew for each alert, so that a reload counts at once. */
  targets: () => readonly AlertTarget[]
  post: PostAlert
  /** Takes known secrets out of a text. */
  clean: (text: string) => string
  log: Log
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
  /** Milliseconds since the epoch. */
  now: () => number
}

export interface Alerts {
  tell: TellTrouble
  /** Takes no more, and waits for those on their way, at most so long. */
  close(withinMs: number): Promise<void>
}

/** The same trouble of the same instance is told again after this time. */
const QUIET_MS = 600_000
/** So many posts to each webhook in so long (contract 27). */
const BUDGET = 10
const BUDGET_MS = 600_000
/** A 429 is daily life; so many within a minute are trouble. */
const SUSTAINED = 5
const SUSTAINED_MS = 60_000
/** Posts that wait for a slow webhook. */
const MAX_WAITING = 20
const MAX_KEPT = 1000

export function createAlerts(options: AlertsOptions): Alerts {
  return new AlertDesk(options)
}

class AlertDesk implements Alerts {
  readonly #options: AlertsOptions
  /** By trouble: when it was told, and how often it came since. */
  readonly #told = new Map<string, { at: number; again: number }>()
  /** By instance: when the latest few 429 came. */
  readonly #throttled = new Map<string, number[]>()
  /** When the latest alerts were posted. */
  #posted: number[] = []
  #withheld = 0
  /** By address: what is on its way there, one after the other. */
  readonly #ways = new Map<string, { waiting: number; last: Promise<unknown> }>()
  /** Addresses whose failure was logged, until they work again. */
  readonly #broken = new Set<string>()
  #closed = false

  constructor(options: AlertsOptions) {
    this.#options = options
  }

  tell: TellTrouble = (trouble) => {
    if (this.#closed) return
    const targets = this.#options.targets()
    if (targets.length === 0) return
    const now = this.#options.monotonic()
    if (trouble.kind === 'throttled' && !this.#isSustained(trouble.instance, now)) return
    const key = keyOf(trouble)
    const before = this.#told.get(key)
    if (before !== undefined && now - before.at < QUIET_MS) {
      before.again++
      return
    }
    this.#posted = this.#posted.filter((at) => now - at < BUDGET_MS)
    if (this.#posted.length >= BUDGET) {
      this.#withheld++
      return
    }
    this.#posted.push(now)
    keep(this.#told, key, { at: now, again: 0 })
    const alert = this.#alertOf(trouble, before?.again ?? 0)
    this.#withheld = 0
    void this.#send(targets, alert, key)
  }

  async close(withinMs: number): Promise<void> {
    this.#closed = true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, withinMs)
    })
    await Promise.race([late, Promise.all([...this.#ways.values()].map(({ last }) => last))])
    clearTimeout(timer)
  }

  #isSustained(instance: string, now: number): boolean {
    const recent = [...(this.#throttled.get(instance) ?? []).filter((at) => now - at < SUSTAINED_MS), now]
    keep(this.#throttled, instance, recent.slice(-SUSTAINED))
    return recent.length >= SUSTAINED
  }

  #alertOf(trouble: Trouble, again: number): Alert {
    const { clean, now } = this.#options
    const more = [
      ...(again > 0 ? [`It came ${again} more times since it was told.`] : []),
      ...(this.#withheld > 0 ? [`${this.#withheld} other alerts were withheld.`] : []),
      ...(this.#posted.length === BUDGET ? ['Further alerts are withheld for some minutes; see the log.'] : []),
    ]
    const said = (text: string): string => plain(clean(text))
    return {
      kind: trouble.kind,
      ...(trouble.kind === 'error' || trouble.kind === 'budget'
        ? {}
        : { instance: said(trouble.instance), deployment: said(trouble.deployment) }),
      message: [said(wordingOf(trouble)), ...more].join(' '),
      time: new Date(now()).toISOString(),
    }
  }

  /** What no webhook took was not told: it may be tried again, within the budget. */
  async #send(targets: readonly AlertTarget[], alert: Alert, key: string): Promise<void> {
    const taken = await Promise.all(targets.map((target) => this.#queue(target, alert)))
    if (!taken.includes(true)) this.#told.delete(key)
  }

  #queue(target: AlertTarget, alert: Alert): Promise<boolean> {
    const way = this.#ways.get(target.url) ?? { waiting: 0, last: Promise.resolve() }
    if (way.waiting >= MAX_WAITING) return Promise.resolve(false)
    this.#ways.set(target.url, way)
    way.waiting++
    const posted = this.#postAfter(way.last, target, alert)
    way.last = posted
    return posted
  }

  async #postAfter(before: Promise<unknown>, target: AlertTarget, alert: Alert): Promise<boolean> {
    await before
    const taken = await this.#post(target, alert)
    const way = this.#ways.get(target.url)
    if (way !== undefined && --way.waiting === 0) this.#ways.delete(target.url)
    return taken
  }

  async #post(target: AlertTarget, alert: Alert): Promise<boolean> {
    try {
      await this.#options.post(target, alert)
      this.#broken.delete(target.url)
      return true
    } catch (error) {
      if (this.#broken.has(target.url)) return false
      this.#broken.add(target.url)
      // Not at `error`, which would be an alert about alerts.
      const reason = plain(this.#options.clean(error instanceof Error ? error.message : String(error)))
      this.#options.log.warn({ webhook: target.kind, reason }, 'An alert could not be posted')
      return false
    }
  }
}

/** One trouble: of an instance, or of the program by what it says. */
function keyOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'error':
      return `error\n${trouble.message}`
    case 'budget':
      return `budget\n${trouble.what}\n${trouble.period}\n${trouble.usd}`
    default:
      return `${trouble.kind}\n${trouble.instance}`
  }
}

/** Puts the newest last, and forgets the oldest beyond the bound. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > MAX_KEPT) map.delete(map.keys().next().value!)
}
