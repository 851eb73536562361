import type { DialectId } from '../../../shared/exchange.ts'
import type { LazuliError } from '../../core/error.ts'
import type { BodyKind, Operation } from '../operations/operation.ts'
import { findOperation, OPERATION_GROUPS } from './operations.ts'
import { readPath } from './read-path.ts'
import type { ReadPath } from './read-path.ts'
import { retired } from './retired.ts'

export type StatisticsPage = 'overall' | 'windows' | 'instances' | 'health' | 'status' | 'reset' | 'metrics'

/** What serves a path. */
export type Endpoint =
  /** A conversation in one of the dialects. */
  | { type: 'model'; dialect: DialectId; deployment?: string }
  /** Passed on to the resource that can serve it. */
  | { type: 'operation'; operation: Operation; deployment?: string }
  /** How many tokens a Messages request has. */
  | { type: 'count-tokens' }
  | { type: 'models' }
  | { type: 'model-detail'; id: string }
  | { type: 'capabilities'; id: string }
  | { type: 'deployments' }
  | { type: 'deployment-detail'; id: string }
  | { type: 'voices' }
  | { type: 'health' }
  | { type: 'configuration' }
  | { type: 'configuration-reload' }
  /** What was counted. */
  | { type: 'statistics'; page: StatisticsPage }
  /** The recorded traffic; without an id the list. */
  | { type: 'traffic'; id?: string }
  /** Claude Code asks before its first call whether anyone is there. */
  | { type: 'hello' }

interface Row {
  method: 'GET' | 'POST'
  /** Without `/v1`: every route is served with and without it. */
  path: RegExp
  /** As the error for an unknown path names it. */
  shown: string
  endpoint: (match: RegExpExecArray) => Endpoint
}

const ROWS: readonly Row[] = [
  {
    method: 'POST',
    path: /^\/chat\/completions$/,
    shown: 'POST /v1/chat/completions',
    endpoint: () => ({ type: 'model', dialect: 'chat' }),
  },
  {
    method: 'POST',
    path: /^\/responses$/,
    shown: 'POST /v1/responses',
    endpoint: () => ({ type: 'model', dialect: 'responses' }),
  },
  {
    method: 'POST',
    path: /^\/messages$/,
    shown: 'POST /v1/messages',
    endpoint: () => ({ type: 'model', dialect: 'messages' }),
  },
  {
    method: 'POST',
    path: /^\/messages\/count_tokens$/,
    shown: 'POST /v1/messages/count_tokens',
    endpoint: () => ({ type: 'count-tokens' }),
  },
  { method: 'GET', path: /^\/models$/, shown: 'GET /v1/models', endpoint: () => ({ type: 'models' }) },
  {
    method: 'GET',
    path: /^\/models\/(.+)\/capabilities$/,
    shown: 'GET /v1/models/{model}/capabilities',
    endpoint: (match) => ({ type: 'capabilities', id: match[1]! }),
  },
  { method: 'GET', path: /^\/deployments$/, shown: 'GET /deployments', endpoint: () => ({ type: 'deployments' }) },
  {
    method: 'GET',
    path: /^\/deployments\/([^/]+)$/,
    shown: 'GET /deployments/{deployment}',
    endpoint: (match) => ({ type: 'deployment-detail', id: match[1]! }),
  },
  { method: 'GET', path: /^\/audio\/voices$/, shown: 'GET /v1/audio/voices', endpoint: () => ({ type: 'voices' }) },
  {
    method: 'GET',
    // A model's name may have a slash in it.
    path: /^\/models\/(.+)$/,
    shown: 'GET /v1/models/{model}',
    endpoint: (match) => ({ type: 'model-detail', id: match[1]! }),
  },
  { method: 'GET', path: /^\/healthz?$/, shown: 'GET /healthz', endpoint: () => ({ type: 'health' }) },
  {
    method: 'GET',
    path: /^\/stats$/,
    shown: 'GET /stats',
    endpoint: () => ({ type: 'statistics', page: 'overall' }),
  },
  {
    method: 'GET',
    path: /^\/stats\/(windows|instances|health|status)$/,
    shown: 'GET /stats/{windows|instances|health|status}',
    endpoint: (match) => ({ type: 'statistics', page: match[1] as StatisticsPage }),
  },
  {
    method: 'POST',
    path: /^\/stats\/reset$/,
    shown: 'POST /stats/reset',
    endpoint: () => ({ type: 'statistics', page: 'reset' }),
  },
  {
    method: 'GET',
    path: /^\/metrics$/,
    shown: 'GET /metrics',
    endpoint: () => ({ type: 'statistics', page: 'metrics' }),
  },
  { method: 'GET', path: /^\/config$/, shown: 'GET /config', endpoint: () => ({ type: 'configuration' }) },
  {
    method: 'POST',
    path: /^\/config\/reload$/,
    shown: 'POST /config/reload',
    endpoint: () => ({ type: 'configuration-reload' }),
  },
  {
    method: 'GET',
    path: /^\/lazuli\/traffic(?:\/([\w-]{1,100}))?$/,
    shown: 'GET /lazuli/traffic',
    endpoint: ([, id]) => ({ type: 'traffic', ...(id === undefined ? {} : { id }) }),
  },
  { method: 'GET', path: /^\/api\/hello$/, shown: 'HEAD /api/hello', endpoint: () => ({ type: 'hello' }) },
]

export type Match =
  | { type: 'found'; endpoint: Endpoint }
  | { type: 'wrong-method'; allowed: string[] }
  | { type: 'unknown' }
  /** Served no more, or never. */
  | { type: 'retired'; error: LazuliError }

/**
 * @param anthropicVersion the caller speaks Anthropic's API
 * @throws LazuliError 400 for an id that cannot be part of an address
 */
export function findEndpoint(method: string, path: string, anthropicVersion?: string): Match {
  const read = readPath(path)
  const { path: bare, deployment } = read
  const matching = ROWS.flatMap((row) => {
    const match = row.path.exec(bare)
    return match === null ? [] : [{ row, match }]
  })
  const first = matching.find(({ row }) => row.method === method)
  if (first !== undefined) return { type: 'found', endpoint: named(first.row.endpoint(first.match), deployment) }
  const found = findOperation(method, bare, speaksAnthropic(read, anthropicVersion))
  if (found !== undefined && 'operation' in found) {
    return { type: 'found', endpoint: named({ type: 'operation', operation: found.operation }, deployment) }
  }
  const allowed = [...matching.map(({ row }) => row.method), ...(found?.allowed ?? [])]
  if (allowed.length > 0) return { type: 'wrong-method', allowed: [...new Set(allowed)] }
  const error = retired(bare)
  return error === undefined ? { type: 'unknown' } : { type: 'retired', error }
}

function named(endpoint: Endpoint, deployment: string | undefined): Endpoint {
  if (deployment === undefined || (endpoint.type !== 'model' && endpoint.type !== 'operation')) return endpoint
  return { ...endpoint, deployment }
}

function speaksAnthropic({ anthropic }: ReadPath, version: string | undefined): boolean {
  return anthropic || version !== undefined
}

/** What a body may be that is sent here. */
export function bodyKindOf(method: string, path: string): BodyKind {
  const bare = readPath(path).path
  if (ROWS.some((row) => row.method === method && row.path.test(bare))) return 'json'
  try {
    const found = findOperation(method, bare, false)
    return found !== undefined && 'operation' in found ? found.operation.body : 'json'
  } catch {
    // An id that cannot be served is told so when it is.
    return 'json'
  }
}

/** Does this path show or change the program itself? Those want another key than the models do. */
export function isAdminPath(path: string): boolean {
  return /^\/(?:config(?:\/.*)?|stats\/reset|lazuli\/traffic(?:\/.*)?)$/.test(readPath(path).path)
}

/** Does this path show the recorded traffic? */
export const isTrafficPath = (path: string): boolean => readPath(path).path.startsWith('/lazuli/traffic')

/** Every route, for a caller that missed them. */
export function shownRoutes(): string {
  return [...ROWS.map((row) => row.shown), ...OPERATION_GROUPS, 'GET /v1/realtime (WebSocket)'].join(', ')
}

/** The dialect in which a caller of this path expects its errors. */
export function dialectOfPath(path: string, anthropicVersion: string | undefined): DialectId {
  const { path: bare, anthropic } = readPath(path)
  if (anthropic) return 'messages'
  if (/^\/messages(?:\/|$)/.test(bare)) return 'messages'
  if (/^\/chat(?:\/|$)/.test(bare)) return 'chat'
  return anthropicVersion === undefined ? 'chat' : 'messages'
}
