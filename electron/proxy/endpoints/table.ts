import type { DialectId } from '../../../shared/exchange.ts'

/** What serves a path. */
export type Endpoint =
  /** A conversation in one of the dialects. */
  | { type: 'model'; dialect: DialectId }
  /** How many tokens a Messages request has. */
  | { type: 'count-tokens' }
  | { type: 'models' }
  | { type: 'model-detail'; id: string }
  | { type: 'health' }
  | { type: 'configuration' }
  | { type: 'configuration-reload' }
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
    // A model's name may have a slash in it.
    path: /^\/models\/(.+)$/,
    shown: 'GET /v1/models/{model}',
    endpoint: (match) => ({ type: 'model-detail', id: match[1]! }),
  },
  { method: 'GET', path: /^\/healthz$/, shown: 'GET /healthz', endpoint: () => ({ type: 'health' }) },
  { method: 'GET', path: /^\/config$/, shown: 'GET /config', endpoint: () => ({ type: 'configuration' }) },
  {
    method: 'POST',
    path: /^\/config\/reload$/,
    shown: 'POST /config/reload',
    endpoint: () => ({ type: 'configuration-reload' }),
  },
  { method: 'GET', path: /^\/api\/hello$/, shown: 'HEAD /api/hello', endpoint: () => ({ type: 'hello' }) },
]

export type Match =
  | { type: 'found'; endpoint: Endpoint }
  | { type: 'wrong-method'; allowed: string[] }
  | { type: 'unknown' }

/** Without `/v1` in front and slashes at the end. */
function bareOf(path: string): string {
  return path.replace(/^\/v1(?=\/)/, '').replace(/(?<=.)\/+$/, '')
}

export function findEndpoint(method: string, path: string): Match {
  const bare = bareOf(path)
  const matching = ROWS.flatMap((row) => {
    const match = row.path.exec(bare)
    return match === null ? [] : [{ row, match }]
  })
  const first = matching.find(({ row }) => row.method === method)
  if (first !== undefined) return { type: 'found', endpoint: first.row.endpoint(first.match) }
  if (matching.length === 0) return { type: 'unknown' }
  return { type: 'wrong-method', allowed: matching.map(({ row }) => row.method) }
}

/** Does this path show or change the program itself? Those want another key than the models do. */
export function isAdminPath(path: string): boolean {
  return /^\/(?:config(?:\/.*)?|stats\/reset)$/.test(bareOf(path))
}

/** Every route, for a caller that missed them. */
export function shownRoutes(): string {
  return ROWS.map((row) => row.shown).join(', ')
}

/** The dialect in which a caller of this path expects its errors. */
export function dialectOfPath(path: string, anthropicVersion: string | undefined): DialectId {
  const bare = path.replace(/^\/v1(?=\/)/, '')
  if (/^\/messages(?:\/|$)/.test(bare)) return 'messages'
  if (/^\/chat(?:\/|$)/.test(bare)) return 'chat'
  return anthropicVersion === undefined ? 'chat' : 'messages'
}
