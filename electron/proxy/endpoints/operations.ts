/** The table of operations: every route that is passed on to the resource that can serve it (product.md §3, azure.md §2.1). */
import type { Operation } from '../operations/operation.ts'
import { segment } from '../upstreams/segment.ts'

type Facts = Partial<Omit<Operation, 'name' | 'method' | 'path' | 'ids' | 'root'>>

interface Row {
  method: Operation['method']
  pattern: RegExp
  /** `/files/:id/content` */
  template: string
  facts: Facts
  /** As it is called upstream; the template where they are the same. */
  upstream: string
}

const COMPUTE: Facts = { effect: 'compute', model: 'json', body: 'json', classic: 'deployment' }
const MEDIA: Facts = { ...COMPUTE, preview: true }
const MEDIA_FORM: Facts = { ...MEDIA, model: 'form', body: 'form' }
const READ: Facts = { effect: 'read' }
const LIST: Facts = { effect: 'list' }
const CREATE: Facts = { effect: 'create', body: 'json' }
const FORM: Facts = { effect: 'create', body: 'form' }
const CHANGE: Facts = { effect: 'change', body: 'none' }
const CHANGE_WITH: Facts = { effect: 'change', body: 'json' }
const V1: Facts = { classic: 'v1' }
const VIDEO: Facts = { classic: 'v1', preview: true }

/** First match wins. `:name` is one segment; those that name a thing are ids, the first of which decides. */
const TABLE: readonly [route: string, facts: Facts, upstream?: string][] = [
  ['POST /completions', COMPUTE],
  ['POST /embeddings', COMPUTE],
  ['POST /images/generations', MEDIA],
  ['POST /images/edits', MEDIA_FORM],
  ['POST /audio/speech', MEDIA],
  ['POST /audio/transcriptions', MEDIA_FORM],
  ['POST /audio/translations', MEDIA_FORM],
  ['POST /moderations', { ...COMPUTE, model: 'optional', notOnAzure: true }],

  ['POST /files', FORM],
  ['GET /files', LIST],
  ['GET /files/:id', READ],
  ['GET /files/:id/content', READ],
  ['DELETE /files/:id', CHANGE],
  ['POST /uploads', CREATE],
  ['POST /uploads/:id/parts', { effect: 'change', body: 'any' }],
  ['POST /uploads/:id/complete', CHANGE_WITH],
  ['POST /uploads/:id/cancel', CHANGE],

  ['POST /batches', CREATE],
  ['GET /batches', LIST],
  ['GET /batches/:id', READ],
  ['POST /batches/:id/cancel', CHANGE],

  ['POST /fine_tuning/jobs', CREATE],
  ['GET /fine_tuning/jobs', LIST],
  ['GET /fine_tuning/jobs/:id', READ],
  ['DELETE /fine_tuning/jobs/:id', CHANGE],
  ['POST /fine_tuning/jobs/:id/cancel', CHANGE],
  ['POST /fine_tuning/jobs/:id/pause', CHANGE],
  ['POST /fine_tuning/jobs/:id/resume', CHANGE],
  ['GET /fine_tuning/jobs/:id/events', READ],
  ['GET /fine_tuning/jobs/:id/checkpoints', READ],
  ['GET /fine_tuning/checkpoints/:id/permissions', READ],
  ['POST /fine_tuning/checkpoints/:id/permissions', CHANGE_WITH],
  ['DELETE /fine_tuning/checkpoints/:id/permissions/:part', CHANGE],
  ['POST /fine_tuning/alpha/graders/run', { ...CREATE, ...V1 }],
  ['POST /fine_tuning/alpha/graders/validate', { ...CREATE, ...V1 }],
  ['GET /fine_tunes', LIST, '/fine_tuning/jobs'],
  ['GET /fine_tunes/:id', READ, '/fine_tuning/jobs/:id'],
  ['DELETE /fine_tunes/:id', CHANGE, '/fine_tuning/jobs/:id'],
  ['POST /fine_tunes', CREATE, '/fine_tuning/jobs'],
  ['POST /fine_tunes/:id/cancel', CHANGE, '/fine_tuning/jobs/:id/cancel'],
  ['GET /fine_tunes/:id/events', READ, '/fine_tuning/jobs/:id/events'],

  ['POST /vector_stores', CREATE],
  ['GET /vector_stores', LIST],
  ['GET /vector_stores/:id', READ],
  ['POST /vector_stores/:id', CHANGE_WITH],
  ['DELETE /vector_stores/:id', CHANGE],
  ['POST /vector_stores/:id/search', CHANGE_WITH],
  ['POST /vector_stores/:id/files', CHANGE_WITH],
  ['GET /vector_stores/:id/files', READ],
  ['GET /vector_stores/:id/files/:part', READ],
  ['POST /vector_stores/:id/files/:part', CHANGE_WITH],
  ['DELETE /vector_stores/:id/files/:part', CHANGE],
  ['GET /vector_stores/:id/files/:part/content', READ],
  ['POST /vector_stores/:id/file_batches', CHANGE_WITH],
  ['GET /vector_stores/:id/file_batches/:part', READ],
  ['POST /vector_stores/:id/file_batches/:part/cancel', CHANGE],
  ['GET /vector_stores/:id/file_batches/:part/files', READ],

  ['POST /containers', { ...CREATE, ...V1 }],
  ['GET /containers', { ...LIST, ...V1 }],
  ['GET /containers/:id', { ...READ, ...V1 }],
  ['DELETE /containers/:id', { ...CHANGE, ...V1 }],
  ['POST /containers/:id/files', { effect: 'change', body: 'any', ...V1 }],
  ['GET /containers/:id/files', { ...READ, ...V1 }],
  ['GET /containers/:id/files/:part', { ...READ, ...V1 }],
  ['GET /containers/:id/files/:part/content', { ...READ, ...V1 }],
  ['DELETE /containers/:id/files/:part', { ...CHANGE, ...V1 }],

  ['POST /evals', { ...CREATE, ...V1 }],
  ['GET /evals', { ...LIST, ...V1 }],
  ['GET /evals/:id', { ...READ, ...V1 }],
  ['POST /evals/:id', { ...CHANGE_WITH, ...V1 }],
  ['DELETE /evals/:id', { ...CHANGE, ...V1 }],
  ['POST /evals/:id/runs', { ...CHANGE_WITH, ...V1 }],
  ['GET /evals/:id/runs', { ...READ, ...V1 }],
  ['GET /evals/:id/runs/:part', { ...READ, ...V1 }],
  ['POST /evals/:id/runs/:part', { ...CHANGE, ...V1 }],
  ['DELETE /evals/:id/runs/:part', { ...CHANGE, ...V1 }],
  ['GET /evals/:id/runs/:part/output_items', { ...READ, ...V1 }],
  ['GET /evals/:id/runs/:part/output_items/:item', { ...READ, ...V1 }],

  ['POST /responses/compact', { ...COMPUTE, ...V1 }],
  ['POST /responses/input_tokens', { ...COMPUTE, ...V1 }],
  ['GET /responses/:id', READ],
  ['DELETE /responses/:id', CHANGE],
  ['POST /responses/:id/cancel', CHANGE],
  ['GET /responses/:id/input_items', READ],
  ['POST /conversations', { ...CREATE, ...V1 }],
  ['GET /conversations/:id', { ...READ, ...V1 }],
  ['POST /conversations/:id', { ...CHANGE_WITH, ...V1 }],
  ['DELETE /conversations/:id', { ...CHANGE, ...V1 }],
  ['POST /conversations/:id/items', { ...CHANGE_WITH, ...V1 }],
  ['GET /conversations/:id/items', { ...READ, ...V1 }],
  ['GET /conversations/:id/items/:part', { ...READ, ...V1 }],
  ['DELETE /conversations/:id/items/:part', { ...CHANGE, ...V1 }],
  ['GET /chat/completions', { ...LIST, ...V1 }],
  ['GET /chat/completions/:id', { ...READ, ...V1 }],
  ['POST /chat/completions/:id', { ...CHANGE_WITH, ...V1 }],
  ['DELETE /chat/completions/:id', { ...CHANGE, ...V1 }],
  ['GET /chat/completions/:id/messages', { ...READ, ...V1 }],

  ['POST /videos', { effect: 'create', body: 'any', model: 'optional', ...VIDEO }],
  ['GET /videos', { ...LIST, ...VIDEO }],
  ['GET /videos/:id', { ...READ, ...VIDEO }],
  ['DELETE /videos/:id', { ...CHANGE, ...VIDEO }],
  ['GET /videos/:id/content', { ...READ, ...VIDEO }],
  ['POST /videos/:id/remix', { ...CHANGE_WITH, ...VIDEO }],
  ['POST /video/generations/jobs', { effect: 'create', body: 'json', model: 'json', ...VIDEO }],
  ['GET /video/generations/jobs', { ...LIST, ...VIDEO }],
  ['GET /video/generations/jobs/:id', { ...READ, ...VIDEO }],
  ['DELETE /video/generations/jobs/:id', { ...CHANGE, ...VIDEO }],
  ['GET /video/generations/:id/content/:part', { ...READ, ...VIDEO }],

  ['POST /realtime/client_secrets', { effect: 'create', body: 'json', model: 'session', ...V1 }],
  ['POST /realtime/sessions', { effect: 'create', body: 'json', model: 'session', ...V1 }],
  ['POST /realtime/transcription_sessions', { effect: 'create', body: 'json', model: 'session', ...V1 }],
  ['POST /realtime/calls', { effect: 'create', body: 'any', ...V1 }],

  ['POST /messages/batches', { ...CREATE, anthropic: true }],
  ['GET /messages/batches', { ...LIST, anthropic: true }],
  ['GET /messages/batches/:id', { ...READ, anthropic: true }],
  ['DELETE /messages/batches/:id', { ...CHANGE, anthropic: true }],
  ['POST /messages/batches/:id/cancel', { ...CHANGE, anthropic: true }],
  ['GET /messages/batches/:id/results', { ...READ, anthropic: true }],
]

const ROWS: readonly Row[] = TABLE.map(([route, facts, upstream]) => {
  const [method, template] = route.split(' ') as [Operation['method'], string]
  const pattern = new RegExp(`^${template.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
  return { method, template, pattern, facts, upstream: upstream ?? template }
})

export type OperationMatch = { operation: Operation } | { allowed: Operation['method'][] } | undefined

/**
 * @param path without `/v1`
 * @param anthropic the caller speaks Anthropic's API (which has `/files`, too)
 * @throws LazuliError 400 for an id that cannot be part of an address
 */
export function findOperation(method: string, path: string, anthropic: boolean): OperationMatch {
  const matching = ROWS.filter(({ pattern }) => pattern.test(path))
  const row = matching.find((one) => one.method === method)
  if (row === undefined) return matching.length === 0 ? undefined : { allowed: matching.map((one) => one.method) }
  const groups = Object.entries(row.pattern.exec(path)?.groups ?? {}).map(([name, value]) => [name, decoded(value)])
  const values = Object.fromEntries(groups) as Record<string, string>
  const fill = (template: string): string => template.replaceAll(/:(\w+)/g, (_, name: string) => segment(values[name]!))
  const rootEnd = row.upstream.indexOf('/', row.upstream.indexOf(':id'))
  const facts: Operation = {
    name: `${row.method} ${row.template}`,
    method: row.method,
    path: fill(row.upstream),
    ids: Object.values(values),
    model: 'none',
    body: 'none',
    effect: 'read',
    classic: 'resource',
    preview: false,
    anthropic: anthropic && row.template.startsWith('/files'),
    notOnAzure: false,
    ...row.facts,
  }
  const hasRoot = row.upstream.includes(':id')
  const root = hasRoot ? fill(rootEnd === -1 ? row.upstream : row.upstream.slice(0, rootEnd)) : undefined
  return { operation: root === undefined ? facts : { ...facts, root } }
}

/** As the error for an unknown path names them: one per group. */
export const OPERATION_GROUPS: readonly string[] = [...new Set(ROWS.map(({ template }) => `/v1/${groupOf(template)}…`))]

function groupOf(template: string): string {
  const [, first = '', second = ''] = template.split('/')
  return ['images', 'audio', 'fine_tuning', 'realtime'].includes(first) ? `${first}/${second}` : first
}

/** Segments are taken apart and put together anew, so that nothing in them can lead elsewhere. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
