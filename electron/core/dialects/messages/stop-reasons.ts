import type { Finish } from '../../hub.ts'

const toHub: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop_sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'context',
  tool_use: 'tool',
  refusal: 'refusal',
  pause_turn: 'pause',
}

const fromHub: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  context: 'model_context_window_exceeded',
  tool: 'tool_use',
  filter: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
}

/** Anthropic's stop reason in neutral form; one that is not known means that the turn is over. */
export function finishFrom(stopReason: string | null | undefined): Finish {
  return (Object.hasOwn(toHub, stopReason ?? '') ? toHub[stopReason ?? ''] : undefined) ?? 'stop'
}

export function stopReasonFrom(finish: Finish): string {
  return fromHub[finish]
}
