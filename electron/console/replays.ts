/** Requests that the window sent once more and that still run. */
export class Replays {
  readonly #running = new Map<string, AbortController>()

  /** @param over settles when its answer has been read, or cannot be */
  add(id: string, caller: AbortController, over: Promise<unknown>): void {
    this.#running.set(id, caller)
    const forget = (): void => void this.#running.delete(id)
    over.then(forget, forget)
  }

  /** Ends the call of the replay with this id; false when none runs. */
  stop(id: string): boolean {
    const caller = this.#running.get(id)
    caller?.abort()
    return caller !== undefined
  }
}
