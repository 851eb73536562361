/** What is known of a check, told as ticks. Pure. */
import type { ExchangeSummary } from '../../shared/exchange.ts'
import type { ToolCheck, ToolState, ToolTick } from '../../shared/tools.ts'
import type { ProgramEnd } from './run-program.ts'

/** A request of the tool that reached the door, let in or not. */
export interface Arrival {
  /** The calling program, as the traffic names it. */
  client: string
  method: string
  path: string
  /** Code of the refusal, e.g. `invalid_api_key`. */
  refused?: string | undefined
}

export interface CheckFacts {
  name: string
  /** Absent for a tool whose settings are not seen. */
  state?: ToolState
  /** The command line, where Lazuli starts the program. */
  command?: string
  startedMs?: number
  ended?: ProgramEnd
  arrival?: Arrival & { atMs: number }
  refusal?: Arrival & { atMs: number }
  /** Its exchanges since the check began, oldest first. */
  rows: readonly ExchangeSummary[]
  /** When the check began, as the rows count. */
  began: number
  /** The watch is over. */
  late: boolean
}

/** The check as it stands. It has succeeded when an answer has arrived whole and, if it was started, the program is content. */
export function checkOf(facts: CheckFacts): ToolCheck {
  const { rows, ended, refusal, late } = facts
  const done = rows.find((row) => row.state === 'done' && (row.status ?? 0) < 400)
  const broken = rows.findLast((row) => row.state === 'failed')
  const told = done ?? rows.findLast((row) => row.state === 'active') ?? broken ?? rows.at(-1)
  const programFailed = ended !== undefined && (ended.problem !== undefined || ended.code !== 0)
  const over = late || ended !== undefined || (facts.command === undefined && (done ?? broken ?? refusal) !== undefined)
  const state = !over ? 'running' : done !== undefined && !programFailed ? 'ok' : 'failed'
  const ticks: ToolTick[] = [
    ...settingsTick(facts),
    ...startedTick(facts, programFailed),
    reachedTick(facts, told),
    keyTick(facts, told),
    routedTick(facts, told),
    answeredTick(facts, told, done),
  ]
  return {
    ticks: over ? closed(ticks, state === 'ok') : waiting(ticks),
    state,
    ...(done === undefined && told === undefined ? {} : { exchange: (done ?? told)!.id }),
    ...(ended === undefined || ended.output.trim() === '' ? {} : { output: ended.output }),
  }
}

function settingsTick({ state }: CheckFacts): ToolTick[] {
  switch (state) {
    case undefined:
      return []
    case 'applied':
      return [{ id: 'settings', state: 'ok', text: 'Its settings lead here' }]
    default:
      return [
        { id: 'settings', state: 'failed', text: 'Its settings do not lead here', why: 'Apply the change first.' },
      ]
  }
}

function startedTick({ name, command, startedMs, ended }: CheckFacts, failed: boolean): ToolTick[] {
  if (command === undefined) return []
  if (startedMs === undefined) return [{ id: 'started', state: 'later', text: `Start ${name}` }]
  const why = failed
    ? `${command}: ${ended?.problem ?? `it ended with ${ended?.code ?? 'a signal'}`}`
    : ended === undefined
      ? `Running ${command}`
      : `${command} ended well`
  return [{ id: 'started', state: failed ? 'failed' : 'ok', text: `${name} was started`, why, atMs: startedMs }]
}

function reachedTick({ name, arrival, refusal, began }: CheckFacts, row: ExchangeSummary | undefined): ToolTick {
  const seen = arrival ?? refusal
  if (seen === undefined && row === undefined)
    return { id: 'reached', state: 'later', text: `${name} reaches this address` }
  const why = seen === undefined ? `${row!.method} ${row!.path}` : `${seen.method} ${seen.path}`
  return {
    id: 'reached',
    state: 'ok',
    text: `${name} reached this address`,
    why,
    atMs: seen?.atMs ?? Math.max(0, row!.startedAt - began),
  }
}

function keyTick({ refusal }: CheckFacts, row: ExchangeSummary | undefined): ToolTick {
  if (row !== undefined)
    return { id: 'key', state: 'ok', text: 'It was let in', why: 'With the local key, if one is wanted' }
  if (refusal === undefined) return { id: 'key', state: 'later', text: 'It is let in' }
  return refusal.refused === 'invalid_api_key'
    ? {
        id: 'key',
        state: 'failed',
        text: 'It came without the right local key',
        why: 'Apply the change again, and start the tool anew: it may remember an older key.',
        atMs: refusal.atMs,
      }
    : { id: 'key', state: 'failed', text: 'It was refused at the door', why: refusal.refused ?? '', atMs: refusal.atMs }
}

function routedTick({ began }: CheckFacts, row: ExchangeSummary | undefined): ToolTick {
  if (row?.deployment === undefined) {
    return row?.state === 'failed'
      ? {
          id: 'routed',
          state: 'failed',
          text: `Nothing serves ${row.askedModel ?? 'what it asked for'}`,
          ...(row.failure === undefined ? {} : { why: row.failure.message }),
        }
      : { id: 'routed', state: 'later', text: 'Its model leads to a deployment' }
  }
  return {
    id: 'routed',
    state: 'ok',
    text: `Asked for ${row.askedModel ?? '(no name)'}, sent to ${row.deployment}`,
    why: `${row.instance ?? ''}${row.upstreamDialect === undefined ? '' : ` through ${row.upstreamDialect}`}`,
    atMs: Math.max(0, row.startedAt - began),
  }
}

function answeredTick(
  { began }: CheckFacts,
  row: ExchangeSummary | undefined,
  done: ExchangeSummary | undefined,
): ToolTick {
  if (done !== undefined) {
    const { usage } = done
    return {
      id: 'answered',
      state: 'ok',
      text: done.stream ? 'A streamed answer, whole to its end' : 'A whole answer',
      ...(usage?.input === undefined || usage.output === undefined
        ? {}
        : { why: `${usage.input} tokens in, ${usage.output} out` }),
      atMs: Math.max(0, done.startedAt - began + (done.durationMs ?? 0)),
    }
  }
  if (row?.state === 'failed' && row.deployment !== undefined) {
    const why = [row.failure?.message, row.failure?.fix].filter((text) => text !== undefined).join(' ')
    return { id: 'answered', state: 'failed', text: `The answer failed${row.status ? ` with ${row.status}` : ''}`, why }
  }
  return { id: 'answered', state: 'later', text: 'An answer arrives whole' }
}

/** The first step that has not happened is the one that is waited for. */
function waiting(ticks: readonly ToolTick[]): ToolTick[] {
  const next = ticks.findIndex(({ state }) => state === 'later')
  return ticks.map((tick, at) => (at === next ? { ...tick, state: 'waiting' } : tick))
}

/** Of a check that failed without a step that says so, the first one that never came is what failed. */
function closed(ticks: readonly ToolTick[], ok: boolean): ToolTick[] {
  const next = ticks.findIndex(({ state }) => state === 'later')
  if (ok || next === -1 || ticks.some(({ id, state }) => state === 'failed' && id !== 'settings')) return [...ticks]
  return ticks.map((tick, at) => (at === next ? { ...tick, state: 'failed', why: 'It did not come.' } : tick))
}
