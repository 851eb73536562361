/**
 * The Playground's own shapes: what is sent, what comes back while an answer streams, and the chats that are kept. A
 * chat is a tree of turns: an edited question or a second answer is a sibling of the first, and nothing is overwritten.
 */
import * as z from 'zod'
import { DialectId, Failure, Usage } from './exchange.ts'
import { Effort } from './model-facts.ts'

/** A value that only its maker understands (a signature, an encrypted reasoning item); sent back as it came. */
const Sealed = z.object({
  maker: z.enum(['anthropic', 'openai']),
  kind: z.enum(['signature', 'redacted', 'encrypted']),
  value: z.string(),
  itemId: z.string().optional(),
})

/** A picture or a PDF that goes to the model as it is. `data` is base64 without a `data:` prefix. */
const Media = z.object({ name: z.string(), mime: z.string(), data: z.string() })

/** What a user adds to a message. A text file travels as text under its name. */
export const Attachment = z.discriminatedUnion('type', [
  Media.extend({ type: z.literal('image') }),
  Media.extend({ type: z.literal('file') }),
  z.object({ type: z.literal('text'), name: z.string(), text: z.string() }),
])
export type Attachment = z.infer<typeof Attachment>

export const ToolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string() })
export type ToolCall = z.infer<typeof ToolCall>

export const ToolResult = z.object({ id: z.string(), name: z.string(), text: z.string(), failed: z.boolean() })
export type ToolResult = z.infer<typeof ToolResult>

/** A part of an answer, as its model must see it again. */
export const AnswerPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), itemId: z.string().optional() }),
  z.object({ type: z.literal('refusal'), text: z.string() }),
  z.object({
    type: z.literal('reasoning'),
    text: z.array(z.string()),
    kind: z.enum(['summary', 'full']),
    opaque: Sealed.optional(),
  }),
  ToolCall.extend({ type: z.literal('call'), itemId: z.string().optional() }),
  z.object({ type: z.literal('foreign'), dialect: DialectId, raw: z.unknown() }),
])
export type AnswerPart = z.infer<typeof AnswerPart>

/** What one deployment is asked with. An absent value is the model's own default. */
export const Parameters = z.object({
  /** The API to speak to the proxy; absent: the deployment's own. */
  dialect: DialectId.optional(),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  maxTokens: z.number().int().positive().optional(),
  stop: z.array(z.string()).optional(),
  seed: z.number().int().optional(),
  /** How much to think; `none` switches thinking off where that can be done. */
  effort: Effort.optional(),
  /** Tokens that a Claude may think for, where its family takes a budget; wins over `effort`. */
  thinkingBudget: z.number().int().min(1024).optional(),
  verbosity: z.enum(['low', 'medium', 'high']).optional(),
})
export type Parameters = z.infer<typeof Parameters>

export const SentTurn = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), text: z.string(), attachments: z.array(Attachment) }),
  z.object({ role: z.literal('assistant'), parts: z.array(AnswerPart) }),
  z.object({ role: z.literal('tool'), results: z.array(ToolResult) }),
])
export type SentTurn = z.infer<typeof SentTurn>

const JsonSchema = z.record(z.string(), z.unknown())

export const PlaygroundRequest = Parameters.extend({
  model: z.string().min(1),
  system: z.string().optional(),
  turns: z.array(SentTurn).min(1),
  tools: z
    .array(z.object({ name: z.string().min(1), description: z.string().optional(), parameters: JsonSchema }))
    .optional(),
  format: z.object({ name: z.string().min(1), schema: JsonSchema, strict: z.boolean() }).optional(),
})
export type PlaygroundRequest = z.infer<typeof PlaygroundRequest>

/** The request as a client of one API would write it. */
export const ApiCall = z.object({
  dialect: DialectId,
  /** Under the base URL, e.g. `/v1/responses`. */
  path: z.string(),
  body: z.record(z.string(), z.unknown()),
})
export type ApiCall = z.infer<typeof ApiCall>

/** USD per million tokens, for estimates while an answer is written. */
export const Rates = z.object({ input: z.number(), output: z.number() })
export type Rates = z.infer<typeof Rates>

/** How a model name can be asked from the Playground. */
export const PlaygroundOptions = z.object({
  /** APIs in which nothing is translated, the preferred one first; empty when nothing serves the name. */
  dialects: z.array(DialectId),
  /** Thinking is bounded by a budget in tokens. */
  thinkingBudget: z.boolean(),
  verbosity: z.boolean(),
  /** PDFs are read. */
  files: z.boolean(),
  /** Absent: unpriced. */
  rates: Rates.optional(),
  outputCap: z.number().optional(),
  contextWindow: z.number().optional(),
})
export type PlaygroundOptions = z.infer<typeof PlaygroundOptions>

export const PlaygroundEvent = z.discriminatedUnion('type', [
  /** First: the exchange that carries this answer, and who serves it; present also when it fails. */
  z.object({
    type: z.literal('exchange'),
    id: z.string(),
    instance: z.string().optional(),
    deployment: z.string().optional(),
    dialect: DialectId.optional(),
    rates: Rates.optional(),
  }),
  z.object({ type: z.literal('delta'), kind: z.enum(['text', 'reasoning', 'refusal']), text: z.string() }),
  /** A call of a tool begins; `call` numbers the calls of this answer from 0. */
  z.object({ type: z.literal('call'), call: z.number().int(), id: z.string(), name: z.string() }),
  z.object({ type: z.literal('arguments'), call: z.number().int(), text: z.string() }),
  z.object({
    type: z.literal('end'),
    finish: z.string(),
    usage: Usage.optional(),
    /** USD; absent: unpriced. */
    cost: z.number().optional(),
    ttftMs: z.number(),
    durationMs: z.number(),
    losses: z.array(z.string()),
    parts: z.array(AnswerPart).optional(),
  }),
  z.object({ type: z.literal('error'), failure: Failure, retryAfterMs: z.number().optional() }),
])
export type PlaygroundEvent = z.infer<typeof PlaygroundEvent>

const turn = {
  id: z.string(),
  /** The turn before it; absent: it begins the chat. */
  parent: z.string().optional(),
  /** Milliseconds since the epoch. */
  at: z.number(),
}

export const UserTurn = z.object({
  ...turn,
  role: z.literal('user'),
  /** As it was written: variables stay in it as `{{name}}`. */
  text: z.string(),
  attachments: z.array(Attachment),
})
export type UserTurn = z.infer<typeof UserTurn>

export const ToolTurn = z.object({ ...turn, role: z.literal('tool'), results: z.array(ToolResult) })
export type ToolTurn = z.infer<typeof ToolTurn>

export const AnswerFigures = z.object({
  finish: z.string(),
  usage: Usage.optional(),
  cost: z.number().optional(),
  ttftMs: z.number(),
  durationMs: z.number(),
  losses: z.array(z.string()),
})
export type AnswerFigures = z.infer<typeof AnswerFigures>

export const AnswerTurn = z.object({
  ...turn,
  role: z.literal('assistant'),
  model: z.string(),
  /** `gpt-5-5-prod on foundry-eastus2`, as it was when it was sent. */
  servedBy: z.string(),
  /** stopped: by the user. failed: `failure` says why; what had arrived stays. */
  state: z.enum(['waiting', 'streaming', 'done', 'stopped', 'failed']),
  text: z.string(),
  reasoning: z.string(),
  refusal: z.string(),
  calls: z.array(ToolCall),
  /** What the model must see again; absent when it is the text alone. */
  parts: z.array(AnswerPart).optional(),
  /** The text was asked for by a schema; the schema as it was then. */
  schema: JsonSchema.optional(),
  /** Time until the first text, for the line of the thinking. */
  thoughtMs: z.number().optional(),
  exchange: z.string().optional(),
  figures: AnswerFigures.optional(),
  /** Tokens that the deployment's window holds. */
  contextWindow: z.number().optional(),
  rates: Rates.optional(),
  /** When the first words came; for the speed while it is written. */
  firstAt: z.number().optional(),
  failure: Failure.optional(),
  retryAfterMs: z.number().optional(),
})
export type AnswerTurn = z.infer<typeof AnswerTurn>

export const ChatTurn = z.discriminatedUnion('role', [UserTurn, ToolTurn, AnswerTurn])
export type ChatTurn = z.infer<typeof ChatTurn>

/** A function that a model may call. `parameters` is the JSON schema as it was written, checked before it is sent. */
export const ToolDefinition = z.object({
  name: z.string(),
  description: z.string(),
  parameters: z.string(),
  /** JSON or text with `{{argument}}` in it; what is answered when the model calls. */
  answer: z.string(),
  /** Answered at once, without asking. */
  automatic: z.boolean(),
  on: z.boolean(),
})
export type ToolDefinition = z.infer<typeof ToolDefinition>

export const FormatDefinition = z.object({ name: z.string(), schema: z.string(), strict: z.boolean(), on: z.boolean() })
export type FormatDefinition = z.infer<typeof FormatDefinition>

export const ChatSettings = z.object({
  system: z.string(),
  variables: z.record(z.string(), z.string()),
  tools: z.array(ToolDefinition),
  format: FormatDefinition.optional(),
})
export type ChatSettings = z.infer<typeof ChatSettings>

/** One of up to four columns: a deployment, how it is asked, and the last turn that it shows. */
export const ChatLane = z.object({
  id: z.string(),
  model: z.string(),
  parameters: Parameters,
  leaf: z.string().optional(),
})
export type ChatLane = z.infer<typeof ChatLane>

export const ChatHead = z.object({
  id: z.string(),
  title: z.string(),
  /** auto: the beginning of the first message. */
  titledBy: z.enum(['auto', 'user']),
  createdAt: z.number(),
  updatedAt: z.number(),
  settings: ChatSettings,
  lanes: z.array(ChatLane).min(1).max(4),
})
export type ChatHead = z.infer<typeof ChatHead>

export const Chat = z.object({ head: ChatHead, turns: z.array(ChatTurn) })
export type Chat = z.infer<typeof Chat>

/** A line of the list. */
export const ChatSummary = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.number(),
  models: z.array(z.string()),
  /** Words around what was searched for, where it was found in a turn. */
  excerpt: z.string().optional(),
})
export type ChatSummary = z.infer<typeof ChatSummary>
