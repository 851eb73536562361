/** What is known of one model family, as far as requests depend on it. The rows live beside this file, dated, with their source. */
import type { DialectId, Effort } from '../hub.ts'

export interface ModelProfile {
  /** Family key of the row that matched, e.g. `gpt-5`, `claude-4.5`, `unknown`. */
  family: string
  /**
   * APIs that the model answers, in order of preference. Where `responses` or `messages` comes first, the model is asked
   * there; where `chat` comes first, the caller's own dialect wins if it is among them.
   */
  apis: readonly DialectId[]
  /** Chat: the field for the output limit. */
  maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /** Largest output the model accepts, in tokens; undefined = not known. */
  outputCap?: number
  /** Context window in tokens; undefined = not known. */
  contextWindow?: number
  /** Parameters that the model refuses. */
  rejects: ReadonlySet<
    | 'temperature'
    | 'top_p'
    | 'top_k'
    | 'stop'
    | 'presence_penalty'
    | 'frequency_penalty'
    | 'logprobs'
    | 'logit_bias'
    | 'temperature_with_top_p'
    | 'system_role'
    | 'parallel_tool_calls'
    | 'forced_tool_choice'
  >
  /** Sampling parameters are accepted again when effort is `none`. */
  samplingWithoutEffort: boolean
  /** `reasoning_effort` / `output_config.effort` values taken; empty = the field is refused. */
  efforts: readonly Effort[]
  /** How Claude thinks: by budget, adaptively, or not at all. */
  thinking: 'none' | 'budget' | 'adaptive' | 'both'
  /** May thinking be switched off? */
  thinkingOptional: boolean
  /** Role for instructions in Chat. */
  instructionRole: 'system' | 'developer' | 'user'
  /** Native JSON-schema output in its own API. */
  structuredOutput: boolean
  /** `role: "system"` inside Messages is understood. */
  midConversationSystem: boolean
  streams: boolean
  images: boolean
  tools: boolean
  /** Free-text (`custom`) tools are understood in Chat; absent = no. */
  customTools?: boolean
  /** `prompt_cache_breakpoint` marks are understood in Chat and Responses; absent = no. */
  cacheBreakpoints?: boolean
}
