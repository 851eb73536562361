import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { SimulatorOptions } from './options.ts'
import type { Plan } from './plan-answer.ts'

/** One event of a stream, as text. `token`: a piece of the answer, written at the pace of a model. */
export interface Frame {
  text: string
  token: boolean
}

/** Answers one request at the pace of a real model, with the troubles that were asked for. */
export class Reply {
  readonly #response: ServerResponse
  readonly #options: SimulatorOptions
  readonly #headers: Readonly<Record<string, string>>
  readonly #gone = new AbortController()

  constructor(response: ServerResponse, options: SimulatorOptions, headers: Readonly<Record<string, string>>) {
    this.#response = response
    this.#options = options
    this.#headers = headers
    response.once('close', () => this.#gone.abort())
  }

  /** An answer that is ready at once. */
  json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#response.headersSent || this.#response.destroyed) return
    const bytes = Buffer.from(JSON.stringify(body))
    this.#response.writeHead(status, {
      ...this.#headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': bytes.byteLength,
      ...headers,
    })
    this.#response.end(bytes)
  }

  /** A model's answer as one body, after the time that the model would have taken. */
  async whole(body: unknown, plan: Plan): Promise<void> {
    await this.#sleep(this.#firstToken(plan) + Math.min(3000, plan.outputTokens * 8))
    if (plan.order?.kind === 'stall') return this.#silence()
    if (plan.order?.kind !== 'cut') return this.json(200, body)
    const bytes = Buffer.from(JSON.stringify(body))
    this.#response.writeHead(200, {
      ...this.#headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': bytes.byteLength,
    })
    return this.#cut(bytes.subarray(0, bytes.byteLength / 2))
  }

  /** A model's answer as a stream of events. */
  async stream(frames: readonly Frame[], plan: Plan): Promise<void> {
    await this.#sleep(this.#firstToken(plan))
    this.#response.writeHead(200, {
      ...this.#headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    const tokens = frames.filter((frame) => frame.token).length
    const trouble = Math.max(1, Math.floor(tokens / 2))
    let written = 0
    for (const { text, token } of frames) {
      if (token) {
        if (written > 0) await this.#sleep((20 + this.#options.random() * 20) * slowness(plan))
        written += 1
      }
      const middle = token && written === trouble ? plan.order?.kind : undefined
      if (middle === 'cut') return this.#cut(text)
      await this.#write(text)
      if (middle === 'stall') return this.#silence()
    }
    this.#response.end()
  }

  #firstToken(plan: Plan): number {
    // A model that thinks in secret is silent for longer.
    const hidden = plan.reasoningTokens * 4
    return (250 + this.#options.random() * 150 + hidden) * slowness(plan)
  }

  #sleep(ms: number): Promise<void> {
    return this.#options.sleep(ms, this.#gone.signal)
  }

  /** Resolves only when the client leaves. */
  async #silence(): Promise<void> {
    if (!this.#gone.signal.aborted) await once(this.#gone.signal, 'abort')
  }

  /** Breaks the connection once the last piece is on its way. */
  #cut(last: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#response.write(last, () => {
        this.#response.destroy()
        resolve()
      })
    })
  }

  async #write(chunk: string | Uint8Array): Promise<void> {
    if (!this.#response.write(chunk)) await once(this.#response, 'drain', { signal: this.#gone.signal })
  }
}

function slowness(plan: Plan): number {
  return plan.order?.kind === 'slow' ? 10 : 1
}
