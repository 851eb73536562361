/**
 * What a hub field is called in the client's own request. Losses and refusals name fields as the client wrote them,
 * whichever dialect the request is encoded for.
 */
import type { DialectId, HubRequest } from './hub.ts'

type Field = Exclude<keyof HubRequest, 'dialect' | 'extra' | 'echo'> | 'instructions' | 'reasoning'

const paths: Record<Field, string | Record<DialectId, string>> = {
  model: 'model',
  turns: { chat: 'messages', responses: 'input', messages: 'messages' },
  instructions: { chat: 'messages', responses: 'instructions', messages: 'system' },
  /** Reasoning of earlier turns that the client sent back. */
  reasoning: { chat: 'messages.reasoning_content', responses: 'input.reasoning', messages: 'messages.thinking' },
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelTools: {
    chat: 'parallel_tool_calls',
    responses: 'parallel_tool_calls',
    messages: 'tool_choice.disable_parallel_tool_use',
  },
  format: { chat: 'response_format', responses: 'text.format', messages: 'output_config.format' },
  effort: { chat: 'reasoning_effort', responses: 'reasoning.effort', messages: 'output_config.effort' },
  thinking: { chat: 'reasoning_effort', responses: 'reasoning.effort', messages: 'thinking' },
  showReasoning: { chat: 'reasoning_effort', responses: 'reasoning.summary', messages: 'thinking.display' },
  wantOpaque: { chat: 'reasoning_effort', responses: 'include', messages: 'thinking' },
  maxTokens: { chat: 'max_completion_tokens', responses: 'max_output_tokens', messages: 'max_tokens' },
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: { chat: 'stop', responses: 'stop', messages: 'stop_sequences' },
  seed: 'seed',
  n: 'n',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  logprobs: { chat: 'logprobs', responses: 'top_logprobs', messages: 'logprobs' },
  user: { chat: 'user', responses: 'user', messages: 'metadata.user_id' },
  metadata: 'metadata',
  serviceTier: 'service_tier',
  verbosity: { chat: 'verbosity', responses: 'text.verbosity', messages: 'verbosity' },
  promptCacheKey: 'prompt_cache_key',
  stream: 'stream',
  includeUsage: { chat: 'stream_options.include_usage', responses: 'stream', messages: 'stream' },
}

/** Path of a field in a request of the given dialect, e.g. `effort` in Responses is `reasoning.effort`. */
export function clientPath(dialect: DialectId, field: Field): string {
  const path = paths[field]
  return typeof path === 'string' ? path : path[dialect]
}
