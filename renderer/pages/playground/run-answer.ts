import type { AnswerTurn, PlaygroundEvent, PlaygroundRequest } from '../../../shared/playground.ts'
import { failureOf, type Console } from '../../console.ts'
import { isRunning } from './turn-tree.ts'

export interface AnswerRun {
  console: Pick<Console, 'playground'>
  now: () => number
  /** Runs the callback before the next frame is drawn. */
  frame: (draw: () => void) => void
  signal: AbortSignal
  /** Shows the turn as it stands; at most once per frame. */
  show: (turn: AnswerTurn) => void
  /** Keeps it, now and then while it grows. */
  keep: (turn: AnswerTurn) => void
}

/** What is lost at most when the window is closed while an answer is written. */
const KEEP_EVERY_MS = 2_000

/** Reads one answer to its end and gives the whole turn. */
export async function runAnswer(first: AnswerTurn, request: PlaygroundRequest, run: AnswerRun): Promise<AnswerTurn> {
  let turn = first
  let scheduled = false
  let over = false
  let keptAt = run.now()
  const draw = (): void => {
    scheduled = false
    if (!over) run.show(turn)
  }
  try {
    const events = await run.console.playground.send(request, { signal: run.signal })
    for await (const event of events) {
      if (run.signal.aborted) break
      turn = applied(turn, event, run.now())
      if (!scheduled) {
        scheduled = true
        run.frame(draw)
      }
      if (run.now() - keptAt > KEEP_EVERY_MS) {
        keptAt = run.now()
        run.keep(turn)
      }
    }
    turn = ended(turn, run.signal.aborted)
  } catch (error) {
    turn = run.signal.aborted ? { ...turn, state: 'stopped' } : { ...turn, state: 'failed', failure: failureOf(error) }
  }
  over = true
  run.show(turn)
  return turn
}

function applied(turn: AnswerTurn, event: PlaygroundEvent, now: number): AnswerTurn {
  switch (event.type) {
    case 'exchange': {
      const { id, instance, deployment, rates } = event
      const servedBy = instance === undefined ? turn.servedBy : `${deployment ?? turn.model} on ${instance}`
      return { ...turn, exchange: id, servedBy, ...(rates === undefined ? {} : { rates }) }
    }
    case 'delta': {
      const begun = { ...turn, state: 'streaming' as const, firstAt: turn.firstAt ?? now }
      if (event.kind === 'reasoning') return { ...begun, reasoning: turn.reasoning + event.text }
      const words = { ...begun, ...thoughtUntil(turn, now) }
      return event.kind === 'refusal'
        ? { ...words, refusal: turn.refusal + event.text }
        : { ...words, text: turn.text + event.text }
    }
    case 'call': {
      const { id, name } = event
      const calls = [...turn.calls, { id, name, arguments: '' }]
      return { ...turn, state: 'streaming', firstAt: turn.firstAt ?? now, ...thoughtUntil(turn, now), calls }
    }
    case 'arguments': {
      const calls = turn.calls.map((call, index) =>
        index === event.call ? { ...call, arguments: call.arguments + event.text } : call,
      )
      return { ...turn, calls }
    }
    case 'end': {
      const { type: _, parts, ...figures } = event
      return { ...turn, ...thoughtUntil(turn, now), state: 'done', figures, ...(parts === undefined ? {} : { parts }) }
    }
    case 'error': {
      const { failure, retryAfterMs } = event
      return { ...turn, state: 'failed', failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    }
  }
}

/** Thinking ends with the first word after it. */
function thoughtUntil(turn: AnswerTurn, now: number): { thoughtMs?: number } {
  if (turn.reasoning === '' || turn.thoughtMs !== undefined) return {}
  return { thoughtMs: now - turn.at }
}

/** The feed is over: without an end or an error it was stopped, or it broke off. */
function ended(turn: AnswerTurn, aborted: boolean): AnswerTurn {
  if (!isRunning(turn)) return turn
  return aborted ? { ...turn, state: 'stopped' } : brokenOff(turn)
}

/** An answer that nobody writes any more. */
export function brokenOff(turn: AnswerTurn): AnswerTurn {
  return {
    ...turn,
    state: 'failed',
    failure: {
      code: 'playground_incomplete',
      message: 'The answer broke off.',
      fix: 'Open its exchange to see what arrived, or try again.',
    },
  }
}
