import type { AppEvent } from '../../shared/contract.ts'
import type { ConsoleContext } from './context.ts'
import { watchStatus } from './status.ts'

/** Status and rows as one stream. Each source goes on only when what it gave was taken, so nothing piles up. */
export async function* appEvents(
  context: ConsoleContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<AppEvent, void> {
  const over = new AbortController()
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal])
  const sources: AsyncGenerator<AppEvent, void>[] = [
    statusEvents(context, either),
    rowEvents(context.traffic.feed(either)),
  ]
  const next = (source: AsyncGenerator<AppEvent, void>) =>
    source.next().then(({ value, done }) => ({ source, value, done }))
  const waiting = new Map(sources.map((source) => [source, next(source)]))
  try {
    while (waiting.size === sources.length) {
      const { source, value, done } = await Promise.race(waiting.values())
      if (done === true || value === undefined) waiting.delete(source)
      else {
        waiting.set(source, next(source))
        yield value
      }
    }
  } finally {
    over.abort()
    await Promise.allSettled(waiting.values())
  }
}

async function* statusEvents(context: ConsoleContext, signal: AbortSignal): AsyncGenerator<AppEvent, void> {
  for await (const status of watchStatus(context, signal)) yield { type: 'status', status }
}

async function* rowEvents(feed: AsyncIterable<AppEvent>): AsyncGenerator<AppEvent, void> {
  yield* feed
}
