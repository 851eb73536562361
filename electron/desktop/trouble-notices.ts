import type { Trouble } from '../core/trouble.ts'

export interface TroubleNoticesOptions {
  /** Shows a notification; `page` is where its cause can be seen. */
  show(notice: TroubleNotice): void
  /** Somebody looks at the window, which says it itself. */
  isFocused(): boolean
  /** Milliseconds of a clock that never goes back. */
  now(): number
}

export interface TroubleNotice {
  title: string
  body: string
  page: 'models' | 'traffic' | 'settings'
}

/** A 429 is daily life; so many of one instance within a minute are trouble. */
const SUSTAINED = 5
const SUSTAINED_MS = 60_000
/** The same trouble is not shown again within this time. */
const QUIET_MS = 3_600_000
const MOST_KEPT = 500

/** Of all trouble, the three kinds that a person must act on: a credential, a quota that stays used up, a budget. */
export class TroubleNotices {
  readonly #options: TroubleNoticesOptions
  readonly #shown = new Map<string, number>()
  readonly #throttled = new Map<string, number[]>()

  constructor(options: TroubleNoticesOptions) {
    this.#options = options
  }

  /** @param words what happened, in a sentence */
  tell(trouble: Trouble, words: () => string): void {
    const now = this.#options.now()
    const urgent = this.#urgent(trouble, now)
    if (urgent === undefined || this.#options.isFocused()) return
    const last = this.#shown.get(urgent.key)
    if (last !== undefined && now - last < QUIET_MS) return
    keep(this.#shown, urgent.key, now)
    this.#options.show({ title: urgent.title, body: words(), page: urgent.page })
  }

  #urgent(trouble: Trouble, now: number): { key: string; title: string; page: TroubleNotice['page'] } | undefined {
    switch (trouble.kind) {
      case 'credential':
        return { key: `credential ${trouble.instance}`, title: `${trouble.instance}: sign-in needed`, page: 'models' }
      case 'misconfigured':
        // An unknown deployment is no matter of credentials.
        if (!/\b40[13]\b/.test(trouble.told)) return undefined
        return { key: `credential ${trouble.instance}`, title: `${trouble.instance} refuses its key`, page: 'models' }
      case 'throttled':
        if (!this.#isSustained(trouble.instance, now)) return undefined
        return { key: `throttled ${trouble.instance}`, title: `${trouble.instance}: quota used up`, page: 'traffic' }
      case 'budget':
        return {
          key: `budget ${trouble.what} ${trouble.period} ${trouble.usd}`,
          title: 'A budget is used up',
          page: 'settings',
        }
      case 'error':
      case 'down':
      case 'failed':
        return undefined
    }
  }

  #isSustained(instance: string, now: number): boolean {
    const recent = [...(this.#throttled.get(instance) ?? []).filter((at) => now - at < SUSTAINED_MS), now]
    keep(this.#throttled, instance, recent.slice(-SUSTAINED))
    return recent.length >= SUSTAINED
  }
}

/** Puts the newest last, and forgets the oldest beyond the bound. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > MOST_KEPT && oldest.done !== true) map.delete(oldest.value)
}
