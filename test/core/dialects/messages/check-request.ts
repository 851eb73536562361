/**
 * The rules by which Anthropic's API accepts a request, as its documentation and error texts tell them. Gives every
 * rule that a body breaks, as sentences.
 */
import type { ModelProfile } from '../../../../electron/core/models/profile.ts'

type Fields = Record<string, unknown>
interface Message {
  role: string
  content: Fields[]
}

const idPattern = /^[a-zA-Z0-9_-]+$/
const namePattern = /^[a-zA-Z0-9_-]{1,128}$/

export function brokenRules(body: Fields, profile: ModelProfile): string[] {
  const messages = body['messages'] as Message[]
  const tools = (body['tools'] ?? []) as Fields[]
  return [
    ...limitRules(body, profile),
    ...thinkingRules(body, profile, messages),
    ...toolRules(body, tools),
    ...conversationRules(messages, profile),
    ...blockRules([...((body['system'] ?? []) as Fields[]), ...messages.flatMap((message) => message.content)]),
    ...cacheRules(body, messages, tools),
  ]
}

function rule(isBroken: boolean, sentence: string): string[] {
  return isBroken ? [sentence] : []
}

function limitRules(body: Fields, profile: ModelProfile): string[] {
  const max = body['max_tokens'] as number
  const temperature = body['temperature'] as number | undefined
  const stop = (body['stop_sequences'] ?? []) as string[]
  return [
    ...rule(!Number.isInteger(max) || max < 1, 'max_tokens is required and at least 1'),
    ...rule(profile.outputCap !== undefined && max > profile.outputCap, 'max_tokens is within the cap of the model'),
    ...rule(temperature !== undefined && (temperature < 0 || temperature > 1), 'temperature is within 0 and 1'),
    ...rule(
      stop.some((text) => text.trim() === ''),
      'stop sequences are not blank',
    ),
    ...(['temperature', 'top_p', 'top_k'] as const).flatMap((name) =>
      rule(profile.rejects.has(name) && body[name] !== undefined, `${name} is not taken by this model`),
    ),
    ...rule(
      profile.rejects.has('temperature_with_top_p') && temperature !== undefined && body['top_p'] !== undefined,
      'temperature and top_p are not given together',
    ),
  ]
}

function thinkingRules(body: Fields, profile: ModelProfile, messages: Message[]): string[] {
  const thinking = body['thinking'] as Fields | undefined
  const effort = (body['output_config'] as Fields | undefined)?.['effort']
  const effortRule = rule(
    effort !== undefined && !profile.efforts.some((taken) => taken === effort),
    'effort is one that the model takes',
  )
  if (!thinking) return effortRule
  if (thinking['type'] === 'disabled') {
    return [...effortRule, ...rule(!profile.thinkingOptional, 'thinking cannot be disabled')]
  }
  const budget = thinking['budget_tokens'] as number
  const isEnabled = thinking['type'] === 'enabled'
  const choice = (body['tool_choice'] as Fields | undefined)?.['type']
  const topP = body['top_p'] as number | undefined
  const spoken = messages.findLastIndex(
    (message) => message.role === 'user' && !message.content.some((block) => block['type'] === 'tool_result'),
  )
  const loop = messages.slice(spoken + 1).filter((message) => message.role === 'assistant')
  const hasCalls = loop.some((message) => message.content.some((block) => block['type'] === 'tool_use'))
  const thinks = loop.some((message) => String(message.content[0]?.['type']).endsWith('thinking'))
  return [
    ...effortRule,
    ...rule(profile.thinking === 'none', 'the model does not think'),
    ...rule(isEnabled && profile.thinking === 'adaptive', 'budgets are not taken by adaptive models'),
    ...rule(!isEnabled && profile.thinking === 'budget', 'adaptive thinking is not taken by this model'),
    ...rule(
      isEnabled && !(budget >= 1024 && budget < (body['max_tokens'] as number)),
      'the budget is 1024 … max_tokens',
    ),
    ...rule(body['temperature'] !== undefined && body['temperature'] !== 1, 'temperature is 1 with thinking'),
    ...rule(body['top_k'] !== undefined, 'top_k is absent with thinking'),
    ...rule(topP !== undefined && (topP < 0.95 || topP > 1), 'top_p is within 0.95 and 1 with thinking'),
    ...rule(choice === 'any' || choice === 'tool', 'no tool is forced with thinking'),
    // A model that always thinks must take these as they are.
    ...rule(profile.thinkingOptional && messages.at(-1)?.role === 'assistant', 'no prefill with thinking'),
    ...rule(profile.thinkingOptional && hasCalls && !thinks, 'open tool calls follow thinking'),
  ]
}

function toolRules(body: Fields, tools: Fields[]): string[] {
  const choice = body['tool_choice'] as Fields | undefined
  const names = tools.map((tool) => tool['name'])
  return [
    ...rule(choice !== undefined && tools.length === 0, 'tool_choice needs tools'),
    ...rule(choice?.['type'] === 'tool' && !names.includes(choice['name']), 'the chosen tool exists'),
    ...rule(choice?.['type'] === 'none' && choice['disable_parallel_tool_use'] !== undefined, 'none takes no switch'),
    ...rule(new Set(names).size < names.length, 'tool names are unique'),
    ...rule(!names.every((name) => namePattern.test(String(name))), 'tool names are legal'),
    ...rule(
      !tools.every((tool) => (tool['input_schema'] as Fields | undefined)?.['type'] === 'object'),
      'input_schema is an object schema',
    ),
  ]
}

function conversationRules(messages: Message[], profile: ModelProfile): string[] {
  const callIds = messages.flatMap((message) => idsOf(message, 'tool_use', 'id'))
  const lastText = messages.at(-1)?.role === 'assistant' ? messages.at(-1)?.content.at(-1)?.['text'] : undefined
  return [
    ...rule(messages.length === 0, 'there is a message'),
    ...rule(
      messages.some((message) => message.content.length === 0),
      'no message is empty',
    ),
    ...rule(new Set(callIds).size < callIds.length, 'call ids are unique'),
    ...rule(!callIds.every((id) => idPattern.test(id)), 'call ids are legal'),
    ...rule(typeof lastText === 'string' && lastText !== lastText.trimEnd(), 'a prefill ends without white space'),
    ...rule(
      !profile.midConversationSystem && messages.some((message) => message.role === 'system'),
      'system stands outside of the messages',
    ),
    ...messages.flatMap((message, index) => neighbourRules(message, messages[index - 1], messages[index + 1])),
  ]
}

function neighbourRules(message: Message, before: Message | undefined, after: Message | undefined): string[] {
  const results = idsOf(message, 'tool_result', 'tool_use_id')
  const calls = idsOf(message, 'tool_use', 'id')
  const firstOther = message.content.findIndex((block) => block['type'] !== 'tool_result')
  const answered = after?.role === 'user' ? idsOf(after, 'tool_result', 'tool_use_id') : []
  const asked = before?.role === 'assistant' ? idsOf(before, 'tool_use', 'id') : []
  return [
    ...rule(message.role === before?.role, 'roles alternate'),
    ...rule(message.role !== 'assistant' && calls.length > 0, 'only the assistant calls'),
    ...rule(message.role !== 'user' && results.length > 0, 'only the user answers calls'),
    ...rule(firstOther !== -1 && firstOther < results.length, 'results come first'),
    ...rule(calls.toSorted().join() !== answered.toSorted().join(), 'each call is answered once, in the next message'),
    ...rule(results.toSorted().join() !== asked.toSorted().join(), 'each result answers a call of the message before'),
  ]
}

function idsOf(message: Message, type: string, field: string): string[] {
  return message.content.filter((block) => block['type'] === type).map((block) => String(block[field]))
}

function blockRules(blocks: Fields[]): string[] {
  return blocks.flatMap((block) => [
    ...rule(block['type'] === 'text' && String(block['text']).trim() === '', 'text is not blank'),
    ...rule(block['type'] === 'thinking' && !block['signature'], 'thinking is signed'),
    ...rule(
      block['type'] === 'tool_use' && (typeof block['input'] !== 'object' || block['input'] === null),
      'input is an object',
    ),
    ...rule(
      ((block['source'] as { data?: string } | undefined)?.data ?? '').startsWith('data:'),
      'data is bare base64',
    ),
    ...(Array.isArray(block['content']) ? blockRules(block['content'] as Fields[]) : []),
  ])
}

function cacheRules(body: Fields, messages: Message[], tools: Fields[]): string[] {
  const system = (body['system'] ?? []) as Fields[]
  const inner = (block: Fields): Fields[] => [
    block,
    ...(Array.isArray(block['content']) ? (block['content'] as Fields[]) : []),
  ]
  const blocks = [...tools, ...system, ...messages.flatMap((message) => message.content.flatMap(inner))]
  return rule(blocks.filter((block) => block['cache_control'] !== undefined).length > 4, 'at most four cache marks')
}
