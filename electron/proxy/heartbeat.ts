import type { ClientAnswer } from './client-answer.ts'

/** Longest silence towards the client of a translated stream (contract 21). */
const SILENCE_MS = 15_000

/** Keeps a quiet connection from being taken for a dead one: says something after 15 s without a write. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout

  /** @param text a whole comment or event of the client's dialect that means nothing */
  constructor(answer: ClientAnswer, text: string) {
    const bytes = Buffer.from(text)
    this.#timer = setInterval(() => {
      if (answer.headSent && !answer.congested) answer.write(bytes)
    }, SILENCE_MS)
  }

  /** Something was written; the silence begins anew. */
  beat(): void {
    this.#timer.refresh()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
