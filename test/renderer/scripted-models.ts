/** The Models page of the scripted console: how its instances fare, what their resources list, what a probe finds. */
import { readPasted } from '../../electron/core/read-pasted.ts'
import { readImport } from '../../electron/config/import-mapping.ts'
import type { Decision } from '../../shared/exchange.ts'
import type { InstanceView } from '../../shared/instance-view.ts'
import type { InstanceLive } from '../../shared/live.ts'
import type { ImportPreview, NameExplanation, PastedReading } from '../../shared/mapping.ts'
import { ProbeFeature, type ModelFact, type ProbeEvent, type ServedDeployment } from '../../shared/model-facts.ts'
import type { SumRow, Sums } from '../../shared/spending.ts'

const DAY = Date.UTC(2026, 10, 20)
const fact = (feature: ProbeFeature, verdict: ModelFact['verdict'], reason: string): ModelFact => ({
  feature,
  verdict,
  reason,
  at: DAY,
})

const served = (
  instance: string,
  deployment: string,
  more: Partial<ServedDeployment> & Pick<ServedDeployment, 'baseModel' | 'api'>,
): ServedDeployment => ({
  instance,
  deployment,
  names: [],
  listed: true,
  simulated: false,
  facts: [],
  probe: { requests: 5, inputTokens: 560, outputTokens: 10_240, cost: 0.1031 },
  ...more,
})

/** What serves where nothing is configured. */
export const simulator: InstanceView = {
  instance: {
    name: 'simulator',
    provider_type: 'simulator',
    api_version: 'v1',
    priority: 100,
    weight: 100,
    enabled: true,
    model_deployments: {},
    base_models: {},
  },
  source: 'default',
  key: { state: 'none' },
  understood: 'built in',
}

export const deployments: ServedDeployment[] = [
  served('foundry-eastus2', 'gpt-5-1-prod', {
    baseModel: 'gpt-5.1',
    api: 'chat',
    names: ['gpt-5.1'],
    facts: [
      fact('stream', 'works', 'The answer came in 12 pieces.'),
      fact('tools', 'works', 'It called get_time.'),
      fact('schema', 'works', 'The answer fits the schema.'),
      fact('image', 'refused', 'Images are not enabled for this deployment.'),
      fact('thinking', 'works', 'It thought for 192 tokens.'),
      fact('count_tokens', 'unsupported', 'Its API has no counter; the count is an estimate that is made here.'),
    ],
  }),
  served('foundry-eastus2', 'sonnet-prod', {
    baseModel: 'claude-sonnet-4-5',
    api: 'messages',
    names: ['claude-sonnet-4-5'],
    facts: [fact('image', 'refused', 'Images are not enabled for this deployment.')],
  }),
  served('foundry-eastus2', 'gpt-5-mini', { baseModel: 'gpt-5-mini', api: 'chat' }),
  served('foundry-sweden', 'gpt-4-1-mini', { baseModel: 'gpt-4.1-mini', api: 'chat', names: ['gpt-4.1-mini'] }),
]

export function live(now: number): InstanceLive[] {
  const common = { requests: 0, errors: 0, deployments: [] }
  return [
    {
      ...common,
      name: 'foundry-eastus2',
      condition: { state: 'ok' },
      quota: { limitTpm: 240_000, limitRpm: 1440, usedTpm: 93_000, usedRpm: 228 },
      ttftMs: 842,
      requests: 173,
      errors: 2,
    },
    {
      ...common,
      name: 'foundry-sweden',
      condition: { state: 'resting', cause: 'throttled', until: now + 11_000 },
      quota: { limitTpm: 240_000, limitRpm: 1440, usedTpm: 239_400, usedRpm: 452 },
      ttftMs: 970,
      requests: 48,
      errors: 6,
    },
    {
      ...common,
      name: 'corp-gateway',
      condition: {
        state: 'misconfigured',
        failure: {
          code: 'upstream_unauthorized',
          message: 'The key was refused (401).',
          fix: 'Copy it again from the gateway’s page.',
        },
      },
      quota: { usedTpm: 0, usedRpm: 0 },
    },
  ]
}

const NO_SUMS: Sums = {
  requests: 0,
  failures: 0,
  input: 0,
  cached: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  cost: 0,
  unpriced: 0,
  last: 0,
}

export const sumsToday: SumRow[] = [
  { instance: 'foundry-eastus2', sums: { ...NO_SUMS, requests: 412, cost: 3.9124 } },
  { instance: 'foundry-sweden', sums: { ...NO_SUMS, requests: 96, cost: 0.6204 } },
  { instance: 'corp-gateway', sums: { ...NO_SUMS, requests: 8, unpriced: 8 } },
]

export function explained(model: string, decision: Decision): NameExplanation {
  const { target } = decision
  const dialects = ['chat', 'responses', 'messages'] as const
  const candidates =
    target === undefined
      ? []
      : [target, { ...target, instance: 'foundry-sweden', deployment: 'sonnet-sweden' }].map(
          ({ providerType: _type, ...candidate }) => candidate,
        )
  return {
    model,
    answers: dialects.map((dialect) => ({ dialect, decision: { ...decision, askedModel: model }, candidates })),
    nearest: target === undefined ? ['gpt-4.1-mini', 'gpt-5.1'] : [],
    strategy: 'failover',
  }
}

export function* probed({ facts }: ServedDeployment): Generator<ProbeEvent> {
  for (const feature of ProbeFeature.options) {
    yield { type: 'asking', feature }
    const known = facts.find((one) => one.feature === feature) ?? fact(feature, 'works', 'It works.')
    yield { type: 'fact', fact: known, exchange: 'ex_00001' }
  }
}

export const read = (text: string): PastedReading => readPasted(text)

export function importPreview(text: string): ImportPreview {
  const { instances, ...rest } = readImport(text, {})
  return {
    ...rest,
    instances: instances.map(({ instance: { api_key: _key, ...instance }, key }) => ({
      instance,
      key,
      replaces: 'no',
    })),
  }
}
