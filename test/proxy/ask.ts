/** The official SDKs, each asking once: against the proxy, or against the upstream itself. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { DialectId } from '../../shared/exchange.ts'
import { saidInChat, saidInMessage, saidInResponse } from './said.ts'
import type { Said } from './said.ts'

export interface Question {
  model: string
  /** Names of functions that the model may call. */
  tools: readonly string[]
  /** Names of free-text tools. */
  customTools?: readonly string[]
  stream: boolean
}

/** Which address the SDK of a dialect is given. */
export type Addresses = Readonly<Record<DialectId, string>>

export const throughProxy = (origin: string): Addresses => ({
  chat: `${origin}/v1`,
  responses: `${origin}/v1`,
  messages: origin,
})
export const straight = (origin: string): Addresses => ({
  chat: `${origin}/openai/v1`,
  responses: `${origin}/openai/v1`,
  messages: `${origin}/anthropic`,
})

const SCHEMA = { type: 'object' as const, properties: {} }

/** What the SDK of this dialect reads. Rejects with the SDK's own error. */
export function ask(dialect: DialectId, addresses: Addresses, question: Question): Promise<Said> {
  switch (dialect) {
    case 'chat':
      return askChat(new OpenAI({ baseURL: addresses.chat, apiKey: 'none-0000', maxRetries: 0 }), question)
    case 'responses':
      return askResponses(new OpenAI({ baseURL: addresses.responses, apiKey: 'none-0000', maxRetries: 0 }), question)
    case 'messages':
      return askMessages(new Anthropic({ baseURL: addresses.messages, apiKey: 'none-0000', maxRetries: 0 }), question)
  }
}

async function askChat(client: OpenAI, { model, tools, customTools = [], stream }: Question): Promise<Said> {
  const request = {
    model,
    messages: [{ role: 'user' as const, content: 'hi' }],
    tools: [
      ...tools.map((name) => ({ type: 'function' as const, function: { name, parameters: SCHEMA } })),
      ...customTools.map((name) => ({ type: 'custom' as const, custom: { name } })),
    ],
  }
  if (!stream) return saidInChat([await client.chat.completions.create(request)])
  const chunks: unknown[] = []
  const answer = await client.chat.completions.create({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const chunk of answer) chunks.push(chunk)
  return saidInChat(chunks)
}

async function askResponses(client: OpenAI, { model, tools, customTools = [], stream }: Question): Promise<Said> {
  const request = {
    model,
    input: 'hi',
    tools: [
      ...tools.map((name) => ({ type: 'function' as const, name, parameters: SCHEMA, strict: false })),
      ...customTools.map((name) => ({ type: 'custom' as const, name })),
    ],
  }
  return saidInResponse(
    await (stream ? client.responses.stream(request).finalResponse() : client.responses.create(request)),
  )
}

async function askMessages(client: Anthropic, { model, tools, customTools = [], stream }: Question): Promise<Said> {
  const request: Anthropic.MessageCreateParamsNonStreaming = {
    model,
    max_tokens: 4096,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [...tools, ...customTools].map((name) => ({ name, input_schema: SCHEMA })),
  }
  return saidInMessage(
    await (stream ? client.messages.stream(request).finalMessage() : client.messages.create(request)),
  )
}
