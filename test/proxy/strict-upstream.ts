/**
 * An upstream for conversations: it refuses what the real services refuse, signs what it thinks, knows what it signed,
 * and answers with what a test tells it to.
 */
import { profileOf } from '../../electron/core/models/profiles.ts'
import type { Asked } from '../../electron/proxy/upstreams/simulator/asked.ts'
import { chatBody, chatFrames } from '../../electron/proxy/upstreams/simulator/chat-answer.ts'
import { readChatRequest } from '../../electron/proxy/upstreams/simulator/chat-request.ts'
import { messagesError, openAiError, SimulatedFailure } from '../../electron/proxy/upstreams/simulator/failure.ts'
import { textOf } from '../../electron/proxy/upstreams/simulator/json.ts'
import type { JsonObject } from '../../electron/proxy/upstreams/simulator/json.ts'
import { messagesBody, messagesFrames } from '../../electron/proxy/upstreams/simulator/messages-answer.ts'
import { readMessagesRequest } from '../../electron/proxy/upstreams/simulator/messages-request.ts'
import type { Plan } from '../../electron/proxy/upstreams/simulator/plan-answer.ts'
import { responsesBody, responsesFrames } from '../../electron/proxy/upstreams/simulator/responses-answer.ts'
import { readResponsesRequest } from '../../electron/proxy/upstreams/simulator/responses-request.ts'
import { startUpstream } from './scripted-upstream.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'
import { objectionToChat, objectionToMessages, objectionToResponses } from './strict-rules.ts'

/** What the model says in one turn. */
export interface Saying {
  thinking?: string
  text?: string
  calls?: { name: string; input: JsonObject }[]
}

export interface StrictUpstream extends ScriptedUpstream {
  /** Bodies that were taken, in order. */
  taken: JsonObject[]
  /** What was refused, as sentences. */
  refused: string[]
}

type Wire = 'chat' | 'messages' | 'responses'

/** @param say answers the request of this number, counted from 0 */
export async function startStrictUpstream(say: (round: number, asked: Asked) => Saying): Promise<StrictUpstream> {
  const taken: JsonObject[] = []
  const refused: string[] = []
  let ids = 0
  const newId = (prefix: string): string => `${prefix}${String(++ids).padStart(6, '0')}`
  const upstream = await startUpstream(({ received, response }) => {
    const wire = wireOf(received.url)
    const send = (status: number, type: string, text: string): void => {
      response.writeHead(status, { 'content-type': type })
      response.end(text)
    }
    try {
      const body = JSON.parse(received.body.toString()) as JsonObject
      const asked = read(wire, body)
      const plan = planOf(say(taken.length, asked), asked)
      taken.push(body)
      const head = { id: newId(`${wire}_`), created: 1, model: asked.model, newId }
      if (asked.stream) send(200, 'text/event-stream', frames(wire, plan, head, body))
      else send(200, 'application/json', JSON.stringify(whole(wire, plan, head, body)))
    } catch (error) {
      const failure =
        error instanceof SimulatedFailure ? error : new SimulatedFailure(500, 'test_failed', String(error))
      refused.push(failure.message)
      const told = wire === 'messages' ? messagesError(failure, 'req_1') : openAiError(failure)
      send(failure.status, 'application/json', JSON.stringify(told))
    }
  })
  return Object.assign(upstream, { taken, refused })
}

function wireOf(url: string): Wire {
  if (url.includes('/messages')) return 'messages'
  return url.includes('/responses') ? 'responses' : 'chat'
}

function read(wire: Wire, body: JsonObject): Asked {
  const model = textOf(body['model'])
  const [asked, objection] =
    wire === 'chat'
      ? [readChatRequest(body, model, profileOf(model)), objectionToChat(body)]
      : wire === 'messages'
        ? [readMessagesRequest(body, model, profileOf(model)), objectionToMessages(body)]
        : [readResponsesRequest(body, model, profileOf(model)), objectionToResponses(body)]
  if (objection !== undefined) throw new SimulatedFailure(400, 'invalid_request_error', objection)
  return asked
}

function planOf(saying: Saying, asked: Asked): Plan {
  const pieces = (text: string | undefined): string[] => text?.match(/[\s\S]{1,7}/gu) ?? []
  const calls = (saying.calls ?? []).map(({ name, input }) => ({
    name,
    pieces: pieces(JSON.stringify(input)),
    whole: true,
  }))
  return {
    reasoning: asked.thinks ? pieces(saying.thinking) : [],
    text: pieces(saying.text),
    calls,
    finish: calls.length > 0 ? 'tool' : 'stop',
    stopSequence: null,
    inputTokens: 10,
    outputTokens: 20,
    reasoningTokens: asked.thinks ? pieces(saying.thinking).length : 0,
    order: undefined,
  }
}

interface Head {
  id: string
  created: number
  model: string
  newId: (prefix: string) => string
}

function frames(wire: Wire, plan: Plan, head: Head, body: JsonObject): string {
  const list =
    wire === 'chat'
      ? chatFrames(plan, head, body)
      : wire === 'messages'
        ? messagesFrames(plan, head, body)
        : responsesFrames(plan, head, body)
  return list.map(({ text }) => text).join('')
}

function whole(wire: Wire, plan: Plan, head: Head, body: JsonObject): JsonObject {
  if (wire === 'chat') return chatBody(plan, head)
  return wire === 'messages' ? messagesBody(plan, head, body) : responsesBody(plan, head, body)
}
