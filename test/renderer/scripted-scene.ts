/** What the scripted console shows: a working day of an instance in Azure, a gateway that fails, and recorded streams. */
import { readFileSync } from 'node:fs'
import { takesOf } from '../../electron/console/model-takes.ts'
import { profileOf } from '../../electron/core/models/profiles.ts'
import type { InstanceView } from '../../shared/instance-view.ts'
import type { ModelChoice } from '../../shared/model-facts.ts'
import type { Rule } from '../../shared/config.ts'
import type { Decision, ExchangeSummary, LaneEvent } from '../../shared/exchange.ts'

const START = Date.UTC(2026, 10, 20, 11, 42, 7, 318)

/** The events of a recorded stream, `gapMs` apart. */
export function recordedLane(file: string, firstMs: number, gapMs: number): LaneEvent[] {
  const text = readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')
  return text
    .split(/\r?\n\r?\n/)
    .filter((raw) => raw.trim() !== '')
    .map((raw, index) => {
      const name = /^event: ?(.+)$/m.exec(raw)?.[1]
      const event = { index, atMs: firstMs + index * gapMs, raw }
      return name === undefined ? event : Object.assign(event, { name })
    })
}

interface Kind {
  client: string
  asked: string
  deployment?: string
  api: [ExchangeSummary['clientDialect'], ExchangeSummary['upstreamDialect']]
  status: number
  ttft?: number
  duration: number
  usage?: [number, number]
  cost?: number
  flags?: ExchangeSummary['flags']
  findings?: ExchangeSummary['findings']
  session?: string
  state?: ExchangeSummary['state']
}

const KINDS: readonly Kind[] = [
  {
    client: 'Claude Code',
    asked: 'claude-haiku-4-5',
    deployment: 'claude-haiku-4-5',
    api: ['messages', 'messages'],
    status: 200,
    ttft: 380,
    duration: 940,
    usage: [412, 18],
    cost: 0.000_502,
  },
  {
    client: 'opencode',
    asked: 'claude-sonnet-4-5',
    deployment: 'sonnet-prod',
    api: ['chat', 'messages'],
    status: 200,
    ttft: 1310,
    duration: 9840,
    usage: [38_204, 611],
    cost: 0.123_777,
    flags: ['lossy'],
  },
  {
    client: 'Codex',
    asked: 'gpt-5.1',
    deployment: 'gpt-5-1-prod',
    api: ['chat', 'chat'],
    status: 200,
    ttft: 920,
    duration: 6400,
    usage: [21_977, 1204],
    cost: 0.039_511,
  },
  { client: 'Cline', asked: 'gpt-4o-legacy', api: ['chat', undefined], status: 404, duration: 3, state: 'failed' },
  {
    client: 'Codex',
    asked: 'gpt-5.1',
    deployment: 'gpt-5-1-sweden',
    api: ['chat', 'chat'],
    status: 429,
    duration: 180,
    flags: ['retried'],
    state: 'failed',
  },
  {
    client: 'Playground',
    asked: 'gpt-5-mini',
    deployment: 'gpt-5-mini',
    api: ['chat', 'chat'],
    status: 200,
    ttft: 290,
    duration: 1660,
    usage: [1882, 240],
  },
  {
    client: 'curl',
    asked: 'gpt-5.1',
    deployment: 'gpt-5-1-prod',
    api: ['chat', 'chat'],
    status: 200,
    ttft: 840,
    duration: 2110,
    state: 'aborted',
  },
  {
    client: 'Continue',
    asked: 'gpt-5.1',
    deployment: 'gpt-5-1-prod',
    api: ['chat', 'chat'],
    status: 200,
    ttft: 1100,
    duration: 3020,
    usage: [1802, 118],
    cost: 0.003_433,
    state: 'failed',
  },
  {
    client: 'Claude Code',
    asked: 'gpt-5.1',
    deployment: 'gpt-5-1-prod',
    api: ['messages', 'responses'],
    status: 200,
    ttft: 1310,
    duration: 9840,
    usage: [38_204, 611],
    cost: 0.0584,
    flags: ['retried', 'failed_over', 'lossy'],
    findings: ['stall', 'cache-break'],
    session: 'refactor-filters',
  },
]

/** Rows oldest first; the second one is the exchange that `exchangeDetail` describes. */
export function exchangeRows(count: number): ExchangeSummary[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index % KINDS.length] as Kind
    const [clientDialect, upstreamDialect] = kind.api
    return {
      id: `ex_${String(index).padStart(5, '0')}`,
      startedAt: START + index * 2203,
      state: kind.state ?? 'done',
      client: kind.client,
      method: 'POST',
      path: clientDialect === 'messages' ? '/v1/messages' : '/v1/chat/completions',
      ...(clientDialect ? { clientDialect } : {}),
      ...(upstreamDialect ? { upstreamDialect } : {}),
      askedModel: kind.asked,
      ...(kind.deployment === undefined ? {} : { instance: 'foundry-eastus2', deployment: kind.deployment }),
      stream: true,
      status: kind.status,
      ...(kind.ttft === undefined ? {} : { ttftMs: kind.ttft }),
      durationMs: kind.duration,
      ...(kind.usage ? { usage: { input: kind.usage[0], output: kind.usage[1] } } : {}),
      ...(kind.cost === undefined ? {} : { cost: kind.cost }),
      attempts: kind.flags?.includes('retried') ? 3 : kind.deployment === undefined ? 0 : 1,
      losses: kind.flags?.includes('lossy') ? 2 : 0,
      flags: kind.flags ?? [],
      ...(kind.findings === undefined ? {} : { findings: kind.findings }),
      ...(kind.session === undefined ? {} : { session: kind.session }),
      ...(kind.state === 'failed' ? { failure: failureOf(kind) } : {}),
    }
  })
}

function failureOf(kind: Kind): { code: string; message: string; fix: string } {
  if (kind.status === 404) {
    return {
      code: 'proxy_unknown_model',
      message: `No rule and no instance serves ${kind.asked}.`,
      fix: 'Add a rule for it in Models, or ask for gpt-4.1-mini.',
    }
  }
  if (kind.status === 429) {
    return {
      code: 'upstream_rate_limited',
      message: 'Own quota: 240k of 240k tokens per minute used.',
      fix: 'It opens again in 11 s.',
    }
  }
  return {
    code: 'proxy_upstream_incomplete',
    message: 'The upstream closed the connection after 3.02 s.',
    fix: 'It sent 41 events and no end marker. Send the request again.',
  }
}

export const decision: Decision = {
  askedModel: 'claude-sonnet-4-5',
  steps: [
    { verdict: 'ok', text: 'Name read as `claude-sonnet-4-5`' },
    { verdict: 'skip', text: 'Rule 1 does not match', why: '`gpt-5*` stands before it' },
    { verdict: 'ok', text: 'Rule 2 matched `claude-sonnet-*`', why: 'First match wins' },
    { verdict: 'ok', text: 'Deployment `sonnet-prod`', why: 'Written in rule 2' },
    { verdict: 'ok', text: 'Upstream API Messages', why: 'Base model Claude; callers of Chat are translated' },
    { verdict: 'ok', text: 'Instance `foundry-eastus2`', why: 'The only one in the rule' },
  ],
  target: {
    instance: 'foundry-eastus2',
    providerType: 'azure',
    deployment: 'sonnet-prod',
    baseModel: 'claude-sonnet-4-5',
    api: 'messages',
    url: 'https://contoso-ai-eastus2.services.ai.azure.com/anthropic/v1/messages',
  },
  rule: 1,
}

export const nothingServes: Decision = {
  askedModel: 'gpt-4o-legacy',
  steps: [
    { verdict: 'ok', text: 'Name read as `gpt-4o-legacy`' },
    { verdict: 'skip', text: 'No rule matches', why: '`gpt-5*`, `claude-sonnet-*`' },
    {
      verdict: 'error',
      text: 'No instance lists this name',
      why: 'Nearest is `gpt-4.1-mini`. Add a rule, or ask for that.',
    },
  ],
}

export const instances: InstanceView[] = [
  {
    instance: plain('foundry-eastus2', 'azure', {
      api_base: 'https://contoso-ai-eastus2.openai.azure.com',
      auth: 'key',
      priority: 1,
    }),
    source: 'settings',
    key: { state: 'keychain' },
    understood: 'https://contoso-ai-eastus2.openai.azure.com · v1 · Claude under /anthropic',
  },
  {
    instance: plain('foundry-sweden', 'azure', {
      api_base: 'https://contoso-sweden.openai.azure.com',
      api_version: '2024-10-21',
      supported_models: ['gpt-5.1', 'gpt-5-mini'],
      model_deployments: { 'gpt-5.1': 'gpt-5-1-sweden' },
    }),
    source: 'settings',
    key: {
      state: 'unreadable',
      problem: { code: 'secrets_locked', message: 'The keychain is locked.', fix: 'Unlock it and test again.' },
    },
    understood: 'https://contoso-sweden.openai.azure.com · 2024-10-21 · Claude under /anthropic',
  },
  {
    instance: plain('corp-gateway', 'generic', { api_base: 'https://llm.corp.example/v1', auth: 'passthrough' }),
    source: 'environment',
    key: { state: 'none' },
    understood: 'https://llm.corp.example/v1 · OpenAI-compatible',
  },
]

function plain(
  name: string,
  type: InstanceView['instance']['provider_type'],
  more: Partial<InstanceView['instance']>,
): InstanceView['instance'] {
  return {
    name,
    provider_type: type,
    api_version: 'v1',
    priority: 100,
    weight: 100,
    enabled: true,
    model_deployments: {},
    base_models: {},
    ...more,
  }
}

export const rules: Rule[] = [
  { model: 'gpt-5*', instances: ['foundry-eastus2', 'foundry-sweden'], deployment: 'gpt-5-1-prod', api: 'auto' },
  { model: 'claude-sonnet-*', instances: ['foundry-eastus2'], deployment: 'sonnet-prod', api: 'messages' },
  { model: 'gpt-3.5-turbo', instances: [], deployment: 'gpt-5-mini', api: 'auto' },
  { model: 'o4-mini*', instances: ['foundry-sweden'], deployment: 'gpt-4-1-min', api: 'auto' },
  { model: '*', instances: ['corp-gateway'], api: 'chat' },
]

export const choices: ModelChoice[] = [
  {
    name: 'gpt-5.1',
    instance: 'foundry-eastus2',
    deployment: 'gpt-5-1-prod',
    api: 'chat',
    takes: takesOf(profileOf('gpt-5.1'), 'chat', []),
    facts: [],
    outputCap: 128_000,
    contextWindow: 400_000,
    simulated: false,
  },
  {
    name: 'claude-sonnet-4-5',
    instance: 'foundry-eastus2',
    deployment: 'sonnet-prod',
    api: 'messages',
    takes: takesOf(profileOf('claude-sonnet-4-5'), 'messages', []),
    facts: [],
    outputCap: 64_000,
    contextWindow: 200_000,
    simulated: false,
  },
  {
    name: 'gpt-4.1-mini',
    instance: 'foundry-sweden',
    deployment: 'gpt-4-1-mini',
    api: 'chat',
    takes: takesOf(profileOf('gpt-4.1-mini'), 'chat', []),
    facts: [],
    simulated: false,
  },
]

export const ANSWER = `Only while **nothing has reached the client**. A role chunk or \`response.created\` does not count, the first delta does.

Count calls, not time; a slow upstream should not earn a third attempt:

\`\`\`ts
// one budget per exchange: calls, not milliseconds
export function mayRetry(x: Exchange, e: HubError): boolean {
  if (x.sentToClient > 0) return false
  return e.status === 429 || e.status >= 500
}
\`\`\`

| status | retried |
| --- | --- |
| 409 | no |
| 503 | yes, once |

A 409 and a content filter are *answers*, not failures. See [the notes](https://example.com/notes).`
