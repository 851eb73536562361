/**
 * What was used in the last minute. One small interface, because several programs may one day share what is kept: then
 * a store takes the place of this memory, and nothing else changes.
 */

/** Per minute; absent: without limit. */
export interface Budget {
  tokens?: number
  requests?: number
}

/** Room for one request. Each is ended once; what comes after the end of its minute changes nothing. */
export interface Reservation {
  /** The request was sent: it counts as one, with this many tokens. */
  settle(tokens: number): void
  /** The request was never sent. */
  cancel(): void
}

/** `waitMs`: how long until there is room, as far as it is known now; Infinity where it can never fit. */
export type Admission = { reservation: Reservation } | { waitMs: number }

/** In the last sixty seconds; what is reserved counts as used. */
export type Used = Required<Budget>

export interface State {
  /** Admits and reserves in one step, so that two requests never take the same room. */
  reserve(key: string, tokens: number, budget: Budget): Admission | Promise<Admission>
  /** Undefined where nothing was ever reserved. */
  used(key: string): Used | undefined | Promise<Used | undefined>
}

const WINDOW_MS = 60_000

interface Entry {
  at: number
  tokens: number
  requests: number
}

interface Window {
  entries: Entry[]
  tokens: number
  requests: number
}

/**
 * A sliding window in memory: an entry counts for sixty seconds from its admission, as Azure counts.
 * @param now milliseconds of a clock that never goes back
 */
export function createMemoryState(now: () => number): State {
  const windows = new Map<string, Window>()
  return {
    reserve(key, tokens, budget) {
      const window = windows.get(key) ?? { entries: [], tokens: 0, requests: 0 }
      windows.set(key, window)
      forget(window, now())
      const waitMs = waitFor(window, tokens, budget, now())
      if (waitMs > 0) return { waitMs }
      const entry: Entry = { at: now(), tokens, requests: 1 }
      window.entries.push(entry)
      window.tokens += tokens
      window.requests += 1
      let open = true
      const change = (used: number, requests: number): void => {
        if (!open) return
        open = false
        if (now() - entry.at >= WINDOW_MS) return
        window.tokens += used - entry.tokens
        window.requests += requests - entry.requests
        entry.tokens = used
        entry.requests = requests
      }
      const cancel = (): void => {
        change(0, 0)
        // Many may be cancelled at once after they were made; they shall not pile up.
        if (window.entries.at(-1) === entry) window.entries.pop()
      }
      return { reservation: { settle: (used) => change(used, 1), cancel } }
    },
    used(key) {
      const window = windows.get(key)
      if (window === undefined) return undefined
      forget(window, now())
      return { tokens: window.tokens, requests: window.requests }
    },
  }
}

function forget(window: Window, now: number): void {
  const kept = window.entries.findIndex((entry) => now - entry.at < WINDOW_MS)
  const gone = window.entries.splice(0, kept === -1 ? window.entries.length : kept)
  for (const { tokens, requests } of gone) {
    window.tokens -= tokens
    window.requests -= requests
  }
}

function waitFor(window: Window, tokens: number, budget: Budget, now: number): number {
  const most = { tokens: budget.tokens ?? Infinity, requests: budget.requests ?? Infinity }
  if (tokens > most.tokens || most.requests < 1) return Infinity
  let usedTokens = window.tokens
  let usedRequests = window.requests
  const fits = (): boolean => usedTokens + tokens <= most.tokens && usedRequests + 1 <= most.requests
  if (fits()) return 0
  for (const entry of window.entries) {
    usedTokens -= entry.tokens
    usedRequests -= entry.requests
    if (fits()) return entry.at + WINDOW_MS - now
  }
  return WINDOW_MS
}
