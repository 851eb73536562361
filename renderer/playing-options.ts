/** How a recording is played again, in words. */
import type { Instance } from '../shared/config.ts'

export type Match = NonNullable<Instance['match']>

export const MATCHES: readonly { value: Match; label: string }[] = [
  { value: 'conversation', label: 'All that was said is the same' },
  { value: 'last_message', label: 'What was said last is the same' },
  { value: 'sequence', label: 'Any: the next recorded one of its model' },
]

const USUAL_SPEEDS = [
  { value: '1', label: 'As recorded' },
  { value: '10', label: 'Ten times as fast' },
  { value: '0', label: 'At once' },
]

/** @param current which may be another, written into a file by hand */
export function speedsWith(current: string): readonly { value: string; label: string }[] {
  if (USUAL_SPEEDS.some(({ value }) => value === current)) return USUAL_SPEEDS
  return [...USUAL_SPEEDS, { value: current, label: `${current} times as fast` }]
}
