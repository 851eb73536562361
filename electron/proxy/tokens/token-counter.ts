import { Worker } from 'node:worker_threads'
import { LazuliError } from '../../core/error.ts'
import type { Counted, CountQuestion } from './protocol.ts'

export interface TokenCounter {
  /**
   * Counts the tokens of a Messages body.
   * @throws LazuliError 400 for a body that is none, 503 `proxy_busy` when too much waits, 500 when the thread fails
   */
  count(body: Uint8Array): Promise<number>
  close(): Promise<void>
}

export interface TokenCounterOptions {
  /** The thread's file, built or as source. */
  workerUrl: URL
  /** The thread ends when nothing was asked for so long, in milliseconds. Default one minute. */
  idleMs?: number
  /** Questions that may wait. Default 256. */
  maxWaiting?: number
  /** Bytes of bodies that may wait. Default 64 MiB. */
  maxBytes?: number
}

interface Waiting {
  bytes: number
  resolve: (tokens: number) => void
  reject: (error: LazuliError) => void
}

/** Counts in a thread that is started at the first question and ends when nobody asks any more. */
export function createTokenCounter(options: TokenCounterOptions): TokenCounter {
  return new ThreadCounter(options)
}

class ThreadCounter implements TokenCounter {
  readonly #options: Required<TokenCounterOptions>
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #bytes = 0
  #asked = 0

  constructor(options: TokenCounterOptions) {
    this.#options = { idleMs: 60_000, maxWaiting: 256, maxBytes: 64 * 1024 * 1024, ...options }
  }

  count(body: Uint8Array): Promise<number> {
    const { maxWaiting, maxBytes } = this.#options
    const isFull = this.#waiting.size >= maxWaiting || (this.#waiting.size > 0 && this.#bytes + body.length > maxBytes)
    if (isFull) return Promise.reject(busy())
    clearTimeout(this.#idle)
    this.#worker ??= this.#start()
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      const number = this.#asked++
      this.#waiting.set(number, { bytes: body.length, resolve, reject })
      this.#bytes += body.length
      // The body may be part of a larger buffer that others use: the thread gets a copy of its own.
      const copy = Uint8Array.from(body)
      const question: CountQuestion = { number, body: copy }
      worker.postMessage(question, [copy.buffer])
    })
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#fail(failed('Lazuli is stopping.'))
    await worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#options.workerUrl)
    // A count is no reason to keep the program alive.
    worker.unref()
    worker.on('message', (counted: Counted) => this.#answer(counted))
    worker.on('error', (cause) => {
      if (worker === this.#worker) this.#fail(failed('The tokens could not be counted.', cause))
    })
    worker.on('exit', () => {
      if (worker === this.#worker) this.#fail(failed('The tokens could not be counted.'))
    })
    return worker
  }

  #answer(counted: Counted): void {
    const waiting = this.#waiting.get(counted.number)
    if (waiting === undefined) return
    this.#waiting.delete(counted.number)
    this.#bytes -= waiting.bytes
    if ('tokens' in counted) waiting.resolve(counted.tokens)
    else {
      const { message, param } = counted.refused
      const init = { code: 'proxy_invalid_request', status: 400, message }
      waiting.reject(new LazuliError(param === undefined ? init : { ...init, param }))
    }
    if (this.#waiting.size === 0) this.#rest()
  }

  /** Nothing is asked: the thread may go after a while. */
  #rest(): void {
    this.#idle = setTimeout(() => {
      const worker = this.#worker
      this.#worker = undefined
      void worker?.terminate()
    }, this.#options.idleMs)
    this.#idle.unref()
  }

  /** The thread is gone; the next question starts another. */
  #fail(error: LazuliError): void {
    clearTimeout(this.#idle)
    this.#worker = undefined
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#bytes = 0
    for (const { reject } of waiting) reject(error)
  }
}

function busy(): LazuliError {
  return new LazuliError({
    code: 'proxy_busy',
    status: 503,
    message: 'Too many token counts are waiting.',
    fix: 'Ask again in a moment.',
    retryable: true,
  })
}

function failed(message: string, cause?: unknown): LazuliError {
  return new LazuliError({ code: 'proxy_count_failed', status: 500, message, retryable: true, cause })
}
