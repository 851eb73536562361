import { LazuliError } from '../../core/error.ts'

interface Row {
  path: RegExp
  status: 404 | 410 | 426
  message: string
  fix: string
}

/** What Azure has taken away or never had; a sentence helps more than "not found" (azure.md §2.1). */
const ROWS: readonly Row[] = [
  {
    path: /^\/(?:assistants|threads)(?:\/|$)/,
    status: 410,
    message: 'The Assistants API (assistants, threads, runs) was retired on 26 August 2026.',
    fix: 'Use the Responses API: POST /v1/responses with previous_response_id or /v1/conversations, and its tools.',
  },
  {
    path: /^\/realtime$/,
    status: 426,
    message: 'The realtime API is a WebSocket.',
    fix: 'Connect to ws://…/v1/realtime?model=…, or use POST /v1/realtime/client_secrets and /v1/realtime/calls.',
  },
  {
    path: /^\/images\/variations$/,
    status: 404,
    message: 'Azure does not offer image variations.',
    fix: 'Use POST /v1/images/edits with the picture and a prompt.',
  },
  {
    path: /^\/edits$/,
    status: 410,
    message: 'The Edits API was retired together with its models.',
    fix: 'Use POST /v1/chat/completions and ask for the edit.',
  },
  {
    path: /^\/(?:answers|classifications|search)$/,
    status: 410,
    message: 'This API was retired by OpenAI in 2022.',
    fix: 'Use POST /v1/chat/completions, or POST /v1/embeddings for search.',
  },
  {
    path: /^\/engines$/,
    status: 410,
    message: 'Engines were replaced by models.',
    fix: 'Use GET /v1/models.',
  },
  {
    path: /^\/organization(?:\/|$)/,
    status: 404,
    message: 'OpenAI’s administration API has no counterpart in Azure.',
    fix: 'Use the Azure portal for people, keys and costs; Lazuli’s own figures are under GET /stats.',
  },
]

/** The answer to a path that is served no more, or never was; undefined for all others. */
export function retired(path: string): LazuliError | undefined {
  const row = ROWS.find((one) => one.path.test(path))
  if (row === undefined) return undefined
  const code = { 404: 'proxy_not_offered', 410: 'proxy_retired', 426: 'proxy_upgrade_required' }[row.status]
  return new LazuliError({ code, status: row.status, message: row.message, fix: row.fix })
}
