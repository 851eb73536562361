/** What the whole window knows of the engine: connection, status, app facts, theme. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AppInfo, FeedBatch, Status } from '../shared/contract.ts'
import type { SettingsView } from '../shared/settings.ts'
import type { Failure } from '../shared/exchange.ts'
import { failureOf, type Connection } from './console.ts'
import { browserClock, pacedFrames } from './draw-pace.ts'
import { RowBuffer } from './row-buffer.ts'
import { watch } from './watch.ts'

/** Rows that the list keeps in memory. */
const ROWS_KEPT = 10_000
/** Rows of the first page. */
const FIRST_PAGE = 300

export interface LiveState {
  connection: 'connecting' | 'up' | 'lost'
  /** Why the connection is lost. */
  failure?: Failure | undefined
  info?: AppInfo | undefined
  status?: Status | undefined
  settings?: SettingsView | undefined
}

export interface Live {
  store: StoreApi<LiveState>
  rows: RowBuffer
  /** Hears of rows as they come; for lists that show some of them. */
  onRows: (listener: (batch: FeedBatch) => void) => () => void
  /** Asks again for what a page has changed: whether this is the first run, settings. */
  refresh: () => Promise<void>
}

/** Opens the one feed of the window and keeps it open until the signal aborts. */
export function startLive(connection: Connection, page: Window, signal: AbortSignal): Live {
  const { console } = connection
  const store = createStore<LiveState>(() => ({ connection: 'connecting' }))
  const rows = new RowBuffer({
    capacity: ROWS_KEPT,
    // A hidden page draws no frames; its rows wait until it is seen.
    frame: pacedFrames({ ...browserClock, frame: (run) => void page.requestAnimationFrame(run) }),
  })

  const listeners = new Set<(batch: FeedBatch) => void>()
  const onRows: Live['onRows'] = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const refresh = async (): Promise<void> => {
    const [info, settings] = await Promise.all([console.app.info(), console.settings.get()])
    store.setState({ info, settings })
  }

  void watch(
    {
      open: async (signal) => {
        const events = await console.app.events(undefined, { signal })
        const [page] = await Promise.all([console.traffic.list({ limit: FIRST_PAGE }), refresh()])
        rows.load(page.rows, page.total)
        return events
      },
      up: () => store.setState({ connection: 'up', failure: undefined }),
      item: (event) => {
        switch (event.type) {
          case 'status':
            store.setState({ status: event.status })
            break
          case 'rows':
            rows.merge(event.rows)
            for (const listener of listeners) listener(event)
            break
          case 'cleared':
            rows.clear()
            for (const listener of listeners) listener(event)
            break
        }
      },
      down: (error) => {
        store.setState({ connection: 'lost', failure: failureOf(error), status: undefined })
        connection.reconnect()
      },
    },
    signal,
  )

  return { store, rows, onRows, refresh }
}
