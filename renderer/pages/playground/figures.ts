/** Figures of an answer, while it is written and when it is complete. */
import type { AnswerTurn } from '../../../shared/playground.ts'

/** Characters per token, about, in the languages that models write most. */
const CHARACTERS_PER_TOKEN = 4
/** What a picture takes, about, at usual sizes. */
const IMAGE_TOKENS = 800

export interface ShownFigures {
  ttftMs?: number | undefined
  durationMs?: number | undefined
  input?: number | undefined
  cached?: number | undefined
  output?: number | undefined
  reasoning?: number | undefined
  tokensPerSecond?: number | undefined
  /** USD. `unpriced`: complete, and no price is known. */
  cost?: number | 'unpriced' | undefined
  /** Part of the window that is filled, 0…1. */
  context?: number | undefined
  /** Counts are guessed from the text. */
  estimated: boolean
}

export function tokensIn(characters: number, images = 0): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + images * IMAGE_TOKENS
}

/** @param now milliseconds since the epoch; counts only while the answer is written */
export function figuresOf(turn: AnswerTurn, now: number): ShownFigures {
  const { figures, contextWindow } = turn
  const ttftMs = figures?.ttftMs ?? (turn.firstAt === undefined ? undefined : turn.firstAt - turn.at)
  if (figures === undefined) return liveFigures(turn, ttftMs, now)
  const { usage, durationMs } = figures
  const output = usage?.output
  return {
    ttftMs,
    durationMs,
    input: usage?.input,
    cached: usage?.cached,
    output,
    reasoning: usage?.reasoning,
    tokensPerSecond: output === undefined ? undefined : speed(output, durationMs - figures.ttftMs),
    cost: figures.cost ?? (usage === undefined ? undefined : 'unpriced'),
    context:
      contextWindow === undefined || usage?.input === undefined
        ? undefined
        : (usage.input + (output ?? 0)) / contextWindow,
    estimated: false,
  }
}

function liveFigures(turn: AnswerTurn, ttftMs: number | undefined, now: number): ShownFigures {
  const written = turn.text.length + turn.reasoning.length + turn.refusal.length
  const called = turn.calls.reduce((sum, call) => sum + call.arguments.length, 0)
  const output = tokensIn(written + called)
  if (turn.firstAt === undefined || output === 0) return { ttftMs, estimated: true }
  const running = turn.state === 'waiting' || turn.state === 'streaming'
  return {
    ttftMs,
    durationMs: running ? now - turn.at : undefined,
    output,
    tokensPerSecond: running ? speed(output, now - turn.firstAt) : undefined,
    cost: turn.rates === undefined ? undefined : (output * turn.rates.output) / 1_000_000,
    estimated: true,
  }
}

function speed(tokens: number, ms: number): number | undefined {
  return ms < 50 ? undefined : Math.round(tokens / (ms / 1000))
}
