/** How long the first bytes of a stream may wait for the model to begin. */
const MAX_WAIT_MS = 10_000

/**
 * Holds the beginning of an answer back until the model has begun to speak, so that a failure before that is a real
 * HTTP error. Never longer than ten seconds: some clients count the time to the head.
 */
export class Peek {
  readonly #release: () => void
  readonly #timer: NodeJS.Timeout
  #open = false

  /** @param release called once: from here on everything goes out as it comes */
  constructor(release: () => void) {
    this.#release = release
    this.#timer = setTimeout(() => this.open(), MAX_WAIT_MS)
  }

  /** May bytes go out? */
  get isOpen(): boolean {
    return this.#open
  }

  open(): void {
    if (this.#open) return
    this.#open = true
    clearTimeout(this.#timer)
    this.#release()
  }

  /** The answer failed before it began; nothing will go out through here. */
  cancel(): void {
    clearTimeout(this.#timer)
  }
}
