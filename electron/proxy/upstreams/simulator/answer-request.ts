import type { IncomingMessage } from 'node:http'
import { profileOf } from '../../../core/models/profiles.ts'
import { simulatedModels } from '../../../routing/simulated-models.ts'
import { blockedPrompt, chatBody, chatFrames } from './chat-answer.ts'
import { readChatRequest } from './chat-request.ts'
import { embeddingsBody } from './embeddings.ts'
import { SimulatedFailure } from './failure.ts'
import { isObject, textOf, type JsonObject } from './json.ts'
import { messagesBody, messagesFrames } from './messages-answer.ts'
import { countMessagesTokens, readMessagesRequest, refuseOtherModels } from './messages-request.ts'
import { refuseMessages } from './messages-rules.ts'
import { planAnswer, type Plan } from './plan-answer.ts'
import type { Reply } from './reply.ts'
import { responsesBody, responsesFrames } from './responses-answer.ts'
import { readResponsesRequest } from './responses-request.ts'
import type { Operation } from './simulator-paths.ts'
import { troubleOf } from './troubles.ts'

/** What an answer needs from the server. */
export interface AnswerContext {
  /** Milliseconds since the epoch. */
  now: () => number
  newId: (prefix: string) => string
}

/**
 * Answers one request.
 * @throws SimulatedFailure for what is refused, and when the caller asked for an error
 */
export async function answerRequest(
  operation: Operation,
  request: IncomingMessage,
  bytes: Buffer,
  reply: Reply,
  context: AnswerContext,
): Promise<void> {
  switch (operation.kind) {
    case 'models':
      return reply.json(200, { object: 'list', data: modelList(context) })
    case 'model': {
      const model = modelList(context).find((one) => one['id'] === operation.model)
      if (model === undefined) throw notFound(`The model ${operation.model} is not simulated.`)
      return reply.json(200, model)
    }
    case 'chat':
      return answerChat(bodyOf(bytes), operation.deployment, reply, context)
    case 'responses':
      return answerResponses(bodyOf(bytes), reply, context)
    case 'embeddings': {
      const body = bodyOf(bytes)
      return reply.json(200, embeddingsBody(body, modelOf(body, operation.deployment)))
    }
    case 'messages':
    case 'count-tokens':
      return answerMessages(operation.kind, bodyOf(bytes), request, reply, context)
    default:
      return operation satisfies never
  }
}

function answerChat(
  body: JsonObject,
  deployment: string | undefined,
  reply: Reply,
  context: AnswerContext,
): Promise<void> {
  const model = modelOf(body, deployment)
  const asked = readChatRequest(body, model, profileOf(model))
  const plan = planAnswer(asked)
  refuseOnOrder(plan)
  const head = {
    id: context.newId('chatcmpl-'),
    created: Math.floor(context.now() / 1000),
    model,
    newId: context.newId,
  }
  return asked.stream ? reply.stream(chatFrames(plan, head, body), plan) : reply.whole(chatBody(plan, head), plan)
}

function answerResponses(body: JsonObject, reply: Reply, context: AnswerContext): Promise<void> {
  const model = modelOf(body, undefined)
  const asked = readResponsesRequest(body, model, profileOf(model))
  const plan = planAnswer(asked)
  refuseOnOrder(plan)
  const head = {
    id: context.newId('resp_'),
    created: Math.floor(context.now() / 1000),
    model,
    newId: context.newId,
  }
  return asked.stream
    ? reply.stream(responsesFrames(plan, head, body), plan)
    : reply.whole(responsesBody(plan, head, body), plan)
}

/** The errors that a caller of OpenAI's APIs can ask for. */
function refuseOnOrder(plan: Plan): void {
  const trouble = troubleOf(plan.order)
  if (trouble !== undefined) throw trouble
  if (plan.order?.kind !== 'prompt-filter') return
  throw new SimulatedFailure(400, 'content_filter', 'The prompt was refused by the content filter (simulated).', {
    param: 'prompt',
    inner: blockedPrompt,
  })
}

async function answerMessages(
  kind: 'messages' | 'count-tokens',
  body: JsonObject,
  request: IncomingMessage,
  reply: Reply,
  context: AnswerContext,
): Promise<void> {
  if (request.headers['anthropic-version'] === undefined) {
    throw new SimulatedFailure(400, 'invalid_request_error', 'anthropic-version: header is required (simulated)')
  }
  const model = textOf(body['model'])
  if (model === '') throw new SimulatedFailure(400, 'invalid_request_error', 'model: Field required (simulated)')
  const profile = profileOf(model)
  if (kind === 'count-tokens') {
    refuseOtherModels(model, profile)
    refuseMessages(body, profile)
    return reply.json(200, { input_tokens: countMessagesTokens(body) })
  }
  const asked = readMessagesRequest(body, model, profile)
  const whole = planAnswer(asked)
  const trouble = troubleOf(whole.order)
  if (trouble !== undefined) throw trouble
  // Claude has no filter in front of it: a refused prompt is an answer without content.
  const plan =
    whole.order?.kind === 'prompt-filter'
      ? { ...whole, reasoning: [], text: [], calls: [], finish: 'filter' as const, outputTokens: 1 }
      : whole
  const head = { id: context.newId('msg_'), model, newId: context.newId }
  return asked.stream
    ? reply.stream(messagesFrames(plan, head, body), plan)
    : reply.whole(messagesBody(plan, head, body), plan)
}

function bodyOf(bytes: Buffer): JsonObject {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new SimulatedFailure(400, 'BadRequest', 'The body is not valid JSON (simulated).')
  }
  if (!isObject(body)) throw new SimulatedFailure(400, 'BadRequest', 'The body is not a JSON object (simulated).')
  return body
}

/** On a deployment's own path the body's `model` does not count. */
function modelOf(body: JsonObject, deployment: string | undefined): string {
  const model = deployment ?? textOf(body['model'])
  if (model === '') {
    throw new SimulatedFailure(400, 'invalid_value', "'model' is required (simulated).", { param: 'model' })
  }
  return model
}

function modelList(context: AnswerContext): JsonObject[] {
  const created = Math.floor(context.now() / 1000)
  return simulatedModels
    .filter((model) => model.kind !== 'messages')
    .map(({ name, kind }) => ({
      id: name,
      object: 'model',
      created_at: created,
      status: 'succeeded',
      lifecycle_status: 'generally-available',
      capabilities: {
        chat_completion: kind === 'chat',
        completion: false,
        embeddings: kind === 'embeddings',
        fine_tune: false,
        inference: true,
      },
    }))
}

function notFound(message: string): SimulatedFailure {
  return new SimulatedFailure(404, '404', `${message} (simulated)`)
}
