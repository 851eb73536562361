import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Failure } from '../../../../shared/exchange.ts'
import { failureOf, type Console } from '../../../console.ts'
import { pacedFrames } from '../../../draw-pace.ts'
import type { RowBuffer, RowsSnapshot } from '../../../row-buffer.ts'
import { useLive, useServices } from '../../../services.tsx'
import { FilteredRows } from './filtered-rows.ts'

export interface ShownRows {
  rows: RowBuffer
  snapshot: RowsSnapshot
  /** Of a filter: all that match. */
  total: { count: number; capped: boolean } | undefined
  failure: Failure | undefined
}

function createFilteredRows(console: Console, filter: string): FilteredRows {
  return new FilteredRows({
    console: console.traffic,
    filter,
    frame: pacedFrames(),
    now: () => Date.now(),
  })
}

/** The rows of the list: all, or those that a filter matches. `filter` is one that was understood, or empty. */
export function useShownRows(filter: string): ShownRows {
  const { console, live } = useServices()
  const connection = useLive((state) => state.connection)
  const [failure, setFailure] = useState<Failure>()
  const filtered = useMemo(
    () => (filter === '' || connection !== 'up' ? undefined : createFilteredRows(console, filter)),
    [console, filter, connection],
  )
  useEffect(() => {
    if (!filtered) return
    const abort = new AbortController()
    const stop = live.onRows((batch) => filtered.take(batch, abort.signal))
    filtered.load(abort.signal).then(
      () => setFailure(undefined),
      (error: unknown) => {
        if (!abort.signal.aborted) setFailure(failureOf(error))
      },
    )
    return () => {
      stop()
      abort.abort()
    }
  }, [filtered, live])
  const rows = filtered?.rows ?? live.rows
  const snapshot = useSyncExternalStore(rows.subscribe, rows.snapshot)
  return { rows, snapshot, total: filtered?.total, failure }
}
