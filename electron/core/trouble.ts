/** What goes wrong and somebody should hear of, as the room that sees it tells it. Never a prompt, never a key. */
export type Trouble =
  /** A line of the log at level `error`. */
  | { kind: 'error'; message: string }
  /** A deployment answered 429, or was passed over because it asked to be left alone. */
  | { kind: 'throttled'; instance: string; deployment: string }
  /** It failed so often in a row that it is left alone for a while. */
  | { kind: 'down'; instance: string; deployment: string; told: string }
  /** A request was given up: this is what the last call failed with. */
  | { kind: 'failed'; instance: string; deployment: string; told: string }
  /** 401, 403 or an unknown deployment: its settings are wrong, or its key was withdrawn or has expired. */
  | { kind: 'misconfigured'; instance: string; deployment: string; told: string; advice?: string }
  /** Nothing could be sent: its key cannot be read, or its sign-in failed or has expired. */
  | { kind: 'credential'; instance: string; deployment: string; told: string; advice?: string }
  /** A limit of what may be spent is used up. `what`: of whom, in a sentence; `usd`, `spent`: the limit and what was spent. */
  | { kind: 'budget'; what: string; period: 'day' | 'month'; usd: number; spent: number; blocks: boolean }

/** Hears of trouble. Returns at once and never throws: it is called while a request is served. */
export type TellTrouble = (trouble: Trouble) => void
