/**
 * An answer as far as it has come. Every state is a value of its own that later ones share most of: a time of the past
 * is shown by keeping a few states and going on from the nearest.
 */
import type { Usage } from '../../../../shared/exchange.ts'
import type { Block } from '../conversation/block.ts'

export interface AnswerPart {
  /** What the dialect calls it by: an index, or item and part. */
  key: string
  block: Block
  /** More of it may come. */
  open: boolean
  /** When its first and its last bytes came, in milliseconds of the exchange. */
  firstMs: number
  lastMs: number
}

export interface Answer {
  parts: readonly AnswerPart[]
  id?: string
  model?: string
  /** Why it ended, in the dialect's own word. */
  finish?: string
  usage?: Usage
  /** The upstream's words when it ended with an error. */
  error?: string
}

export const NO_ANSWER: Answer = { parts: [] }

/** The answer after one more event. */
export type AnswerStep = (answer: Answer, event: Record<string, unknown>, atMs: number) => Answer

/** Changes the part with this key, or adds it at the end. */
export function withPart(
  answer: Answer,
  key: string,
  atMs: number,
  change: (block: Block | undefined) => Block,
  open = true,
): Answer {
  const at = answer.parts.findLastIndex((part) => part.key === key)
  const before = answer.parts[at]
  if (before === undefined) {
    const added = { key, block: change(undefined), open, firstMs: atMs, lastMs: atMs }
    return { ...answer, parts: [...answer.parts, added] }
  }
  return { ...answer, parts: answer.parts.with(at, { ...before, block: change(before.block), open, lastMs: atMs }) }
}

/** Closes the parts that match; they stay as they are. */
export function closeParts(answer: Answer, matches: (part: AnswerPart) => boolean): Answer {
  if (!answer.parts.some((part) => part.open && matches(part))) return answer
  return { ...answer, parts: answer.parts.map((part) => (matches(part) ? { ...part, open: false } : part)) }
}

export function addText(block: Block | undefined, more: string): Block {
  return { kind: 'text', text: (block?.kind === 'text' ? block.text : '') + more }
}

export function addRefusal(block: Block | undefined, more: string): Block {
  return { kind: 'refusal', text: (block?.kind === 'refusal' ? block.text : '') + more }
}

export function addThinking(block: Block | undefined, more: string, sealed = 0): Block {
  const before = block?.kind === 'thinking' ? block : { text: '', sealed: 0, hidden: false }
  return { kind: 'thinking', text: before.text + more, sealed: before.sealed + sealed, hidden: before.hidden }
}

export function addInput(block: Block | undefined, more: string): Block {
  const before = block?.kind === 'call' ? block : { tool: '', id: '', input: '', hosted: false }
  return { ...before, kind: 'call', input: before.input + more }
}

/** Keeps members out that are not known. */
export function known<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
