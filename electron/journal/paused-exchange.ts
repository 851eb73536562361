import type { AttemptTap, ExchangeTap } from '../core/tap.ts'

const ignored: AttemptTap = { head() {}, bytes() {}, end() {} }

/** An exchange of which nothing is kept, because recording is paused: it is only counted. */
export class PausedExchange implements ExchangeTap {
  readonly id: string
  readonly #counted: () => void
  readonly #ended: () => void
  #isCounted = false
  #hasEnded = false

  constructor(id: string, counted: () => void, ended: () => void) {
    this.id = id
    this.#counted = counted
    this.#ended = ended
  }

  describe(what: Parameters<ExchangeTap['describe']>[0]): void {
    if (this.#isCounted || what.clientDialect === undefined) return
    this.#isCounted = true
    this.#counted()
  }

  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#ended()
  }

  attempt(): AttemptTap {
    return ignored
  }

  requestBody(): void {}
  decided(): void {}
  lost(): void {}
  clientHead(): void {}
  clientBytes(): void {}
  usage(): void {}
}
