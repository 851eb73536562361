import type { Header } from '../../shared/exchange.ts'
import type { Dialect } from '../core/dialects/dialect.ts'
import type { ClientAnswer } from './client-answer.ts'
import { Heartbeat } from './heartbeat.ts'

/** How long a client that asked for a stream waits for a model that cannot stream, before it hears of us. */
const HEAD_AFTER_MS = 20_000

export const STREAM_HEADERS: readonly Header[] = [
  ['content-type', 'text/event-stream; charset=utf-8'],
  ['cache-control', 'no-cache'],
  // nginx would collect a stream before it passes it on.
  ['x-accel-buffering', 'no'],
]

/**
 * A model that cannot stream is silent until its answer is whole. Within twenty seconds a failure is still an HTTP error;
 * after that the stream is begun and kept alive, and a failure is told inside of it (dialects.md §8).
 * @returns stops the waiting, whether or not the stream was begun
 */
export function keepWaiting(answer: ClientAnswer, dialect: Dialect): () => void {
  let heartbeat: Heartbeat | undefined
  const timer = setTimeout(() => {
    answer.head(200, STREAM_HEADERS)
    answer.write(Buffer.from(dialect.heartbeat))
    heartbeat = new Heartbeat(answer, dialect.heartbeat)
  }, HEAD_AFTER_MS)
  return () => {
    clearTimeout(timer)
    heartbeat?.stop()
  }
}
