import { useVirtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
} from 'react'
import type { ExchangeSummary } from '../../../../shared/exchange.ts'
import type { RowsSnapshot } from '../../../row-buffer.ts'
import { Button } from '../../../ui/button.tsx'
import { count } from '../../../ui/format.ts'
import { useActionState } from '../actions/action-state.ts'
import { RowMenu } from '../actions/row-menu.tsx'
import { usePicking } from '../actions/use-picking.ts'
import { COLUMNS, ExchangeRow } from './exchange-row.tsx'
import { keyOf, type ListView } from './list-view.ts'
import { SessionRow } from './session-row.tsx'

const ROW_PX = 28
/** So close to the end counts as "at the bottom". */
const BOTTOM_PX = ROW_PX
/** Lengths that a full bar may stand for, times a power of ten. */
const ROUND = [1, 1.5, 2, 3, 5, 7, 10]
/** Elapsed times of running rows are drawn anew this often. */
const TICK_MS = 500

export interface ExchangeGridProps {
  snapshot: RowsSnapshot
  view: ListView
  selected: string | undefined
  /** `replace`: the detail is open already and follows the selection. */
  onOpen: (id: string, replace: boolean) => void
  onClose: () => void
  /** The user has scrolled near the oldest row in memory. */
  onOlder: () => void
  /** Opens or closes a session's calls. */
  onToggle: (session: string) => void
}

/** The live list. It follows new rows only while its end is in view. */
export function ExchangeGrid(props: ExchangeGridProps): ReactElement {
  const { snapshot, view, selected, onOpen, onClose, onOlder, onToggle } = props
  const { more } = snapshot
  const { grid, unseen, toEnd, onScroll, hold, follows } = useStickyEnd(view, snapshot.version)
  const [cursor, setCursor] = useState<string | undefined>(selected)
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised on what it returns
  const virtualizer = useVirtualizer({
    count: view.length,
    getScrollElement: () => grid.current,
    estimateSize: () => ROW_PX,
    getItemKey: view.keyAt,
    paddingStart: ROW_PX,
    scrollPaddingStart: ROW_PX,
    overscan: 12,
  })
  useEffect(() => {
    if (selected !== undefined) setCursor(selected)
  }, [selected])
  const tellCursor = useActionState((state) => state.setCursor)
  useEffect(() => tellCursor(cursor?.startsWith('session ') === true ? undefined : cursor), [cursor, tellCursor])
  const { picked, pick, reset } = usePicking(view, cursor)
  const openRow = useCallback(
    (id: string, replace: boolean): void => {
      reset()
      setCursor(id)
      onOpen(id, replace)
    },
    [reset, onOpen],
  )

  // Opening the detail makes the list lower: keep the selected row in view.
  const shownFor = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (selected === undefined || shownFor.current === selected) return
    const index = view.indexOf(selected)
    if (index < 0) return
    shownFor.current = selected
    hold(index === view.length - 1)
    virtualizer.scrollToIndex(index)
  }, [selected, view, virtualizer, hold])

  const items = virtualizer.getVirtualItems()
  const visible = useMemo(
    () =>
      items
        .map((item) => view.item(item.index))
        .filter((item) => item?.type === 'row')
        .map(({ row }) => row),
    [items, view],
  )
  const now = useNow(visible.some((row) => row.state === 'active'))
  const longest = longestOf(visible, now)

  const move = useCallback(
    (to: number, extend: boolean) => {
      const index = Math.max(0, Math.min(view.length - 1, to))
      const item = view.item(index)
      if (!item) return
      setCursor(keyOf(item))
      hold(index === view.length - 1)
      virtualizer.scrollToIndex(index)
      if (extend) {
        if (item.type === 'row') pick(item.row.id, true)
        return
      }
      reset()
      if (selected !== undefined && item.type === 'row') onOpen(item.row.id, true)
    },
    [view, virtualizer, selected, onOpen, hold, pick, reset],
  )

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const at = cursor === undefined ? -1 : view.indexOf(cursor)
    const current = view.item(at)
    const page = Math.max(1, Math.floor((grid.current?.clientHeight ?? 0) / ROW_PX) - 2)
    const target = nextIndex(event.key, at, page, view.length)
    if (target !== undefined) {
      event.preventDefault()
      move(target, event.shiftKey)
    } else if (current?.type === 'session' && togglesSession(event.key, current.open)) {
      event.preventDefault()
      onToggle(current.group.id)
    } else if (event.key === ' ' && current?.type === 'row') {
      event.preventDefault()
      pick(current.row.id, false)
    } else if (event.key === 'Enter' && current?.type === 'row') {
      event.preventDefault()
      openRow(current.row.id, selected !== undefined)
    } else if (event.key === 'Escape' && picked.size > 0) {
      event.preventDefault()
      reset()
    } else if (event.key === 'Escape' && selected !== undefined) {
      event.preventDefault()
      onClose()
    }
  }

  return (
    <RowMenu>
      <div
        ref={grid}
        className={view.length === 0 && snapshot.loaded ? 'grid x-grid list none' : 'grid x-grid list'}
        role="grid"
        aria-label="Exchanges"
        aria-multiselectable="true"
        aria-rowcount={view.length + 1}
        aria-colcount={COLUMNS.length}
        aria-activedescendant={items.some((item) => isAt(view, item.index, cursor)) ? `x-${cursor}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={() => {
          onScroll()
          // A list on its way to its end passes its beginning without anybody looking for what is older.
          if (more && !follows() && (grid.current?.scrollTop ?? 0) < ROW_PX * 10) onOlder()
        }}
      >
        <div className="g-head" role="row" aria-rowindex={1}>
          {COLUMNS.map((column, index) => (
            <span
              key={column.name}
              role="columnheader"
              aria-colindex={index + 1}
              className={column.className}
              title={column.title}
            >
              {column.shown ? column.name : <span className="sr">{column.name}</span>}
            </span>
          ))}
        </div>
        <div
          role="rowgroup"
          className="list-body"
          style={{ height: virtualizer.getTotalSize() - ROW_PX, '--longest': longest } as CSSProperties}
        >
          {items.map((item) => {
            const entry = view.item(item.index)
            if (!entry) return null
            const place = { index: item.index, top: item.start - ROW_PX }
            if (entry.type === 'session') {
              const isCurrent = selected === undefined && keyOf(entry) === cursor
              return (
                <SessionRow
                  key={item.key}
                  {...place}
                  group={entry.group}
                  open={entry.open}
                  selected={isCurrent}
                  onToggle={onToggle}
                />
              )
            }
            const { row } = entry
            return (
              <ExchangeRow
                key={item.key}
                {...place}
                row={row}
                inSession={entry.inSession}
                selected={row.id === (selected ?? cursor)}
                now={row.state === 'active' ? now : 0}
                picked={picked.has(row.id)}
                onOpen={openRow}
                onPick={pick}
                replace={selected !== undefined}
              />
            )
          })}
        </div>
      </div>
      {unseen > 0 && (
        <Button className="new-btn" size="sm" icon="arrow-d" onClick={toEnd}>
          {count(unseen)} new
        </Button>
      )}
    </RowMenu>
  )
}

function isAt(view: ListView, index: number, key: string | undefined): boolean {
  const item = view.item(index)
  return item !== undefined && keyOf(item) === key
}

function togglesSession(key: string, open: boolean): boolean {
  return key === 'Enter' || key === ' ' || (open ? key === 'ArrowLeft' : key === 'ArrowRight')
}

function nextIndex(key: string, at: number, page: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return at + 1
    case 'ArrowUp':
    case 'k':
      return at < 0 ? length - 1 : at - 1
    case 'PageDown':
      return at + page
    case 'PageUp':
      return at - page
    case 'Home':
      return 0
    case 'End':
      return length - 1
    default:
      return undefined
  }
}

interface StickyEnd {
  grid: RefObject<HTMLDivElement | null>
  /** New rows below the end of the view. */
  unseen: number
  toEnd: () => void
  onScroll: () => void
  /** Follow the end from now on, or stay. */
  hold: (atEnd: boolean) => void
  /** Does the list follow its end? */
  follows: () => boolean
}

/** Keeps the end in view while it is in view, and the same rows in view while it is not. */
function useStickyEnd({ length, first }: ListView, version: number): StickyEnd {
  const grid = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const lastTop = useRef(0)
  const drawnFirst = useRef(first)
  const last = first + length
  const [seen, setSeen] = useState(last)

  const toEnd = useCallback(() => {
    const element = grid.current
    stuck.current = true
    if (element) element.scrollTop = element.scrollHeight
    setSeen(last)
  }, [last])

  useLayoutEffect(() => {
    const element = grid.current
    if (!element) return
    const shift = drawnFirst.current - first
    drawnFirst.current = first
    if (stuck.current) {
      element.scrollTop = element.scrollHeight
      setSeen(last)
    } else if (shift !== 0) {
      element.scrollTop += shift * ROW_PX
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- runs for every change of the rows
  }, [first, last, version])

  // A list that becomes lower or higher keeps its end in view too.
  useEffect(() => {
    const element = grid.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      if (stuck.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const onScroll = useCallback(() => {
    const element = grid.current
    if (!element) return
    const up = element.scrollTop < lastTop.current
    lastTop.current = element.scrollTop
    // Only moving up lets go of the end: a list that becomes longer or lower also scrolls, without the user.
    if (element.scrollHeight - element.scrollTop - element.clientHeight <= BOTTOM_PX) stuck.current = true
    else if (up) stuck.current = false
    if (stuck.current) setSeen(last)
  }, [last])

  const hold = useCallback((atEnd: boolean) => {
    stuck.current = atEnd
  }, [])
  const follows = useCallback(() => stuck.current, [])
  return { grid, unseen: Math.max(0, last - seen), toEnd, onScroll, hold, follows }
}

/** The time, renewed now and then while something runs. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [running])
  return now
}

/** The scale of the bars: a round number above the longest of the rows in view, which stays the same for most of them. */
function longestOf(rows: readonly ExchangeSummary[], now: number): number {
  const longest = Math.max(
    1,
    ...rows.map((row) => row.durationMs ?? (row.state === 'active' ? now - row.startedAt : 0)),
  )
  const power = 10 ** Math.floor(Math.log10(longest))
  return power * (ROUND.find((step) => step * power >= longest) ?? 10)
}
