/** How the instances fare, in the Python proxy's shapes (azure.md §7.3). */
import type { Configuration, ConfiguredInstance } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import type { Statistics } from '../../routing/statistics.ts'
import type { Traffic } from '../attempts.ts'

interface Facts {
  configuration: Configuration
  counted: Statistics
  traffic: Traffic
}

type Status = 'healthy' | 'error' | 'rate_limited'

const MINUTE_MS = 60_000

/** `GET /stats/instances`. @throws LazuliError 400 for a filter that cannot be served */
export function instancesPage(facts: Facts, asked: URLSearchParams): Record<string, unknown> {
  const instances = sorted(filtered(rowsOf(facts), asked), asked)
  const tpm = instances.reduce((sum, { current_tpm: now }) => sum + now, 0)
  const most = instances.reduce((sum, { max_tpm: limit }) => sum + limit, 0)
  // What has no limit takes no part of one.
  const limited = instances.reduce((sum, row) => sum + (row.max_tpm === 0 ? 0 : row.current_tpm), 0)
  return {
    status: 'success',
    timestamp: seconds(facts.traffic.now()),
    summary: {
      total_instances: instances.length,
      healthy_instances: countOf(instances, 'healthy'),
      error_instances: countOf(instances, 'error'),
      rate_limited_instances: countOf(instances, 'rate_limited'),
      total_current_tpm: tpm,
      total_max_tpm: most,
      overall_utilization_percentage: percentOf(limited, most),
    },
    instances,
  }
}

/** `GET /stats/health`. */
export function healthPage(facts: Facts): Record<string, unknown> {
  const rows = rowsOf(facts)
  const part = (count: number): object => ({ count, percentage: percentOf(count, rows.length) })
  return {
    status: 'success',
    timestamp: seconds(facts.traffic.now()),
    health_summary: {
      overall_status: overallStatus(countOf(rows, 'healthy'), rows.length),
      total_instances: rows.length,
      healthy: part(countOf(rows, 'healthy')),
      error: part(countOf(rows, 'error')),
      rate_limited: part(countOf(rows, 'rate_limited')),
      // Every instance is taken for healthy until it shows otherwise.
      unknown: part(0),
    },
  }
}

/** `GET /stats/status`. */
export function statusPage(facts: Facts): Record<string, unknown> {
  const instances = rowsOf(facts)
  return {
    status: 'success',
    timestamp: seconds(facts.traffic.now()),
    instances,
    total_instances: instances.length,
    healthy_instances: countOf(instances, 'healthy'),
    routing_strategy: facts.configuration.config.routing.strategy,
  }
}

type Row = ReturnType<typeof rowOf>

function rowsOf(facts: Facts): Row[] {
  return facts.configuration.instances.filter(({ enabled }) => enabled).map((instance) => rowOf(instance, facts))
}

function rowOf(instance: ConfiguredInstance, { configuration, counted, traffic }: Facts) {
  const figures = counted.instance(instance.name)
  const minute = figures?.counts.within(MINUTE_MS)
  const window = figures?.counts.within(configuration.config.monitoring.stats_window_minutes * MINUTE_MS)
  const totals = figures?.counts.totals()
  const maxTpm = instance.rate_limit_enabled === false ? 0 : (instance.max_tpm ?? 0)
  const tpm = minute?.tokens ?? 0
  const condition = conditionOf(instance, traffic, maxTpm > 0 && tpm >= maxTpm)
  const failedCalls = window === undefined ? 0 : window.calls429 + window.calls400 + window.calls500 + window.callsOther
  return {
    name: instance.name,
    provider_type: instance.provider_type,
    status: condition.status,
    health_status: condition.status,
    current_tpm: tpm,
    current_rpm: minute?.calls ?? 0,
    /** 0: without limit. */
    max_tpm: maxTpm,
    tpm_usage_percent: percentOf(tpm, maxTpm),
    utilization_percentage: percentOf(tpm, maxTpm),
    total_tokens_served: totals?.tokens ?? 0,
    instance_error_rate: rateOf((window?.calls500 ?? 0) + (window?.callsOther ?? 0), window?.calls ?? 0),
    client_error_rate: rateOf(window?.clientErrors ?? 0, window?.requests ?? 0),
    upstream_error_rate: rateOf(failedCalls, window?.calls ?? 0),
    total_upstream_429_errors: totals?.calls429 ?? 0,
    total_upstream_400_errors: totals?.calls400 ?? 0,
    total_upstream_500_errors: totals?.calls500 ?? 0,
    total_upstream_other_errors: totals?.callsOther ?? 0,
    /** Calls that failed since the last one that did not. */
    error_count: figures?.failuresInARow ?? 0,
    last_error: condition.advice ?? figures?.lastError ?? null,
    rate_limited_until: condition.until ?? null,
    priority: instance.priority,
    weight: instance.weight,
    last_used: figures?.lastUsed === undefined ? null : seconds(figures.lastUsed),
    supported_models: instance.supported_models ?? [],
    model_deployments: instance.model_deployments,
  }
}

/** `until`: seconds since the epoch. */
function conditionOf(
  instance: ConfiguredInstance,
  { health, limits, now }: Traffic,
  isFull: boolean,
): { status: Status; until?: number; advice?: string } {
  const condition = health.conditionOf(instance)
  switch (condition.state) {
    case 'down':
    case 'half-open':
      return { status: 'error' }
    case 'misconfigured':
      return condition.advice === '' ? { status: 'error' } : { status: 'error', advice: condition.advice }
    case 'throttled':
      return { status: 'rate_limited', until: seconds(now() + condition.retryMs) }
    case 'healthy': {
      const emptyMs = limits.emptyFor(instance.name)
      if (emptyMs !== undefined) return { status: 'rate_limited', until: seconds(now() + emptyMs) }
      return { status: isFull ? 'rate_limited' : 'healthy' }
    }
  }
}

function overallStatus(healthy: number, all: number): string {
  if (all === 0) return 'warning'
  if (healthy === 0) return 'critical'
  return healthy / all < 0.5 ? 'degraded' : 'healthy'
}

function filtered(rows: readonly Row[], asked: URLSearchParams): Row[] {
  const status = asked.get('status_filter')?.toLowerCase()
  const provider = asked.get('provider_type')?.toLowerCase()
  const model = asked.get('model_support')?.toLowerCase()
  const least = numberIn(asked, 'min_tpm')
  const most = numberIn(asked, 'max_tpm')
  return rows.filter(
    (row) =>
      (status === undefined || row.status === status) &&
      (provider === undefined || row.provider_type === provider) &&
      (model === undefined || supports(row, model)) &&
      (least === undefined || row.current_tpm >= least) &&
      (most === undefined || row.current_tpm <= most),
  )
}

/** An instance without any list takes every name. */
function supports({ supported_models: listed, model_deployments: mapped }: Row, model: string): boolean {
  const names = [...listed, ...Object.keys(mapped)]
  return names.length === 0 || names.some((name) => name.toLowerCase() === model)
}

function sorted(rows: Row[], asked: URLSearchParams): Row[] {
  const by = asked.get('sort_by')
  const direction = asked.get('sort_dir')?.toLowerCase() ?? 'asc'
  if (direction !== 'asc' && direction !== 'desc') throw wrong('sort_dir', 'asc or desc')
  if (by === null) return rows
  if (!isSortable(by)) throw wrong('sort_by', SORTABLE.join(', '))
  const ordered = rows.toSorted((a, b) => compare(a[by] ?? 0, b[by] ?? 0))
  return direction === 'asc' ? ordered : ordered.toReversed()
}

const SORTABLE = [
  'name',
  'provider_type',
  'status',
  'health_status',
  'current_tpm',
  'current_rpm',
  'max_tpm',
  'tpm_usage_percent',
  'utilization_percentage',
  'total_tokens_served',
  'instance_error_rate',
  'client_error_rate',
  'upstream_error_rate',
  'error_count',
  'priority',
  'weight',
  'last_used',
] as const satisfies readonly (keyof Row)[]

function isSortable(text: string): text is (typeof SORTABLE)[number] {
  return (SORTABLE as readonly string[]).includes(text)
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function numberIn(asked: URLSearchParams, name: string): number | undefined {
  const text = asked.get(name)
  if (text === null) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw wrong(name, 'a number')
  return value
}

function wrong(name: string, allowed: string): LazuliError {
  return new LazuliError({ code: 'invalid_query', status: 400, message: `${name} must be ${allowed}.`, param: name })
}

function countOf(rows: readonly Row[], status: Status): number {
  return rows.filter((row) => row.status === status).length
}

function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100
}

/** 0…1, to four digits. */
export function rateOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000
}

const seconds = (ms: number): number => Math.floor(ms / 1000)
