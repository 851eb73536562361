/** A recorded stream and what the codecs make of it for a client of another API, with the causes of each event. */
import type { AnswerContext } from '../../electron/core/dialects/dialect.ts'
import { dialectOf } from '../../electron/core/dialects/registry.ts'
import { SseReader } from '../../electron/core/sse.ts'
import type { DialectId, LaneEvent } from '../../shared/exchange.ts'
import { recordedLane } from './scripted-scene.ts'

/** What Lazuli needs to translate one event. */
const ADDED_MS = 0.2

export interface Lanes {
  upstream: LaneEvent[]
  client: LaneEvent[]
}

/** @param atMs when the upstream event with this index arrives */
export function translatedLanes(file: string, from: DialectId, to: DialectId, atMs: (index: number) => number): Lanes {
  const upstream = recordedLane(file, 0, 0).map((event) => Object.assign(event, { atMs: atMs(event.index) }))
  const reader = new SseReader()
  const context = contextOf(from, to)
  const decoder = dialectOf(from).createEventDecoder(context)
  const encoder = dialectOf(to).createEventEncoder(context)
  const client: LaneEvent[] = []
  let since = 0
  for (const event of upstream) {
    const read = reader.push(Buffer.from(`${event.raw}\n\n`))
    const text = read.flatMap((one) => decoder.push(one).map((hub) => encoder.push(hub))).join('')
    if (text === '') continue
    for (const raw of text.split('\n\n').filter((one) => one !== '')) {
      const name = /^event: ?(.+)$/m.exec(raw)?.[1]
      const made: LaneEvent = {
        index: client.length,
        atMs: event.atMs + ADDED_MS,
        raw,
        causes: [since, event.index + 1],
      }
      client.push(name === undefined ? made : { ...made, name })
    }
    since = event.index + 1
  }
  return { upstream, client }
}

function contextOf(upstreamDialect: DialectId, dialect: DialectId): AnswerContext {
  let ids = 0
  return {
    request: { model: 'gpt-5.1', dialect, turns: [], tools: [], stream: true, includeUsage: true, extra: {} },
    undo: { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map() },
    upstreamDialect,
    now: () => 1_700_000_000_000,
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    lose: () => undefined,
  }
}
