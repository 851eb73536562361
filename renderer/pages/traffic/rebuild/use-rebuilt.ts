import { useMemo } from 'react'
import type { DialectId, Header, LaneEvent } from '../../../../shared/exchange.ts'
import { bodyOf, isEventStream } from '../wire-text.ts'
import { NO_ANSWER, type Answer } from './answer.ts'
import { Rebuilder, wholeAnswer } from './rebuilder.ts'

export interface RebuiltOptions {
  dialect: DialectId | undefined
  events: readonly LaneEvent[]
  headers: readonly Header[]
  /** How many of the events count; all when absent. */
  count?: number
  /** No more events will come. */
  complete: boolean
}

/** The answer that a lane carries, streamed or whole; undefined where its API is not read here. */
export function useRebuilt({ dialect, events, headers, count, complete }: RebuiltOptions): Answer | undefined {
  const rebuilder = useMemo(() => (dialect === undefined ? undefined : new Rebuilder(dialect)), [dialect])
  const taken = count ?? events.length
  return useMemo(() => {
    if (dialect === undefined || rebuilder === undefined) return undefined
    if (events.length === 0 || isEventStream(headers)) return rebuilder.at(events, taken)
    return complete && taken === events.length ? wholeAnswer(dialect, bodyOf(events, headers).text) : NO_ANSWER
  }, [dialect, rebuilder, events, taken, headers, complete])
}
