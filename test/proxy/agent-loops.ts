/** Agents as programs write them: an official SDK, an answer sent back as it was got, tools run, until there is a last word. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

export interface AgentOptions {
  model: string
  stream: boolean
  /** Ask for reasoning. */
  thinks: boolean
  /** Chat: send back everything that the answer had, or content and tool calls alone. */
  resend?: 'all' | 'least'
}

/** What a conversation came to. */
export interface Conversation {
  said: string
  /** Tools run, in order: name and arguments as JSON. */
  ran: string[]
  reasoning: string[]
}

export const READ = 'read_file'
/** As long as a name may be in OpenAI's APIs. */
export const SEARCH = 'mcp__a_server_with_quite_a_long_name__and_a_tool_with_a_long_one'
/** Longer; only Messages takes it. */
export const LONG_SEARCH = `${SEARCH}_and_more_of_it`
export const SCHEMA = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }
const OPENAI_TOOLS = [READ, SEARCH]
const MESSAGES_TOOLS = [READ, LONG_SEARCH]
const SYSTEM = 'You are a coding agent.'
/** More rounds than any script has: an agent that never comes to an end must not hang the test. */
const MAX_ROUNDS = 8

export type Agent = (origin: string, prompts: readonly string[], options: AgentOptions) => Promise<Conversation>

function run(conversation: Conversation, name: string, json: string): string {
  conversation.ran.push(`${name} ${JSON.stringify(JSON.parse(json))}`)
  return `contents of ${json}`
}

export const chatAgent: Agent = async (origin, prompts, { model, stream, thinks, resend = 'least' }) => {
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'local', maxRetries: 0 })
  const found: Conversation = { said: '', ran: [], reasoning: [] }
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: SYSTEM }]
  const request = {
    model,
    messages,
    tools: OPENAI_TOOLS.map((name) => ({ type: 'function' as const, function: { name, parameters: SCHEMA } })),
    ...(thinks ? { reasoning_effort: 'high' as const } : {}),
  }
  for (const prompt of prompts) {
    messages.push({ role: 'user', content: prompt })
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { message, reasoning } = stream ? await streamed(client, request) : await answered(client, request)
      if (reasoning !== '') found.reasoning.push(reasoning)
      const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function')
      const least: OpenAI.ChatCompletionAssistantMessageParam = {
        role: 'assistant',
        content: message.content,
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
      }
      messages.push(resend === 'all' ? message : least)
      found.said = message.content ?? ''
      if (calls.length === 0) break
      for (const call of calls) {
        const content = run(found, call.function.name, call.function.arguments)
        messages.push({ role: 'tool', tool_call_id: call.id, content })
      }
    }
  }
  return found
}

interface Reasoned {
  reasoning_content?: string
}

async function answered(
  client: OpenAI,
  request: OpenAI.ChatCompletionCreateParamsNonStreaming,
): Promise<{ message: OpenAI.ChatCompletionMessage; reasoning: string }> {
  const { message } = (await client.chat.completions.create(request)).choices[0]!
  return { message, reasoning: (message as Reasoned).reasoning_content ?? '' }
}

/** The SDK joins only the deltas of fields that it knows. */
async function streamed(
  client: OpenAI,
  request: OpenAI.ChatCompletionCreateParamsNonStreaming,
): Promise<{ message: OpenAI.ChatCompletionMessage; reasoning: string }> {
  let reasoning = ''
  const stream = client.chat.completions.stream({ ...request, stream: true })
  stream.on('chunk', (chunk) => {
    reasoning += (chunk.choices[0]?.delta as Reasoned | undefined)?.reasoning_content ?? ''
  })
  const { message } = (await stream.finalChatCompletion()).choices[0]!
  return { message, reasoning }
}

export const messagesAgent: Agent = async (origin, prompts, { model, stream, thinks }) => {
  const client = new Anthropic({ baseURL: origin, apiKey: 'local', maxRetries: 0 })
  const found: Conversation = { said: '', ran: [], reasoning: [] }
  const messages: Anthropic.MessageParam[] = []
  const request: Anthropic.MessageCreateParamsNonStreaming = {
    model,
    max_tokens: 16_000,
    system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }],
    messages,
    tools: MESSAGES_TOOLS.map((name) => ({ name, input_schema: SCHEMA as Anthropic.Tool.InputSchema })),
    ...(thinks ? { thinking: { type: 'enabled', budget_tokens: 4096 } } : {}),
  }
  for (const prompt of prompts) {
    messages.push({ role: 'user', content: [{ type: 'text', text: prompt }] })
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const message = stream
        ? await client.messages.stream(request).finalMessage()
        : await client.messages.create(request)
      messages.push({ role: 'assistant', content: message.content })
      const results: Anthropic.ToolResultBlockParam[] = []
      found.said = ''
      for (const block of message.content) {
        if (block.type === 'thinking') found.reasoning.push(block.thinking)
        if (block.type === 'text') found.said += block.text
        if (block.type !== 'tool_use') continue
        const content = run(found, block.name, JSON.stringify(block.input))
        results.push({ type: 'tool_result', tool_use_id: block.id, content })
      }
      if (message.stop_reason !== 'tool_use') break
      messages.push({ role: 'user', content: results })
    }
  }
  return found
}

export const responsesAgent: Agent = async (origin, prompts, { model, stream, thinks }) => {
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'local', maxRetries: 0 })
  const found: Conversation = { said: '', ran: [], reasoning: [] }
  const input: OpenAI.Responses.ResponseInputItem[] = []
  const request = {
    model,
    instructions: SYSTEM,
    input,
    store: false,
    include: ['reasoning.encrypted_content' as const],
    tools: OPENAI_TOOLS.map((name) => ({ type: 'function' as const, name, parameters: SCHEMA, strict: false })),
    ...(thinks ? { reasoning: { effort: 'high' as const, summary: 'auto' as const } } : {}),
  }
  for (const prompt of prompts) {
    input.push({ role: 'user', content: prompt })
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const response = stream
        ? await client.responses.stream(request).finalResponse()
        : await client.responses.create(request)
      input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]))
      const calls = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
      for (const item of response.output) {
        if (item.type === 'reasoning') found.reasoning.push(item.summary.map(({ text }) => text).join(''))
      }
      found.said = response.output_text
      if (calls.length === 0) break
      for (const call of calls) {
        const output = run(found, call.name, call.arguments)
        input.push({ type: 'function_call_output', call_id: call.call_id, output })
      }
    }
  }
  return found
}
