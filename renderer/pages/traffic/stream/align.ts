/**
 * Both lanes on one grid of rows: a cause and its first effect stand on the same row, further effects and further
 * causes below it, so that every connection is short. Silences and the first delta have rows of their own.
 */
import type { LaneEvent } from '../../../../shared/exchange.ts'
import type { EventLook } from '../describe-event.ts'

/** Half-open range of indexes. */
export type Span = readonly [from: number, to: number]

export interface EventsRow {
  type: 'events'
  /** One event, or a folded run of like ones. */
  upstream?: Span
  client?: Span
}

/** The upstream sent nothing for a while. `quiet`: nor did the client get anything. */
export interface SilenceRow {
  type: 'stall' | 'gap'
  fromMs: number
  toMs: number
  quiet: boolean
}

export type GridRow = EventsRow | SilenceRow | { type: 'ttft'; ms: number }

/** codecs: recorded when the answer was translated. bytes: found by equal bytes, of an answer that was relayed. */
export type LinkSource = 'codecs' | 'bytes' | 'none'

export interface Alignment {
  rows: readonly GridRow[]
  /** Row of each event. */
  upstreamRow: readonly number[]
  clientRow: readonly number[]
  /** For each client event, the upstream events that caused it. */
  causes: readonly (Span | undefined)[]
  /** For each upstream event, the client events that it caused: from its first to its last. */
  effects: readonly (Span | undefined)[]
  linked: LinkSource
}

export interface AlignOptions {
  upstream: readonly LaneEvent[]
  client: readonly LaneEvent[]
  /** Both sides speak the same API. */
  relayed: boolean
  /** When the first delta reached the client. */
  ttftMs: number | undefined
  /** Folds runs of like events when given. */
  fold?: { look: (event: LaneEvent) => EventLook; open: ReadonlySet<number> }
}

export const GAP_MS = 500
export const STALL_MS = 2_000
/** How far ahead the same bytes are looked for: one chunk may have been taken out on the way. */
const LOOK_AHEAD = 8
const FOLDED_FROM = 4

export function align(options: AlignOptions): Alignment {
  const { upstream, client } = options
  const { causes, linked } = causesOf(options)
  const pairs = pairUp(upstream, client, causes)
  const rows = withMarks(options.fold ? folded(pairs, options, causes) : pairs, options)
  const upstreamRow: number[] = []
  const clientRow: number[] = []
  rows.forEach((row, at) => {
    if (row.type !== 'events') return
    for (let index = row.upstream?.[0] ?? 0; index < (row.upstream?.[1] ?? 0); index += 1) upstreamRow[index] = at
    for (let index = row.client?.[0] ?? 0; index < (row.client?.[1] ?? 0); index += 1) clientRow[index] = at
  })
  return { rows, upstreamRow, clientRow, causes, effects: effectsOf(causes, upstream.length), linked }
}

function causesOf({ upstream, client, relayed }: AlignOptions): {
  causes: (Span | undefined)[]
  linked: LinkSource
} {
  if (client.some((event) => event.causes !== undefined)) {
    return {
      causes: client.map(({ causes }) => (causes && causes[1] > causes[0] ? causes : undefined)),
      linked: 'codecs',
    }
  }
  if (!relayed || upstream.length === 0) return { causes: client.map(() => undefined), linked: 'none' }
  let next = 0
  const causes = client.map((event): Span | undefined => {
    for (let at = next; at < Math.min(next + LOOK_AHEAD, upstream.length); at += 1) {
      if (upstream[at]?.raw !== event.raw) continue
      next = at + 1
      return [at, at + 1]
    }
    return undefined
  })
  return { causes, linked: 'bytes' }
}

function effectsOf(causes: readonly (Span | undefined)[], count: number): (Span | undefined)[] {
  const effects: (Span | undefined)[] = Array.from({ length: count })
  causes.forEach((span, index) => {
    if (!span) return
    for (let at = span[0]; at < Math.min(span[1], count); at += 1) effects[at] = [effects[at]?.[0] ?? index, index + 1]
  })
  return effects
}

function pairUp(
  upstream: readonly LaneEvent[],
  client: readonly LaneEvent[],
  causes: readonly (Span | undefined)[],
): EventsRow[] {
  const rows: EventsRow[] = []
  let next = 0
  let lastClient = -1
  const alone = (): void => {
    rows.push({ type: 'events', upstream: [next, next + 1] })
    next += 1
  }
  const firstCauses = firstCauseFrom(causes, upstream.length)
  client.forEach((event, index) => {
    const own: Span = [index, index + 1]
    const span = causes[index]
    if (span === undefined) {
      // Without a cause, e.g. a heartbeat: where its time puts it.
      while (next < (firstCauses[index] ?? 0) && (upstream[next]?.atMs ?? Infinity) <= event.atMs) alone()
      lastClient = rows.push({ type: 'events', client: own }) - 1
      return
    }
    const to = Math.min(span[1], upstream.length)
    while (next < span[0] && next < upstream.length) alone()
    while (next < to) alone()
    // Beside the first of its causes that has no neighbour yet, but never above the client event before.
    let at = lastClient + 1
    while (at < rows.length && (rows[at]?.upstream?.[0] ?? -1) < span[0]) at += 1
    const beside = rows[at]
    if (beside?.upstream && beside.upstream[0] < to) {
      beside.client = own
      lastClient = at
    } else {
      lastClient = rows.push({ type: 'events', client: own }) - 1
    }
  })
  while (next < upstream.length) alone()
  return rows
}

/** For each client event, the first upstream event that a later client event names: it keeps its place beside that. */
function firstCauseFrom(causes: readonly (Span | undefined)[], count: number): number[] {
  const firsts: number[] = []
  let first = count
  for (let index = causes.length - 1; index >= 0; index -= 1) {
    first = causes[index]?.[0] ?? first
    firsts[index] = first
  }
  return firsts
}

/** Puts rows for silences and for the first delta between the rows of events. */
function withMarks(rows: readonly EventsRow[], { upstream, client, ttftMs }: AlignOptions): GridRow[] {
  const marked: GridRow[] = []
  const lane = upstream.length > 0 ? upstream : client
  let awaited = ttftMs
  for (const row of rows) {
    const index = (upstream.length > 0 ? row.upstream : row.client)?.[0]
    const before = index === undefined ? undefined : lane[index - 1]
    const event = index === undefined ? undefined : lane[index]
    if (before && event && event.atMs - before.atMs >= GAP_MS) {
      const [fromMs, toMs] = [before.atMs, event.atMs]
      const quiet = !client.some(({ atMs }) => atMs > fromMs + GAP_MS / 10 && atMs < toMs)
      marked.push({ type: toMs - fromMs >= STALL_MS ? 'stall' : 'gap', fromMs, toMs, quiet })
    }
    const reached = row.client && client[row.client[0]]
    if (awaited !== undefined && reached && reached.atMs >= awaited - 1) {
      marked.push({ type: 'ttft', ms: awaited })
      awaited = undefined
    }
    marked.push(row)
  }
  return marked
}

/** Runs of four or more like events, one to one, become one row. */
function folded(
  rows: readonly EventsRow[],
  { upstream, client, fold }: AlignOptions,
  causes: readonly (Span | undefined)[],
): EventsRow[] {
  const kindOf = (row: EventsRow): string | undefined => {
    const [from, to] = [row.upstream?.[0], row.client?.[0]]
    if (!fold || (from !== undefined && to !== undefined && causes[to]?.[0] !== from)) return undefined
    const looks = [from === undefined ? undefined : upstream[from], to === undefined ? undefined : client[to]]
    const words = looks.map((event) => {
      const look = event && fold.look(event)
      return look && look.chars > 0 ? `${look.kind} ${look.name}` : look ? undefined : ''
    })
    return words.includes(undefined) ? undefined : words.join('|')
  }
  const timeOf = (row: EventsRow): number =>
    (upstream[row.upstream?.[0] ?? -1] ?? client[row.client?.[0] ?? -1])?.atMs ?? 0
  const result: EventsRow[] = []
  for (let at = 0; at < rows.length;) {
    const first = rows[at] as EventsRow
    const kind = kindOf(first)
    let end = at + 1
    while (kind !== undefined && end < rows.length) {
      const [row, last] = [rows[end] as EventsRow, rows[end - 1] as EventsRow]
      if (kindOf(row) !== kind || timeOf(row) - timeOf(last) >= GAP_MS) break
      end += 1
    }
    if (end - at >= FOLDED_FROM && fold?.open.has(foldKey(first)) !== true) result.push(joined(first, end - at))
    else result.push(...rows.slice(at, end))
    at = end
  }
  return result
}

function joined(first: EventsRow, count: number): EventsRow {
  const grown = (span: Span | undefined): Span | undefined => span && [span[0], span[0] + count]
  const [upstream, client] = [grown(first.upstream), grown(first.client)]
  return { type: 'events', ...(upstream ? { upstream } : {}), ...(client ? { client } : {}) }
}

/** What opens a folded row, and keeps it open. */
export function foldKey(row: EventsRow): number {
  return row.client?.[0] ?? -1 - (row.upstream?.[0] ?? 0)
}
