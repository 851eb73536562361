/** What an upstream may do to one call, and how often. Weights need no sum. */
export type Fault =
  | 'none'
  | 'too_many_requests'
  | 'server_error'
  | 'unavailable'
  | 'reset_before_answer'
  | 'reset_after_head'
  | 'limited_in_stream'
  | 'cut'
  | 'failed_in_stream'
  | 'pause'

const weights: readonly (readonly [Fault, number])[] = [
  ['none', 70],
  ['too_many_requests', 5],
  ['server_error', 4],
  ['unavailable', 3],
  ['reset_before_answer', 4],
  ['reset_after_head', 3],
  ['limited_in_stream', 3],
  ['cut', 3],
  ['failed_in_stream', 2],
  ['pause', 3],
]

const sum = weights.reduce((total, [, weight]) => total + weight, 0)

/** @param random from 0 to 1 */
export function drawFault(random: number): Fault {
  let left = random * sum
  for (const [fault, weight] of weights) {
    left -= weight
    if (left < 0) return fault
  }
  return 'none'
}
