/** A rule of faults as it is written: every field a text until it is taken over. */
import type { Fault, FaultRule } from '../../../../shared/faults.ts'

export type FaultKind = Fault['kind']

export const STATUSES = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 529] as const

export const KINDS: readonly { value: FaultKind; label: string }[] = [
  { value: 'status', label: 'Refuse with a status' },
  { value: 'latency', label: 'Begin later' },
  { value: 'stall', label: 'Stall in the middle' },
  { value: 'cut', label: 'Cut the connection' },
  { value: 'malformed', label: 'Malformed event' },
  { value: 'missing_end', label: 'Missing end' },
  { value: 'slow', label: 'Slow tokens' },
]

export interface FaultDraft {
  id: string
  enabled: boolean
  keep: boolean
  client: string
  model: string
  /** Of the requests that match, in percent. */
  percent: string
  kind: FaultKind
  status: string
  /** In seconds. */
  retryAfter: string
  /** In milliseconds. */
  ms: string
  /** Index of an event. */
  at: string
}

export function draftOf(rule: FaultRule): FaultDraft {
  const { id, enabled, keep, client = '', model = '', probability, fault } = rule
  return {
    id,
    enabled,
    keep,
    client,
    model,
    percent: String(Math.round(probability * 10_000) / 100),
    kind: fault.kind,
    status: String(fault.kind === 'status' ? fault.status : 429),
    retryAfter: fault.kind === 'status' && fault.retryAfter !== undefined ? String(fault.retryAfter) : '',
    ms: String('ms' in fault ? fault.ms : 5000),
    at: String('at' in fault ? fault.at : 3),
  }
}

export type DraftErrors = Partial<Record<'percent' | 'retryAfter' | 'ms' | 'at', string>>

/** The rule that is written, or what is wrong with it. */
export function ruleOf(draft: FaultDraft): { rule: FaultRule } | { errors: DraftErrors } {
  const percent = numberIn(draft.percent, 0, 100)
  const fault = faultOf(draft)
  if (percent === undefined || 'errors' in fault) {
    return {
      errors: {
        ...(percent === undefined ? { percent: 'A number from 0 to 100.' } : {}),
        ...('errors' in fault ? fault.errors : {}),
      },
    }
  }
  const { id, enabled, keep } = draft
  const [client, model] = [draft.client.trim(), draft.model.trim()]
  return {
    rule: {
      id,
      enabled,
      keep,
      probability: percent / 100,
      fault: fault.fault,
      ...(client === '' ? {} : { client }),
      ...(model === '' ? {} : { model }),
    },
  }
}

function faultOf({ kind, ...draft }: FaultDraft): { fault: Fault } | { errors: DraftErrors } {
  const ms = wholeIn(draft.ms, 3_600_000)
  const at = wholeIn(draft.at, 1_000_000)
  const noTime = { ms: 'Milliseconds, at most an hour.' }
  const noEvent = { at: 'The number of an event, from 0.' }
  switch (kind) {
    case 'status': {
      const status = STATUSES.find((one) => String(one) === draft.status) ?? 429
      if (draft.retryAfter.trim() === '') return { fault: { kind, status } }
      const retryAfter = wholeIn(draft.retryAfter, 3600)
      if (retryAfter === undefined) return { errors: { retryAfter: 'Seconds, at most 3600, or nothing.' } }
      return { fault: { kind, status, retryAfter } }
    }
    case 'latency':
    case 'slow':
      return ms === undefined ? { errors: noTime } : { fault: { kind, ms } }
    case 'stall':
      if (ms !== undefined && at !== undefined) return { fault: { kind, ms, at } }
      return { errors: { ...(ms === undefined ? noTime : {}), ...(at === undefined ? noEvent : {}) } }
    case 'cut':
    case 'malformed':
      return at === undefined ? { errors: noEvent } : { fault: { kind, at } }
    case 'missing_end':
      return { fault: { kind } }
  }
}

function numberIn(text: string, least: number, most: number): number | undefined {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(value) && value >= least && value <= most ? value : undefined
}

function wholeIn(text: string, most: number): number | undefined {
  const value = numberIn(text, 0, most)
  return value !== undefined && Number.isInteger(value) ? value : undefined
}

/** What tools should survive, to begin with. */
export const PRESETS: readonly { label: string; fault: Fault }[] = [
  { label: 'Rate limited', fault: { kind: 'status', status: 429, retryAfter: 5 } },
  { label: 'Overloaded', fault: { kind: 'status', status: 529 } },
  { label: 'Slow start', fault: { kind: 'latency', ms: 10_000 } },
  { label: 'Stall', fault: { kind: 'stall', at: 3, ms: 30_000 } },
  { label: 'Cut in the middle', fault: { kind: 'cut', at: 3 } },
  { label: 'Malformed event', fault: { kind: 'malformed', at: 3 } },
  { label: 'Missing end', fault: { kind: 'missing_end' } },
  { label: 'Slow tokens', fault: { kind: 'slow', ms: 300 } },
]

export function newRule(id: string, fault: Fault): FaultRule {
  return { id, enabled: true, keep: false, probability: 1, fault }
}
