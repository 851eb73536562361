/** The exchanges of the scripted console in full: requests with tools and pictures, decisions, attempts, streams. */
import type { Attempt, ExchangeDetail, ExchangeSummary, Finding, Header, Loss } from '../../shared/exchange.ts'
import { decision, nothingServes, recordedLane } from './scripted-scene.ts'
import { translatedLanes, type Lanes } from './translated-lanes.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAH0lEQVR42mNgYPhPIhrVMKphVMOohlENoxpGNQyLhv8A5Vb/AfpXqUgAAAAASUVORK5CYII='

const CHAT = 'chat__openllmetry__test_azure__test_chat_streaming__0.sse'
const SYSTEM = 'You review TypeScript for a streaming proxy. Answer briefly and name the file.'

function chatBody(summary: ExchangeSummary, chars = 0): unknown {
  return {
    model: summary.askedModel,
    stream: true,
    temperature: 0.2,
    messages: [
      { role: 'system', content: SYSTEM },
      { role: 'user', name: 'kim', content: `When may the relay retry a streamed call?${' please'.repeat(chars / 7)}` },
    ],
  }
}

function messagesBody(summary: ExchangeSummary): unknown {
  return {
    model: summary.askedModel,
    max_tokens: 32_000,
    stream: true,
    system: [{ type: 'text', text: SYSTEM, cache_control: { type: 'ephemeral' } }],
    thinking: { type: 'adaptive' },
    tools: [
      {
        name: 'Bash',
        description: 'Runs a command in the project and gives its output.',
        input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
      },
    ],
    messages: [
      { role: 'user', content: 'The snapshot tests fail under strict mode. Find out why.' },
      {
        role: 'assistant',
        content: [
          {
            type: 'thinking',
            thinking: 'The fixtures come first; then the parser.',
            signature: 'lz1.o.eyJpZCI6InJzXzBh',
          },
          { type: 'text', text: 'I’ll run the failing tests first.' },
          { type: 'tool_use', id: 'call_9Qw', name: 'Bash', input: { command: 'npx vitest run test/parser' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_9Qw', content: '3 failed, 41 passed\nquotes are kept' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
          { type: 'text', text: 'This is how it looks in the terminal.' },
        ],
      },
    ],
  }
}

function responsesBody(summary: ExchangeSummary): unknown {
  return {
    model: summary.deployment,
    stream: true,
    max_output_tokens: 32_000,
    instructions: SYSTEM,
    reasoning: { effort: 'medium', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
    store: false,
    tools: [
      {
        type: 'function',
        name: 'Bash',
        description: 'Runs a command in the project and gives its output.',
        parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
      },
    ],
    input: [
      { role: 'user', content: 'The snapshot tests fail under strict mode. Find out why.' },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'I’ll run the failing tests first.' }],
      },
      {
        type: 'function_call',
        call_id: 'call_9Qw',
        name: 'Bash',
        arguments: '{"command":"npx vitest run test/parser"}',
      },
      { type: 'function_call_output', call_id: 'call_9Qw', output: '3 failed, 41 passed\nquotes are kept' },
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` },
          { type: 'input_text', text: 'This is how it looks in the terminal.' },
        ],
      },
    ],
  }
}

const LOSSES: Record<string, Loss[]> = {
  'chat messages': [
    { path: 'messages[1].name', kind: 'dropped', reason: 'Messages has no name of a participant' },
    { path: 'messages[0]', kind: 'carried', reason: 'sent as `system`' },
    { path: 'parallel_tool_calls', kind: 'degraded', reason: 'sent as `disable_parallel_tool_use`' },
  ],
  'messages responses': [
    { path: 'context_management.edits', kind: 'dropped', reason: 'Responses has no counterpart' },
    {
      path: 'metadata.user_id',
      kind: 'degraded',
      reason: '150 characters, OpenAI takes 64: sent as sha256 in `safety_identifier`',
    },
    { path: 'thinking.type', kind: 'carried', reason: 'sent as `reasoning.effort: medium`, summary auto' },
  ],
}

const FINDINGS: Finding[] = [
  {
    kind: 'cache-break',
    severity: 'warn',
    title: 'Prompt cache broken',
    explanation:
      'This turn’s prefix differs from the turn before at `messages[2].content[0]`, so 31,900 tokens that were cached are paid again.',
    fix: 'Keep what comes before the new turn byte for byte as it was; put what changes (times, counters) at the end.',
    path: 'messages[2].content[0]',
    related: ['ex_00000'],
  },
  {
    kind: 'stall',
    severity: 'info',
    title: 'Stalled for 2.43 s',
    explanation: 'The upstream was silent for 2.43 s in the middle of its answer.',
    event: 98,
    related: [],
  },
]

const QUOTA: Header[] = [
  ['x-ratelimit-limit-tokens', '240000'],
  ['x-ratelimit-remaining-tokens', '146400'],
  ['x-ratelimit-limit-requests', '240'],
  ['x-ratelimit-remaining-requests', '231'],
  ['x-ratelimit-reset-tokens', '23s'],
]

const bodyOf = (value: unknown): ExchangeDetail['requestBody'] => {
  const text = JSON.stringify(value)
  return { text, bytes: Buffer.byteLength(text), truncated: false }
}

/** @param chars so much is added to the last message of a Chat request */
export function exchangeDetail(summary: ExchangeSummary, chars?: number): ExchangeDetail {
  const pair = `${summary.clientDialect} ${summary.upstreamDialect}`
  const body = bodyOf(summary.clientDialect === 'messages' ? messagesBody(summary) : chatBody(summary, chars))
  const losses = summary.flags.includes('lossy') ? (LOSSES[pair] ?? []) : []
  return {
    summary,
    requestHeaders: [
      ['host', '127.0.0.1:11437'],
      ['authorization', 'Bearer [redacted]'],
      ['content-type', 'application/json'],
      ['user-agent', 'opencode/1.7.3'],
    ],
    requestBody: body,
    decision: summary.deployment === undefined ? nothingServes : decision,
    losses,
    ...(summary.cost === undefined || losses.length === 0
      ? {}
      : {
          cost: {
            total: summary.cost,
            input: summary.cost - 0.009_165,
            cached: 0,
            cacheWrite: 0,
            output: 0.009_165,
            fee: 0,
            model: summary.askedModel ?? '',
            asOf: '2026-11-20',
            source: 'platform.claude.com/docs/en/about-claude/pricing',
          },
        }),
    ...(summary.findings === undefined
      ? {}
      : { findings: FINDINGS.filter(({ kind }) => summary.findings?.includes(kind)) }),
    attempts: attemptsOf(summary, body),
    responseHeaders: [
      ['content-type', 'text/event-stream; charset=utf-8'],
      ['x-lazuli-exchange', summary.id],
      ['x-lazuli-instance', 'foundry-eastus2'],
      ['x-lazuli-attempts', String(summary.attempts)],
    ],
  }
}

function attemptsOf(summary: ExchangeSummary, body: ExchangeDetail['requestBody']): Attempt[] {
  if (summary.deployment === undefined) return []
  const isResponses = summary.upstreamDialect === 'responses'
  const first: Attempt = {
    instance: 'foundry-sweden',
    deployment: 'gpt-5-1-sweden',
    method: 'POST',
    url: 'https://contoso-sweden.openai.azure.com/openai/v1/responses',
    requestHeaders: [['api-key', '[redacted]']],
    requestBody: bodyOf(responsesBody(summary)),
    startMs: 2,
    headersMs: 180,
    firstByteMs: 181,
    endMs: 182,
    status: 429,
    responseHeaders: [['retry-after', '11']],
    received: 241,
    failure: {
      code: 'upstream_rate_limited',
      message: 'Own quota: 240k of 240k tokens per minute used.',
      fix: 'It opens again in 11 s.',
    },
  }
  const last: Attempt = {
    instance: 'foundry-eastus2',
    deployment: summary.deployment,
    method: 'POST',
    url: isResponses
      ? 'https://contoso-ai-eastus2.openai.azure.com/openai/v1/responses'
      : 'https://contoso-ai-eastus2.services.ai.azure.com/anthropic/v1/messages',
    requestHeaders: [
      [isResponses ? 'api-key' : 'x-api-key', '[redacted]'],
      ['anthropic-version', '2023-06-01'],
      ['content-type', 'application/json'],
    ],
    requestBody: isResponses ? bodyOf(responsesBody(summary)) : body,
    startMs: isResponses ? 190 : 2.1,
    headersMs: (summary.ttftMs ?? 180) - 60,
    ...(summary.ttftMs === undefined ? {} : { firstByteMs: summary.ttftMs }),
    ...(summary.durationMs === undefined ? {} : { endMs: summary.durationMs - 2 }),
    status: summary.status ?? 200,
    responseHeaders: [
      ['content-type', 'text/event-stream'],
      ['apim-request-id', '7d0c2f1e-5b7e-4a0e-9b1c-3f1f0f2d9a41'],
      ...QUOTA,
    ],
    received: 31_214,
    ...(summary.failure ? { failure: summary.failure } : {}),
  }
  return summary.flags.includes('failed_over') ? [first, last] : [last]
}

/** Both lanes: what was recorded, and what the codecs make of it. */
export function lanesOf({ summary, attempts }: ExchangeDetail): Lanes {
  if (attempts.length === 0) {
    return { upstream: [], client: recordedLane('chat__ai__azure-model-router.1.sse', 3, 0) }
  }
  if (summary.upstreamDialect === 'responses') {
    const file = 'responses__ai__azure-reasoning-encrypted-content.1.sse'
    return translatedLanes(file, 'responses', 'messages', (index) => {
      if (index < 4) return 1_190 + index * 40
      // The thinking comes evenly, stalls, and the call comes at once.
      return index < 60 ? 1_310 + index * 34 : 1_310 + index * 34 + 2_430 + (index > 96 ? 720 : 0)
    })
  }
  const lane = recordedLane(CHAT, 742, 61)
  return summary.clientDialect === 'chat' && summary.upstreamDialect === 'messages'
    ? translatedLanes('messages__ai__anthropic-clear-thinking.1.sse', 'messages', 'chat', (index) => 1_250 + index * 61)
    : { upstream: lane, client: recordedLane(CHAT, 742.1, 61) }
}

/** A stream of Chat, translated one to one, as long as it is asked for. */
export function longLanes(count: number): Lanes {
  const raw = (index: number): string =>
    `data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"word ${index} "},"finish_reason":null}]}`
  return {
    upstream: Array.from({ length: count }, (_, index) => ({ index, atMs: 800 + index * 4, raw: raw(index) })),
    client: Array.from({ length: count }, (_, index) => ({
      index,
      atMs: 800.2 + index * 4,
      raw: raw(index),
      causes: [index, index + 1] as [number, number],
    })),
  }
}
