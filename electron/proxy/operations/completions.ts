/**
 * `POST /completions` for models that have only chat: the prompt becomes a user's message, the answer's text the
 * completion. What completions have and chat has not (`echo`, `suffix`, `best_of`, log probabilities by offset, several
 * prompts) is declared lost or refused.
 */
import type { Loss } from '../../../shared/exchange.ts'
import type { AnswerContext, DecodedRequest, Dialect } from '../../core/dialects/dialect.ts'
import { dialectOf } from '../../core/dialects/registry.ts'
import { LazuliError } from '../../core/error.ts'
import { SseReader } from '../../core/sse.ts'
import type { Route } from '../../routing/route.ts'
import type { Exchange, ExchangeEnd } from '../exchange.ts'
import { runPipeline } from '../pipeline.ts'
import type { PipelineTools } from '../pipeline.ts'
import { withModel } from './edit-body.ts'
import type { Operation } from './operation.ts'

/** Models that complete texts, by OpenAI's and Azure's names. */
const COMPLETES = /(?:^|[-_.])(?:instruct|davinci|babbage|curie)(?:$|[-_.])|^text-/i

type Json = Record<string, unknown>

/** Is this a completion for a model of which it is known that it only chats? */
export function needsChat(operation: Operation, { instance, baseModel, profile }: Route): boolean {
  if (operation.path !== '/completions' || COMPLETES.test(baseModel)) return false
  if (instance.provider_type === 'anthropic' || instance.provider_type === 'azure-gateway') return true
  // Local servers complete with every model that they have.
  if (instance.provider_type === 'generic') return profile.family.startsWith('claude')
  return profile.family !== 'unknown'
}

/** Runs the request through the pipeline of a conversation, with completions on the client's side. */
export function completeFromChat(
  exchange: Exchange,
  body: Buffer,
  model: string,
  tools: PipelineTools,
): Promise<ExchangeEnd> {
  const chat = dialectOf('chat')
  const losses: Loss[] = []
  const request = asChat(parse(body), losses)
  const received = withModel(Buffer.from(JSON.stringify(request)), model)
  exchange.tap.describe({ clientDialect: 'chat' })
  return runPipeline(Object.assign(exchange, { received, speaks: asCompletions(chat, losses) }), tools)
}

/** Chat as it looks to a client of completions. */
export function asCompletions(chat: Dialect, losses: readonly Loss[]): Dialect {
  return {
    ...chat,
    decodeRequest(body): DecodedRequest {
      const decoded = chat.decodeRequest(body)
      return { request: decoded.request, losses: [...losses, ...decoded.losses] }
    },
    encodeAnswer: (events, context) => asTextCompletion(chat.encodeAnswer(events, context) as Json),
    createEventEncoder(context: AnswerContext) {
      const encoder = chat.createEventEncoder(context)
      return { push: (event) => asTextEvents(encoder.push(event)) }
    },
  }
}

function parse(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json
  } catch (cause) {
    throw new LazuliError({
      code: 'proxy_invalid_json',
      status: 400,
      message: 'The request body is not valid JSON: a string in it is malformed.',
      fix: 'Send one JSON object, encoded as UTF-8.',
      cause,
    })
  }
}

const KEPT = [
  'max_tokens',
  'temperature',
  'top_p',
  'n',
  'stream',
  'stream_options',
  'stop',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'user',
  'seed',
] as const
const LOST: Readonly<Record<string, string>> = {
  suffix: 'Models that chat cannot fill in a gap.',
  echo: 'Models that chat do not repeat the prompt.',
  best_of: 'Models that chat give no candidates to choose from.',
  logprobs: 'Log probabilities by text offset exist for completions only.',
}

function asChat(body: Json, losses: Loss[]): Json {
  const request: Json = { messages: [{ role: 'user', content: promptOf(body['prompt']) }] }
  for (const key of KEPT) if (key in body) request[key] = body[key]
  for (const [path, reason] of Object.entries(LOST)) {
    const value = body[path]
    const idle = value === undefined || value === null || value === false || (path === 'best_of' && value === 1)
    if (!idle) losses.push({ path, kind: 'dropped', reason })
  }
  // The default of completions; chat would go on for as long as the model likes, and so it shall, without a surprise cut.
  return request
}

function promptOf(prompt: unknown): string {
  if (typeof prompt === 'string') return prompt
  if (Array.isArray(prompt) && prompt.length === 1 && typeof prompt[0] === 'string') return prompt[0]
  if (prompt === undefined || prompt === null) throw unsupported('The field "prompt" is missing.', 'Send a text.')
  const tokens = Array.isArray(prompt) && prompt.flat().every((entry) => typeof entry === 'number')
  throw unsupported(
    tokens
      ? 'A prompt made of token numbers cannot be sent to a model that only chats.'
      : 'Several prompts in one request cannot be sent to a model that only chats.',
    tokens ? 'Send the prompt as text.' : 'Send one request per prompt.',
  )
}

function unsupported(message: string, fix: string): LazuliError {
  return new LazuliError({ code: 'unsupported_by_upstream', status: 400, message, fix, param: 'prompt' })
}

function asTextCompletion(completion: Json): Json {
  const choices = Array.isArray(completion['choices']) ? (completion['choices'] as Json[]) : []
  return {
    ...completion,
    object: 'text_completion',
    choices: choices.map((choice) => ({
      text: textIn(choice['message']),
      index: choice['index'] ?? 0,
      logprobs: null,
      finish_reason: choice['finish_reason'] ?? null,
    })),
  }
}

function asTextEvents(text: string): string {
  if (text === '') return ''
  const reader = new SseReader()
  let out = ''
  for (const { data } of [...reader.push(Buffer.from(text)), ...reader.end()]) {
    if (!data.startsWith('{')) {
      out += data === '' ? '' : `data: ${data}\n\n`
      continue
    }
    const chunk = JSON.parse(data) as Json
    if ('error' in chunk) {
      out += `data: ${data}\n\n`
      continue
    }
    const choices = Array.isArray(chunk['choices']) ? (chunk['choices'] as Json[]) : []
    const said = choices.map((choice) => ({
      text: textIn(choice['delta']),
      index: choice['index'] ?? 0,
      logprobs: null,
      finish_reason: choice['finish_reason'] ?? null,
    }))
    // A chunk that only names the role or carries reasoning has no counterpart.
    const empty = said.length > 0 && said.every((choice) => choice.text === '' && choice.finish_reason === null)
    if (!empty) out += `data: ${JSON.stringify({ ...chunk, object: 'text_completion', choices: said })}\n\n`
  }
  return out
}

function textIn(message: unknown): string {
  const content = (message as { content?: unknown } | null | undefined)?.content
  return typeof content === 'string' ? content : ''
}
