/** How long a click or a key counts, as in Chromium's transient activation. */
const ACTIVE_MS = 5000

/** Kinds of input that a person makes on purpose; moving the pointer or scrolling is none. */
const DELIBERATE: ReadonlySet<string> = new Set([
  'mouseDown',
  'mouseUp',
  'keyDown',
  'rawKeyDown',
  'gestureTap',
  'touchEnd',
])

/** Tells whether the user just clicked or pressed a key. One gesture allows one thing. */
export class UserGesture {
  readonly #now: () => number
  #last = Number.NEGATIVE_INFINITY

  /** @param now Milliseconds of a clock that does not jump. */
  constructor(now: () => number) {
    this.#now = now
  }

  saw(inputType: string): void {
    if (DELIBERATE.has(inputType)) this.#last = this.#now()
  }

  take(): boolean {
    const active = this.#now() - this.#last < ACTIVE_MS
    this.#last = Number.NEGATIVE_INFINITY
    return active
  }
}
