import type { HubEvent } from '../core/hub.ts'

/** Parts that a text is cut into where an answer that came whole is streamed and nobody says otherwise (dialects.md §8). */
export const USUAL_SLICES = 2

/**
 * The events of a whole answer as a stream would have had them: each text in slices, never inside a character.
 * @param count slices of each text; at least 1
 */
export function slice(events: readonly HubEvent[], count: number): HubEvent[] {
  return events.flatMap((event): HubEvent[] => {
    if (event.type !== 'delta') return [event]
    const points = Array.from(event.text)
    if (points.length <= count) return [event]
    const size = Math.ceil(points.length / count)
    const slices: HubEvent[] = []
    for (let at = 0; at < points.length; at += size) {
      const { logprobs, ...rest } = event
      // Figures on the tokens belong to the whole text, so they go with its last slice.
      const last = at + size >= points.length
      slices.push({
        ...rest,
        text: points.slice(at, at + size).join(''),
        ...(last && logprobs !== undefined ? { logprobs } : {}),
      })
    }
    return slices
  })
}
