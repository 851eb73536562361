/** Follows one exchange: everything so far in pieces, then what is added, until it ends. */
import type { FollowBatch, FollowedDetail } from '../../shared/contract.ts'
import type { CapturedBody, ExchangeDetail, Lane, LaneEvent, LanePage } from '../../shared/exchange.ts'
import type { LaneEvents } from './lane-events.ts'
import type { LiveView } from './live-view.ts'
import { pause, signalled } from './waiting.ts'

const frameMs = 16
/** After a large detail the next batch comes later, so that they take at most this much. */
const bytesPerMs = 8 * 1024
const batchEvents = 1000
const batchBytes = 1024 * 1024

const weight = (detail: FollowedDetail | undefined): number =>
  detail === undefined
    ? 0
    : detail.attempts.reduce(
        (sum, attempt) => sum + (attempt.requestBody?.text.length ?? 0),
        detail.requestBody?.text.length ?? 0,
      )

const isSame = (a: CapturedBody | undefined, b: CapturedBody): boolean =>
  a === b || (a?.bytes === b.bytes && a.truncated === b.truncated && a.text === b.text)

/** Leaves the bodies out that the follower has. */
class Bodies {
  #sent: ExchangeDetail | undefined

  strip(detail: ExchangeDetail): FollowedDetail {
    const { requestBody, attempts, ...rest } = detail
    const before = this.#sent
    this.#sent = detail
    return {
      ...rest,
      ...(isSame(before?.requestBody, requestBody) ? {} : { requestBody }),
      attempts: attempts.map(({ requestBody: body, ...attempt }, index) =>
        body === undefined || isSame(before?.attempts[index]?.requestBody, body)
          ? attempt
          : Object.assign(attempt, { requestBody: body }),
      ),
    }
  }
}

/** Where a follower stands in a lane. */
class Cursor {
  #events: LaneEvents | undefined
  #next = 0

  /** What is new; from the beginning when the lane has begun anew. */
  take(events: LaneEvents): LaneEvent[] {
    if (events !== this.#events) this.#next = 0
    this.#events = events
    const taken = events.slice(this.#next, batchEvents, batchBytes)
    this.#next += taken.length
    return taken
  }

  behind(events: LaneEvents): boolean {
    return this.#next < events.count
  }
}

/**
 * Follows a running exchange.
 *
 * @param final reads the exchange as it was stored, with the figures that were learnt at its end
 */
export async function* followLive(
  view: LiveView,
  signal: AbortSignal | undefined,
  final: () => Promise<ExchangeDetail | undefined>,
): AsyncGenerator<FollowBatch, void> {
  const cursors = { upstream: new Cursor(), client: new Cursor() }
  const bodies = new Bodies()
  let version = -1
  let wake = (): void => {}
  let news = false
  const waker = (): void => {
    news = true
    wake()
  }
  view.wakers.add(waker)
  try {
    while (!signal?.aborted) {
      news = false
      const { ended } = view
      const lanes = { upstream: view.lane('upstream'), client: view.lane('client') }
      const upstream = cursors.upstream.take(lanes.upstream)
      const client = cursors.client.take(lanes.client)
      const behind = cursors.upstream.behind(lanes.upstream) || cursors.client.behind(lanes.client)
      if (ended && !behind) {
        yield { detail: bodies.strip((await final()) ?? view.detail()), upstream, client, complete: true }
        return
      }
      if (version !== view.version || upstream.length > 0 || client.length > 0) {
        const detail = version === view.version ? undefined : bodies.strip(view.detail())
        version = view.version
        yield { ...(detail === undefined ? {} : { detail }), upstream, client, complete: false }
        await pause(frameMs + weight(detail) / bytesPerMs, ended ? AbortSignal.abort() : signal)
      }
      if (behind || news) continue
      await signalled(signal, (resolve) => {
        wake = resolve
      })
    }
  } finally {
    view.wakers.delete(waker)
  }
}

/** Gives a stored exchange in the same pieces. */
export async function* followStored(
  detail: ExchangeDetail,
  signal: AbortSignal | undefined,
  page: (lane: Lane, from: number, limit: number) => Promise<LanePage>,
): AsyncGenerator<FollowBatch, void> {
  const next: Record<Lane, number | undefined> = { upstream: 0, client: 0 }
  const take = async (lane: Lane): Promise<LaneEvent[]> => {
    const from = next[lane]
    if (from === undefined) return []
    const found = await page(lane, from, batchEvents)
    next[lane] = found.next
    return found.events
  }
  let first = true
  while (!signal?.aborted) {
    const upstream = await take('upstream')
    const client = await take('client')
    const complete = next.upstream === undefined && next.client === undefined
    yield { ...(first ? { detail } : {}), upstream, client, complete }
    first = false
    if (complete) return
  }
}
