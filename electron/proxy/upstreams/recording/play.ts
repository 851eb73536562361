import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Header } from '../../../../shared/exchange.ts'
import type { ComposedAnswer } from './compose-answer.ts'

export interface PlayTools {
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
  /** Resolves after so many milliseconds, rejects at once when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Plays an answer with its gaps. Each piece is due at its own time after the request, so that what one piece was late
 * does not add up; pieces of one time go out in one write.
 *
 * @param speed 1: as recorded, 2: twice as fast, 0: at once
 * @param since when the request came, on the monotonic clock
 */
export async function play(
  response: ServerResponse,
  answer: ComposedAnswer,
  own: readonly Header[],
  { speed, since }: { speed: number; since: number },
  { monotonic, sleep }: PlayTools,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const until = async (atMs: number): Promise<void> => {
    if (speed === 0) return
    const wait = atMs / speed - (monotonic() - since)
    if (wait > 0) await sleep(wait, gone.signal)
  }
  await until(answer.headMs)
  if (answer.status === 0) {
    response.destroy()
    return
  }
  response.writeHead(answer.status, [...answer.headers, ...own].flat())
  response.flushHeaders()
  for (let at = 0; at < answer.frames.length;) {
    const { atMs } = answer.frames[at]!
    let text = ''
    while (at < answer.frames.length && answer.frames[at]!.atMs === atMs) text += answer.frames[at++]!.text
    await until(atMs)
    if (gone.signal.aborted) return
    if (!response.write(text)) await once(response, 'drain', { signal: gone.signal })
  }
  if (!answer.cut) response.end()
  // What was written is to arrive before the connection breaks.
  else response.write('', () => response.destroy())
}
