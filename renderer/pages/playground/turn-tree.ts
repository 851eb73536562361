/** The turns of a chat as a tree: a question that is edited and an answer that is asked for again stand side by side. */
import type { AnswerTurn, ChatTurn, UserTurn } from '../../../shared/playground.ts'

export type Turns = ReadonlyMap<string, ChatTurn>

/** From the first turn to this one. */
export function pathTo(turns: Turns, leaf: string | undefined): ChatTurn[] {
  const path: ChatTurn[] = []
  for (let turn = leaf === undefined ? undefined : turns.get(leaf); turn !== undefined;) {
    path.push(turn)
    turn = turn.parent === undefined ? undefined : turns.get(turn.parent)
  }
  return path.toReversed()
}

export function childrenOf(turns: Turns, parent: string | undefined): ChatTurn[] {
  return [...turns.values()].filter((turn) => turn.parent === parent)
}

/** The turns that stand in this one's place, itself included, in the order in which they were made. */
export function siblingsOf(turns: Turns, turn: ChatTurn): ChatTurn[] {
  return childrenOf(turns, turn.parent).filter((other) => other.role === turn.role)
}

/** The end of the branch that begins at a turn: its newest continuation, and of that the newest. */
export function newestLeaf(turns: Turns, id: string): string {
  let leaf = id
  for (;;) {
    const next = childrenOf(turns, leaf).at(-1)
    if (next === undefined) return leaf
    leaf = next.id
  }
}

/** The question that an answer belongs to, over all rounds of tools between them. */
export function questionOf(turns: Turns, id: string): UserTurn | undefined {
  const question = pathTo(turns, id).findLast((turn) => turn.role === 'user')
  return question?.role === 'user' ? question : undefined
}

/** Answers in a row since the last question: rounds of tools. */
export function roundsSinceQuestion(turns: Turns, id: string): number {
  const path = pathTo(turns, id)
  const question = path.findLastIndex((turn) => turn.role === 'user')
  return path.slice(question + 1).filter((turn) => turn.role === 'assistant').length
}

export function isRunning(turn: ChatTurn | undefined): turn is AnswerTurn {
  return turn?.role === 'assistant' && (turn.state === 'waiting' || turn.state === 'streaming')
}
