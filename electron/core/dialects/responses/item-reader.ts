import type { HubEvent } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import type { AnswerContext } from '../dialect.ts'

/** What all items of one answer share. */
export interface AnswerState {
  context: AnswerContext
  nextPart: () => number
  /** UTF-16 units of all text so far; citations are placed by it. */
  textLength: number
  /** Has the model called anything? */
  calls: number
}

/**
 * One output item on its way in. Pieces come by `delta` events; the `done` events say what the whole is: whatever the
 * pieces left out is made up from it.
 */
export interface ItemReader {
  /** A piece of the item's `index`th text of this kind, or of its arguments. */
  delta(kind: TextKind, index: number, text: string, logprobs?: unknown): HubEvent[]
  /** The text as a whole. */
  whole(kind: TextKind, index: number, text: string, logprobs?: unknown): HubEvent[]
  annotation(index: number, raw: unknown): HubEvent[]
  /** A content part is complete. */
  partDone(index: number, part: Fields): HubEvent[]
  /** The item is complete, with everything it holds; a second call changes nothing. */
  done(item: Fields): HubEvent[]
  /** The answer ended without the item being complete. */
  abandon(): HubEvent[]
}

export type TextKind = 'text' | 'refusal' | 'summary' | 'reasoning' | 'arguments'

/** What the pieces left out of the whole. What was said cannot be taken back, so a whole that differs adds nothing. */
export function remainder(said: string, whole: string, context: AnswerContext): string {
  if (whole.startsWith(said)) return whole.slice(said.length)
  const reason = 'The upstream corrected a text that had already been passed on.'
  context.lose({ path: 'output', kind: 'degraded', reason })
  return ''
}
