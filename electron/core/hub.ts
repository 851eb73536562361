/**
 * The neutral form in which dialects meet. A request is decoded from the client's dialect into `HubRequest` and encoded
 * for the upstream; an answer, streamed or not, is decoded into `HubEvent`s and encoded for the client. No dialect
 * imports another: they meet here.
 */
import type { DialectId, Loss, Usage } from '../../shared/exchange.ts'

export type { DialectId, Loss, Usage }

/**
 * A value that only its maker understands (a thinking signature, an encrypted reasoning item). It is byte-preserved:
 * never trimmed, joined, re-encoded or made up.
 */
export interface Opaque {
  maker: 'anthropic' | 'openai'
  kind: 'signature' | 'redacted' | 'encrypted'
  value: string
  /** The reasoning item's own id (`rs_…`), where the maker gave one. */
  itemId?: string
}

export type MediaSource =
  /** `data` is base64 without a `data:` prefix. */
  { type: 'data'; data: string; mime: string } | { type: 'url'; url: string } | { type: 'file'; fileId: string }

export interface Media {
  source: MediaSource
  name?: string
  detail?: string
}

/** A prompt-cache hint as the client wrote it, e.g. `{type:'ephemeral', ttl:'5m'}`. */
export type CacheMark = Record<string, unknown>

export interface Citation {
  /** `url` citations cross dialects; others only re-appear in their own. */
  kind: 'url' | 'other'
  url?: string
  title?: string
  /** Offsets in the joined text of the answer, in UTF-16 code units. */
  start?: number
  end?: number
  /** The cited passage. */
  text?: string
  dialect: DialectId
  /** The citation as its own dialect wrote it. */
  raw: unknown
}

export interface Logprob {
  token: string
  logprob: number
  bytes: number[] | null
  top: { token: string; logprob: number; bytes: number[] | null }[]
}

export interface TextPart {
  type: 'text'
  text: string
  citations?: Citation[]
  logprobs?: Logprob[]
  phase?: 'commentary' | 'final_answer'
  cache?: CacheMark
  /** Id of the Responses message that the text stood in. */
  itemId?: string
}
export interface RefusalPart {
  type: 'refusal'
  text: string
}
export interface MediaPart {
  type: 'image' | 'file' | 'audio'
  media: Media
  cache?: CacheMark
}
/** One thinking block or one reasoning item. */
export interface ReasoningPart {
  type: 'reasoning'
  /** The visible text, one entry per summary part; may be empty when only the opaque value exists. */
  text: string[]
  kind: 'summary' | 'full'
  opaque?: Opaque
}
export interface ToolCallPart {
  type: 'call'
  id: string
  name: string
  /** Raw JSON text as the model wrote it (possibly partial or invalid), or free text when `custom`. */
  arguments: string
  custom?: true
  /** The item's own id in Responses (`fc_…`), apart from `call_id`. */
  itemId?: string
  /** Responses namespace that the tool was declared in. */
  namespace?: string
}
export interface ToolResultPart {
  type: 'result'
  id: string
  parts: Part[]
  error?: true
  cache?: CacheMark
  custom?: true
}
/** Something that only its own dialect can say again (hosted-tool items, item references). */
export interface ForeignPart {
  type: 'foreign'
  dialect: DialectId
  raw: unknown
}
export type Part = TextPart | RefusalPart | MediaPart | ReasoningPart | ToolCallPart | ToolResultPart | ForeignPart
export type PartKind = Part['type']

/** `system` covers instructions, system and developer messages; their position is kept. */
export interface Turn {
  role: 'system' | 'user' | 'assistant' | 'tool'
  parts: Part[]
  name?: string
}

export interface FunctionTool {
  type: 'function'
  name: string
  description?: string
  /** JSON schema of the arguments. */
  parameters?: Record<string, unknown>
  strict?: boolean
  cache?: CacheMark
  namespace?: string
}
export interface CustomTool {
  type: 'custom'
  name: string
  description?: string
  /** Grammar or text format; only OpenAI's dialects have it. */
  format?: unknown
  namespace?: string
}
/** A hosted tool (web_search, code_interpreter, …): only its own dialect can declare it. */
export interface HostedTool {
  type: 'hosted'
  name: string
  dialect: DialectId
  raw: unknown
  /** Where it stands in the client's request; absent: at its index in `tools`. */
  path?: string
}
export type Tool = FunctionTool | CustomTool | HostedTool

export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { name: string }
  | { allowed: string[]; mode: 'auto' | 'required' }

export type ResponseFormat =
  | { kind: 'json' }
  | { kind: 'schema'; name: string; description?: string; schema: Record<string, unknown>; strict?: boolean }

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export interface HubRequest {
  /** The model name as the client wrote it. */
  model: string
  dialect: DialectId
  turns: Turn[]
  tools: Tool[]
  toolChoice?: ToolChoice
  parallelTools?: boolean
  format?: ResponseFormat
  effort?: Effort
  /** How thinking was asked for in Messages; `effort` alone comes from the OpenAI dialects. */
  thinking?: { mode: 'enabled'; budget: number } | { mode: 'adaptive' } | { mode: 'disabled' }
  showReasoning?: 'auto' | 'concise' | 'detailed' | 'omit'
  /** The client asked for encrypted reasoning (`include: ["reasoning.encrypted_content"]`). */
  wantOpaque?: boolean
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  stop?: string[]
  seed?: number
  n?: number
  presencePenalty?: number
  frequencyPenalty?: number
  logitBias?: Record<string, number>
  /** Number of alternatives, 0 for the chosen token only. */
  logprobs?: number
  user?: string
  metadata?: Record<string, string>
  serviceTier?: string
  verbosity?: string
  promptCacheKey?: string
  stream: boolean
  /** Should the client see usage in its stream? Always true where the dialect has no switch. */
  includeUsage: boolean
  /** Fields that only the client's own dialect knows, by their path; declared as dropped when another is spoken. */
  extra: Record<string, unknown>
  /** Responses: fields that its answers repeat, as the client wrote them. */
  echo?: Record<string, unknown>
}

/** Why the answer ended; mapped per dialect in dialects.md §4. */
export type Finish = 'stop' | 'stop_sequence' | 'length' | 'context' | 'tool' | 'filter' | 'refusal' | 'pause'

/** Content-filter verdicts as Azure wrote them. */
export type NoteKey = 'prompt_filter' | 'content_filter'

/**
 * The answer as a flat, ordered list. `part` numbers parts in order of their first event; parts may be open in parallel
 * (Chat interleaves tool fragments). Exactly one `end` or `error` closes the list.
 */
export type HubEvent =
  | { type: 'start'; id: string; model: string; created: number; usage?: Usage }
  | {
      type: 'open'
      part: number
      kind: PartKind
      id?: string
      name?: string
      custom?: true
      itemId?: string
      namespace?: string
      reasoning?: 'summary' | 'full'
      phase?: TextPart['phase']
    }
  | { type: 'delta'; part: number; text: string; logprobs?: Logprob[] }
  /** A new paragraph of a reasoning part starts (a further summary part). */
  | { type: 'section'; part: number }
  | { type: 'citation'; part: number; citation: Citation }
  | { type: 'opaque'; part: number; opaque: Opaque }
  | { type: 'foreign'; part: number; dialect: DialectId; raw: unknown }
  | { type: 'close'; part: number }
  | { type: 'note'; key: NoteKey; value: unknown }
  | { type: 'end'; finish: Finish; stopSequence?: string; usage?: Usage; detail?: unknown }
  | { type: 'error'; error: HubError }

/** A failure in neutral form: from an upstream, or from Lazuli itself (`code` starts with `proxy_`). */
export interface HubError {
  status: number
  /** Anthropic's error type vocabulary (`invalid_request_error`, `rate_limit_error`, …), see dialects.md §10. */
  type: string
  code?: string
  message: string
  param?: string
  /** Azure's `innererror`, kept for the OpenAI dialects. */
  inner?: unknown
  retryAfterMs?: number
  requestId?: string
  /** The upstream's own body, where there was one. */
  raw?: unknown
}
