import type { LaneEvent } from '../../../shared/exchange.ts'
import { describeEvent, type EventLook } from './describe-event.ts'

export type Look = (event: LaneEvent) => EventLook

/** Describes each event once, however often it is drawn. */
export function createLooks(): Look {
  const known = new WeakMap<LaneEvent, EventLook>()
  return (event) => {
    const before = known.get(event)
    if (before !== undefined) return before
    const look = describeEvent(event)
    known.set(event, look)
    return look
  }
}
