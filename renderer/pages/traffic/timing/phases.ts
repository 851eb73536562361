/** Where the time of an exchange went, phase by phase. All in milliseconds since its begin. */
import type { Attempt, ExchangeDetail } from '../../../../shared/exchange.ts'

export type PhaseKind = 'own' | 'wait' | 'first' | 'receive' | 'failed' | 'running'

export interface Phase {
  name: string
  kind: PhaseKind
  fromMs: number
  toMs: number
}

export interface PhaseGroup {
  title: string
  phases: readonly Phase[]
}

/** @param nowMs how far the exchange has come; its end when it has ended */
export function phasesOf({ attempts, summary }: ExchangeDetail, nowMs: number): PhaseGroup[] {
  const groups: PhaseGroup[] = []
  let at = 0
  attempts.forEach((attempt, index) => {
    const name = index === 0 ? 'reading and routing' : 'pause before the next attempt'
    if (attempt.startMs - at >= 0.05) {
      groups.push({ title: 'Lazuli', phases: [{ name, kind: 'own', fromMs: at, toMs: attempt.startMs }] })
    }
    groups.push({ title: `Attempt ${index + 1}: ${attempt.instance}`, phases: attemptPhases(attempt, nowMs) })
    at = attempt.endMs ?? nowMs
  })
  const end = summary.durationMs ?? at
  if (end - at >= 0.05) {
    const name = attempts.length === 0 ? 'answered by Lazuli itself' : 'delivering the rest'
    groups.push({ title: 'Lazuli', phases: [{ name, kind: 'own', fromMs: at, toMs: end }] })
  }
  return groups
}

function attemptPhases({ startMs, headersMs, firstByteMs, endMs, failure, status }: Attempt, nowMs: number): Phase[] {
  const end = endMs ?? nowMs
  const bad = failure !== undefined || (status ?? 0) >= 400
  if (headersMs === undefined) {
    const name = endMs === undefined ? 'connecting, waiting for headers' : 'no answer'
    return [{ name, kind: bad ? 'failed' : endMs === undefined ? 'running' : 'wait', fromMs: startMs, toMs: end }]
  }
  const phases: Phase[] = [{ name: 'connect, send, wait for headers', kind: 'wait', fromMs: startMs, toMs: headersMs }]
  const first = firstByteMs ?? end
  phases.push({ name: 'headers to first byte', kind: 'first', fromMs: headersMs, toMs: first })
  if (firstByteMs !== undefined) {
    phases.push({ name: bad ? 'error body' : 'receiving', kind: bad ? 'failed' : 'receive', fromMs: first, toMs: end })
  }
  return phases
}
