/** The events of both lanes as marks on a line: as many as there are places to tell them apart. */
import type { LaneEvent } from '../../../../shared/exchange.ts'
import type { EventKind, EventLook } from '../describe-event.ts'

/** Width of the line in its own units. */
export const LINE_UNITS = 1_000

export interface Ticks {
  kind: EventKind
  /** Path of vertical strokes. */
  path: string
}

const KINDS: readonly EventKind[] = ['control', 'thinking', 'text', 'tool', 'error']

/** @param top upper edge of the strokes; strokes of content are shorter than those of the envelope */
export function ticksOf(
  events: readonly LaneEvent[],
  look: (event: LaneEvent) => EventLook,
  endMs: number,
  top: number,
): Ticks[] {
  const places: Record<EventKind, Set<number>> = {
    control: new Set(),
    thinking: new Set(),
    text: new Set(),
    tool: new Set(),
    error: new Set(),
  }
  const scale = endMs > 0 ? LINE_UNITS / endMs : 0
  for (const event of events) places[look(event).kind].add(Math.round(event.atMs * scale))
  return KINDS.filter((kind) => places[kind].size > 0).map((kind) => ({
    kind,
    path: [...places[kind]]
      .map((at) => `M${at} ${top + (kind === 'control' ? 0 : 2)}v${kind === 'control' ? 12 : 9}`)
      .join(''),
  }))
}

/** Round times for an axis, about `wanted` of them, from 0. */
export function axisTimes(endMs: number, wanted = 5): number[] {
  if (endMs <= 0) return [0]
  const rough = endMs / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power * 10
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step)
}
