/** One question in each dialect, through the vendors' own SDKs, and what they read of the answer. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { DialectId } from '../../../shared/exchange.ts'

export interface Said {
  text: string
  calls: { name: string; input: unknown }[]
}

export interface Question {
  dialect: DialectId
  model: string
  stream: boolean
  /** The last of what the user says. */
  text?: string
}

const SYSTEM = 'You are terse.'
const FIRST = 'What is the weather in Paris?'
const RESULT = '21 degrees, sunny'
const CALL = { id: 'call_1', name: 'get_weather', arguments: '{"city":"Paris","unit":"c"}' }
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' }, unit: { type: 'string' } } }

export function askWithSdk(origin: string, question: Question): Promise<Said> {
  switch (question.dialect) {
    case 'chat':
      return askChat(origin, question)
    case 'responses':
      return askResponses(origin, question)
    case 'messages':
      return askMessages(origin, question)
  }
}

const openai = (origin: string): OpenAI => new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'none-0000', maxRetries: 0 })

async function askChat(origin: string, { model, stream, text = 'And tomorrow?' }: Question): Promise<Said> {
  const question: OpenAI.ChatCompletionCreateParamsNonStreaming = {
    model,
    messages: [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: FIRST },
      {
        role: 'assistant',
        tool_calls: [{ id: CALL.id, type: 'function', function: { name: CALL.name, arguments: CALL.arguments } }],
      },
      { role: 'tool', tool_call_id: CALL.id, content: RESULT },
      { role: 'user', content: text },
    ],
    tools: [{ type: 'function', function: { name: CALL.name, parameters: SCHEMA } }],
    max_completion_tokens: 500,
  }
  const { chat } = openai(origin)
  const answer = stream
    ? await chat.completions.stream({ ...question, stream: true }).finalChatCompletion()
    : await chat.completions.create(question)
  const message = answer.choices[0]?.message
  return {
    text: message?.content ?? '',
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }]
        : [],
    ),
  }
}

async function askResponses(origin: string, { model, stream, text = 'And tomorrow?' }: Question): Promise<Said> {
  const question: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
    model,
    instructions: SYSTEM,
    input: [
      { role: 'user', content: FIRST },
      { type: 'function_call', call_id: CALL.id, name: CALL.name, arguments: CALL.arguments },
      { type: 'function_call_output', call_id: CALL.id, output: RESULT },
      { role: 'user', content: [{ type: 'input_text', text }] },
    ],
    tools: [{ type: 'function', name: CALL.name, parameters: SCHEMA, strict: false }],
    max_output_tokens: 500,
    store: false,
  }
  const { responses } = openai(origin)
  const answer = stream
    ? await responses.stream({ ...question, stream: true }).finalResponse()
    : await responses.create(question)
  return {
    text: answer.output_text,
    calls: answer.output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, input: JSON.parse(item.arguments) as unknown }] : [],
    ),
  }
}

async function askMessages(origin: string, { model, stream, text = 'And tomorrow?' }: Question): Promise<Said> {
  const question: Anthropic.MessageCreateParamsNonStreaming = {
    model,
    max_tokens: 500,
    system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: FIRST },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: CALL.id, name: CALL.name, input: { unit: 'c', city: 'Paris' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: CALL.id, content: RESULT },
          { type: 'text', text },
        ],
      },
    ],
    tools: [{ name: CALL.name, input_schema: SCHEMA }],
    metadata: { user_id: `u-${stream}` },
  }
  const { messages } = new Anthropic({ baseURL: origin, apiKey: 'none-0000', maxRetries: 0 })
  const answer = stream ? await messages.stream(question).finalMessage() : await messages.create(question)
  return {
    text: answer.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    calls: answer.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
    ),
  }
}
