/**
 * One exchange while it is looked at: what is stored of it, then what is added while it runs. Outside of React, because
 * events come in bursts; the pane draws once per frame, or less often where that is much.
 */
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { FollowBatch } from '../../../shared/contract.ts'
import type { ExchangeDetail, Failure, LaneEvent } from '../../../shared/exchange.ts'
import { mergeDetail } from '../../../shared/followed.ts'
import { failureOf, type Console } from '../../console.ts'
import { pacedFrames } from '../../draw-pace.ts'
import { useServices } from '../../services.tsx'
import { pause } from '../../watch.ts'

const RETRY_MS = 1_000

export interface Followed {
  detail: ExchangeDetail | undefined
  upstream: readonly LaneEvent[]
  client: readonly LaneEvent[]
  complete: boolean
  failure: Failure | undefined
  version: number
}

const NOTHING: Followed = {
  detail: undefined,
  upstream: [],
  client: [],
  complete: false,
  failure: undefined,
  version: 0,
}

export class FollowedExchange {
  readonly #listeners = new Set<() => void>()
  readonly #frame: (draw: () => void) => void
  #upstream: LaneEvent[] = []
  #client: LaneEvent[] = []
  #detail: ExchangeDetail | undefined
  #pending: Partial<Followed> = {}
  #scheduled = false
  #snapshot = NOTHING

  constructor(frame: (draw: () => void) => void) {
    this.#frame = frame
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly snapshot = (): Followed => this.#snapshot

  /** The feed begins anew and will send everything again. */
  restart(): void {
    this.#upstream = []
    this.#client = []
  }

  add(batch: FollowBatch): void {
    append(this.#upstream, batch.upstream)
    append(this.#client, batch.client)
    if (batch.detail !== undefined) this.#detail = mergeDetail(this.#detail, batch.detail)
    this.#change({ detail: this.#detail, complete: batch.complete, failure: undefined })
  }

  fail(failure: Failure): void {
    this.#change({ failure })
  }

  #change(change: Partial<Followed>): void {
    this.#pending = { ...this.#pending, ...change }
    if (this.#scheduled) return
    this.#scheduled = true
    this.#frame(() => {
      this.#scheduled = false
      this.#snapshot = {
        ...this.#snapshot,
        ...this.#pending,
        upstream: this.#upstream.slice(),
        client: this.#client.slice(),
        version: this.#snapshot.version + 1,
      }
      this.#pending = {}
      for (const listener of this.#listeners) listener()
    })
  }
}

/** A further attempt begins its lane anew: its first event takes the place of what the attempt before had sent. */
function append(lane: LaneEvent[], events: readonly LaneEvent[]): void {
  for (const event of events) {
    if (event.index < lane.length) lane.length = event.index
    lane.push(event)
  }
}

/** Follows one exchange for as long as the component is there. */
export function useFollowed(id: string): Followed {
  const { console } = useServices()
  const followed = useMemo(() => new FollowedExchange(pacedFrames()), [])
  useEffect(() => {
    const abort = new AbortController()
    void follow(console, id, followed, abort.signal)
    return () => abort.abort()
  }, [console, id, followed])
  return useSyncExternalStore(followed.subscribe, followed.snapshot)
}

async function follow(console: Console, id: string, followed: FollowedExchange, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const batches = await console.traffic.follow({ id }, { signal })
      followed.restart()
      for await (const batch of batches) {
        followed.add(batch)
        if (batch.complete) return
      }
      return
    } catch (error) {
      if (signal.aborted) return
      const failure = failureOf(error)
      followed.fail(failure)
      if (failure.code !== 'console_unreachable') return
      await pause(RETRY_MS, signal)
    }
  }
}
