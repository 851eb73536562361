import type { ClientAnswer } from './client-answer.ts'

/** Longest silence towards the client of a translated stream (contract 21). */
const SILENCE_MS = 15_000
/** How often it is looked whether something was written: a write then costs no more than a mark. */
const LOOK_MS = 1_000
/** The first of them comes up to a whole one after the last write. */
const LOOKS = SILENCE_MS / LOOK_MS - 1

/** Keeps a quiet connection from being taken for a dead one: says something after 14 to 15 s without a write. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout
  #beaten = false

  /** @param text a whole comment or event of the client's dialect that means nothing */
  constructor(answer: ClientAnswer, text: string) {
    const bytes = Buffer.from(text)
    let silentLooks = 0
    this.#timer = setInterval(() => {
      silentLooks = this.#beaten ? 0 : silentLooks + 1
      this.#beaten = false
      if (silentLooks < LOOKS) return
      silentLooks = 0
      if (answer.headSent && !answer.congested) answer.write(bytes)
    }, LOOK_MS)
  }

  /** Something was written; the silence begins anew. */
  beat(): void {
    this.#beaten = true
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
