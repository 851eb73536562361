import type { ApiCall, PlaygroundRequest, SentTurn } from '../../shared/playground.ts'
import type { AnswerUndo } from '../core/dialects/dialect.ts'
import { dialectOf } from '../core/dialects/registry.ts'
import { LazuliError } from '../core/error.ts'
import type { DialectId, FunctionTool, HubRequest, Loss, MediaPart, Part, TextPart, Turn } from '../core/hub.ts'
import type { ModelProfile } from '../core/models/profile.ts'

export interface ComposedCall {
  call: ApiCall
  request: HubRequest
  /** What the model's own API cannot say. */
  losses: Loss[]
  /** What the answer's decoder must undo. */
  undo: AnswerUndo
}

const PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}

/**
 * The request as a client of this API would write it. It goes out through the proxy's front door like any other.
 *
 * @throws LazuliError 400 for what the API cannot carry, e.g. `unsupported_by_upstream`
 */
export function composeCall(input: PlaygroundRequest, dialect: DialectId, profile: ModelProfile): ComposedCall {
  const request = hubRequest(input, dialect, profile)
  const target = { deployment: input.model, profile, stream: true }
  const { body, losses, undo } = dialectOf(dialect).encodeRequest(request, target)
  return { call: { dialect, path: PATHS[dialect], body }, request, losses, undo }
}

function hubRequest(input: PlaygroundRequest, dialect: DialectId, profile: ModelProfile): HubRequest {
  const { system, tools = [], format } = input
  const instructions: Turn[] =
    system === undefined || system.trim() === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }]
  return {
    model: input.model,
    dialect,
    turns: [...instructions, ...input.turns.map((turn) => hubTurn(turn, dialect))],
    tools: tools.map(({ name, description = '', parameters }): FunctionTool => {
      const tool: FunctionTool = { type: 'function', name, parameters }
      if (description !== '') tool.description = description
      return tool
    }),
    ...(format === undefined ? {} : { format: { kind: 'schema' as const, ...format } }),
    ...thinkingOf(input, dialect, profile),
    ...present({
      maxTokens: input.maxTokens,
      temperature: input.temperature,
      topP: input.topP,
      stop: input.stop,
      seed: input.seed,
      verbosity: input.verbosity,
    }),
    stream: true,
    includeUsage: true,
    extra: {},
  }
}

/** In Messages effort alone switches no thinking on, so both are said; thoughts are asked for where they can be shown. */
function thinkingOf(
  input: PlaygroundRequest,
  dialect: DialectId,
  profile: ModelProfile,
): Pick<HubRequest, 'effort' | 'thinking' | 'showReasoning'> {
  const { effort, thinkingBudget: budget } = input
  const show = { showReasoning: 'auto' as const }
  if (dialect !== 'messages') return { ...show, ...(effort === undefined ? {} : { effort }) }
  if (profile.thinking === 'none') return effort === undefined ? {} : { effort }
  if (effort === 'none') return { thinking: { mode: 'disabled' } }
  if (budget !== undefined) return { ...show, thinking: { mode: 'enabled', budget } }
  return effort === undefined ? {} : { ...show, thinking: { mode: 'adaptive' }, effort }
}

function hubTurn(turn: SentTurn, dialect: DialectId): Turn {
  switch (turn.role) {
    case 'user': {
      const text: TextPart[] = turn.text === '' ? [] : [{ type: 'text', text: turn.text }]
      return { role: 'user', parts: [...turn.attachments.map((one) => attachedPart(one, dialect)), ...text] }
    }
    case 'assistant':
      return { role: 'assistant', parts: turn.parts.filter((part) => isReadable(part, dialect)).map(defined) }
    case 'tool':
      return {
        role: 'tool',
        parts: turn.results.map(({ id, text, failed }): Part => {
          const result: Part = { type: 'result', id, parts: [{ type: 'text', text }] }
          return failed ? { ...result, error: true } : result
        }),
      }
  }
}

type SentAttachment = Extract<SentTurn, { role: 'user' }>['attachments'][number]

function attachedPart(attachment: SentAttachment, dialect: DialectId): TextPart | MediaPart {
  if (attachment.type === 'text') {
    return { type: 'text', text: `<file name=${JSON.stringify(attachment.name)}>\n${attachment.text}\n</file>` }
  }
  const { type, name, mime, data } = attachment
  if (type === 'file' && mime !== 'application/pdf') {
    throw new LazuliError({
      code: 'playground_file_kind',
      status: 400,
      message: `${name} is of the kind ${mime}, which no model takes as a file.`,
      fix: 'Attach a PDF, a picture or a text file.',
    })
  }
  // Messages and Chat name documents; pictures have no name anywhere.
  const named = type === 'file' || dialect === 'responses' ? { name } : {}
  return { type, media: { source: { type: 'data', mime, data }, ...named } }
}

/** Sealed thoughts go back to the maker that sealed them; unsealed ones say nothing new to any model. */
function isReadable(part: Extract<SentTurn, { role: 'assistant' }>['parts'][number], dialect: DialectId): boolean {
  if (part.type === 'foreign') return part.dialect === dialect
  if (part.type !== 'reasoning') return true
  if (part.opaque === undefined) return false
  return (part.opaque.maker === 'anthropic') === (dialect === 'messages') && dialect !== 'chat'
}

/** Absent fields are left out: the hub knows no `undefined` in them. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

function defined(part: Extract<SentTurn, { role: 'assistant' }>['parts'][number]): Part {
  return present(part.type === 'reasoning' && part.opaque ? { ...part, opaque: present(part.opaque) } : part) as Part
}
