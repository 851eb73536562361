import type { DialectId } from '../exchange.ts'
import { KEY_VARIABLE, type CodeCall } from './call.ts'
import { pythonLiteral } from './literals.ts'

const METHODS: Readonly<Record<DialectId, string>> = {
  chat: 'client.chat.completions.create',
  responses: 'client.responses.create',
  messages: 'client.messages.create',
}

/**
 * Parameters that the SDKs' methods know (openai 2.x, anthropic 0.7x, read on 2026-11-20). They refuse any other, which
 * therefore goes into `extra_body`.
 */
const KNOWN: Readonly<Record<DialectId, ReadonlySet<string>>> = {
  chat: new Set(
    `model messages audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
    metadata modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key reasoning_effort
    response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools
    top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
  ),
  responses: new Set(
    `model input background conversation include instructions max_output_tokens max_tool_calls metadata
    parallel_tool_calls previous_response_id prompt prompt_cache_key reasoning safety_identifier service_tier store
    stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
  ),
  messages: new Set(
    `model messages max_tokens metadata service_tier stop_sequences stream system temperature thinking tool_choice tools
    top_k top_p`.split(/\s+/),
  ),
}

const PRINTED: Readonly<Record<DialectId, string>> = {
  chat: `    if event.choices and event.choices[0].delta.content:
        print(event.choices[0].delta.content, end="", flush=True)`,
  responses: `    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)`,
  messages: `    if event.type == "content_block_delta" and event.delta.type == "text_delta":
        print(event.delta.text, end="", flush=True)`,
}

/** A program for the vendor's own SDK (`openai`, `anthropic`). */
export function asPython({ baseUrl, dialect, body, auth }: CodeCall): string {
  const known = Object.entries(body).filter(([name]) => KNOWN[dialect].has(name))
  const others = Object.entries(body).filter(([name]) => !KNOWN[dialect].has(name))
  const extra = others.length === 0 ? [] : [['extra_body', Object.fromEntries(others)] as const]
  const parameters = [...known, ...extra].map(([name, value]) => `    ${name}=${pythonLiteral(value, 4)},`)
  const call = `${METHODS[dialect]}(\n${parameters.join('\n')}\n)`
  const use =
    body['stream'] === true
      ? `stream = ${call}\n\nfor event in stream:\n${PRINTED[dialect]}\n`
      : `answer = ${call}\n\nprint(answer.model_dump_json(indent=2))\n`
  return `${clientOf(dialect, baseUrl, auth)}\n${use}`
}

function clientOf(dialect: DialectId, baseUrl: string, auth: CodeCall['auth']): string {
  const key = auth === 'token' ? `os.environ["${KEY_VARIABLE}"]` : '"not-needed"'
  const imports = auth === 'token' ? 'import os\n\n' : ''
  const [from, name, base, argument] =
    dialect === 'messages'
      ? ['anthropic', 'Anthropic', baseUrl, 'auth_token']
      : ['openai', 'OpenAI', `${baseUrl}/v1`, 'api_key']
  return `${imports}from ${from} import ${name}

client = ${name}(
    base_url=${JSON.stringify(base)},
    ${argument}=${key},
)
`
}
