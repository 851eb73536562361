import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../electron/config/configuration.ts'
import { resolve } from '../../electron/routing/resolve.ts'
import { Decision } from '../../shared/exchange.ts'
import { configurationOf, simulatorOnly } from './configuration-for-tests.ts'

const azure = { name: 'contoso', api_base: 'https://contoso.openai.azure.com' }

function target(configuration: Configuration, model: string, dialect: 'chat' | 'responses' | 'messages' = 'chat') {
  return resolve(model, dialect, configuration).decision.target
}

function deployment(configuration: Configuration, model: string) {
  return resolve(model, 'chat', configuration).route?.deployment
}

describe('flexible names', () => {
  const open = configurationOf([azure])

  it.each([
    ['gpt-4.1', 'gpt-4.1'],
    ['GPT-4.1', 'gpt-4.1'],
    ['azure/gpt-4.1', 'gpt-4.1'],
    ['openai/gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-5-pro-2025-10-06', 'gpt-5-pro'],
    ['anthropic/claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['claude-opus-5[1m]', 'claude-opus-5'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['gpt-3.5-turbo', 'gpt-35-turbo'],
    ['gpt-3.5-turbo-16k', 'gpt-35-turbo-16k'],
    ['gpt-chat-latest', 'gpt-chat-latest'],
    ['computer-use-preview', 'computer-use-preview'],
    ['DeepSeek-R1', 'DeepSeek-R1'],
    ['Prod-Chat', 'Prod-Chat'],
  ])('reads %s as the deployment %s', (asked, expected) => {
    expect(deployment(open, asked)).toBe(expected)
  })

  it('looks the full name up before any shortened one', () => {
    const configuration = configurationOf([
      { ...azure, model_deployments: { 'gpt-4o': 'short', 'gpt-4o-2024-08-06': 'full' } },
    ])
    expect(deployment(configuration, 'gpt-4o-2024-08-06')).toBe('full')
    expect(deployment(configuration, 'GPT-4o-2024-08-06')).toBe('full')
    expect(deployment(configuration, 'gpt-4o-2024-05-13')).toBe('short')
    expect(deployment(configuration, 'azure/gpt-4o')).toBe('short')
  })

  it('finds a Claude that was configured in the other spelling, and one by its moving name', () => {
    const configuration = configurationOf([
      { ...azure, model_deployments: { 'claude-sonnet-4.5': 'sonnet', 'claude-opus-4-5': 'opus' } },
    ])
    expect(deployment(configuration, 'claude-sonnet-4-5-20250929')).toBe('sonnet')
    expect(deployment(configuration, 'claude-opus-4.5-latest')).toBe('opus')
  })

  it('leaves the names of other vendors and servers as they are', () => {
    const name = 'openai/gpt-oss-120b:free'
    expect(deployment(configurationOf([{ name: 'g', provider_type: 'generic', api_base: 'http://h/v1' }]), name)).toBe(
      name,
    )
    const vendor = configurationOf([{ name: 'a', provider_type: 'anthropic', api_base: 'https://api.anthropic.com' }])
    expect(deployment(vendor, 'anthropic/claude-sonnet-4-5-20250929[1m]')).toBe('claude-sonnet-4-5-20250929')
  })
})

describe('exact names', () => {
  const listed = configurationOf([
    { ...azure, supported_models: ['gpt-4o', 'Mine'], model_deployments: { mine: 'prod' } },
  ])

  it('takes listed names in any case, and no others', () => {
    expect(deployment(listed, 'GPT-4O')).toBe('gpt-4o')
    expect(deployment(listed, 'mine')).toBe('prod')
    expect(deployment(listed, 'azure/gpt-4o')).toBe('gpt-4o')
    expect(resolve('gpt-4o-2024-08-06', 'chat', listed).error).toMatchObject({ status: 404, code: 'model_not_found' })
  })

  it('reads a list flexibly when told so', () => {
    const configuration = configurationOf([{ ...azure, supported_models: ['gpt-4o'], matching: 'flexible' }])
    expect(deployment(configuration, 'gpt-4o-2024-08-06')).toBe('gpt-4o')
    expect(resolve('gpt-5', 'chat', configuration).error?.status).toBe(404)
  })

  it('takes only mapped names when exact without a list', () => {
    const configuration = configurationOf([{ ...azure, matching: 'exact', model_deployments: { a: 'one' } }])
    expect(deployment(configuration, 'A')).toBe('one')
    expect(resolve('b', 'chat', configuration).error?.status).toBe(404)
  })
})

describe('mapping rules', () => {
  const two = [azure, { name: 'sweden', api_base: 'https://sweden.services.ai.azure.com' }]

  it('takes the first that matches, whatever the case', () => {
    const configuration = configurationOf(two, [
      { model: 'claude-haiku-*', deployment: 'haiku' },
      { model: 'Claude-Sonnet-*', instances: ['sweden'], deployment: 'claude-sonnet-5-5' },
      { model: '*', deployment: 'rest' },
    ])
    expect(resolve('azure/claude-sonnet-4-5-20250929', 'chat', configuration).decision).toMatchObject({
      rule: 1,
      target: { instance: 'sweden', deployment: 'claude-sonnet-5-5', baseModel: 'claude-sonnet-5-5', api: 'messages' },
    })
    expect(deployment(configuration, 'whatever')).toBe('rest')
  })

  it('prefers a later rule for the full name to an earlier one for the shortened name', () => {
    const configuration = configurationOf(two, [
      { model: 'gpt-4o', deployment: 'moving' },
      { model: 'gpt-4o-2024-08-06', deployment: 'pinned' },
    ])
    expect(deployment(configuration, 'gpt-4o-2024-08-06')).toBe('pinned')
    expect(deployment(configuration, 'gpt-4o-2024-05-13')).toBe('moving')
  })

  it('asks the instances of a rule in its order, whatever their priority and lists', () => {
    const configuration = configurationOf(
      [
        { ...azure, priority: 1 },
        { ...two[1]!, priority: 9, supported_models: ['other'] },
      ],
      [{ model: 'gpt-5', instances: ['sweden', 'contoso'] }],
    )
    expect(target(configuration, 'gpt-5')).toMatchObject({ instance: 'sweden', deployment: 'gpt-5' })
  })

  it('passes over instances of a rule that are off or gone, and says when none is left', () => {
    const off = { ...two[1]!, enabled: false }
    const rule = { model: 'gpt-5', instances: ['gone', 'sweden'] }
    const withOther = configurationOf([azure, off], [{ ...rule, instances: [...rule.instances, 'contoso'] }])
    expect(target(withOther, 'gpt-5')?.instance).toBe('contoso')
    const without = resolve('gpt-5', 'chat', configurationOf([azure, off], [rule]))
    expect(without.error).toMatchObject({ status: 503, code: 'proxy_no_instance' })
    expect(without.decision.rule).toBe(0)
    expect(without.decision.steps.map((step) => step.text)).toContain('Instance sweden is switched off')
  })

  it('lets a mapped deployment be served where the instance lists the deployment', () => {
    const configuration = configurationOf(
      [{ ...azure, supported_models: ['gpt-5-mini'] }],
      [{ model: 'gpt-3.5-turbo', deployment: 'gpt-5-mini' }],
    )
    expect(deployment(configuration, 'gpt-3.5-turbo')).toBe('gpt-5-mini')
  })

  it('obeys the API that a rule names', () => {
    const configuration = configurationOf(two, [{ model: 'claude-*', api: 'chat', deployment: 'c' }])
    expect(target(configuration, 'claude-opus-5', 'messages')?.api).toBe('chat')
  })
})

describe('the choice of instance', () => {
  it('goes by priority, lower first, then by the configured order', () => {
    const instances = [
      { ...azure, name: 'c', priority: 5 },
      { ...azure, name: 'a', priority: 1, enabled: false },
      { ...azure, name: 'b', priority: 2 },
      { ...azure, name: 'd', priority: 2 },
    ]
    expect(target(configurationOf(instances), 'gpt-5')?.instance).toBe('b')
  })

  it('prefers, at the same priority, the one that is configured with the name', () => {
    const instances = [
      { ...azure, name: 'any' },
      { ...azure, name: 'named', model_deployments: { 'gpt-5': 'prod' } },
    ]
    expect(target(configurationOf(instances), 'gpt-5')).toMatchObject({ instance: 'named', deployment: 'prod' })
    expect(target(configurationOf(instances), 'gpt-4o')?.instance).toBe('any')
  })

  it('says so when no instance is on', () => {
    expect(resolve('gpt-5', 'chat', configurationOf([{ ...azure, enabled: false }])).error).toMatchObject({
      status: 503,
      code: 'proxy_no_instance',
    })
  })
})

describe('the base model', () => {
  it('comes from the rule, then the instance, then the deployment’s name, then the asked name', () => {
    const instance = { ...azure, base_models: { 'Prod-Chat': 'gpt-5' }, model_deployments: { 'gpt-4.1': 'blue' } }
    const configuration = configurationOf(
      [instance],
      [
        { model: 'ruled', deployment: 'prod-chat', base_model: 'claude-opus-5' },
        { model: 'told', deployment: 'prod-chat' },
        { model: 'gpt-4o', deployment: 'gpt-5-mini-2025-08-07' },
      ],
    )
    expect(target(configuration, 'ruled')).toMatchObject({ baseModel: 'claude-opus-5', api: 'messages' })
    expect(target(configuration, 'told')?.baseModel).toBe('gpt-5')
    expect(target(configuration, 'gpt-4o')?.baseModel).toBe('gpt-5-mini')
    expect(target(configuration, 'gpt-4.1')?.baseModel).toBe('gpt-4.1')
    expect(resolve('blue', 'chat', configuration).decision.steps.at(-2)).toMatchObject({ verdict: 'warn' })
  })
})

describe('the upstream API', () => {
  const open = configurationOf([azure])
  const spoken = new Set(['chat', 'messages', 'responses'] as const)

  it.each([
    ['gpt-4.1', 'chat', 'chat'],
    ['gpt-4.1', 'responses', 'responses'],
    ['gpt-4.1', 'messages', 'chat'],
    ['gpt-5.1', 'chat', 'chat'],
    ['o3', 'chat', 'responses'],
    ['o4-mini', 'messages', 'responses'],
    ['gpt-5-codex', 'chat', 'responses'],
    ['claude-sonnet-4-5', 'chat', 'messages'],
    ['claude-sonnet-4-5', 'responses', 'messages'],
    ['unheard-of', 'messages', 'chat'],
  ] as const)('for %s and a caller of %s is %s', (model, dialect, api) => {
    expect(resolve(model, dialect, open, { spoken }).route?.api).toBe(api)
  })

  it('is Responses for models that do best or answer only there', () => {
    expect(resolve('o3', 'chat', open).route?.api).toBe('responses')
    expect(resolve('gpt-5-codex', 'messages', open).route?.api).toBe('responses')
    expect(resolve('gpt-5', 'responses', open).route?.api).toBe('responses')
    expect(resolve('gpt-5', 'messages', open).route?.api).toBe('chat')
  })

  it('is Chat where Responses is not spoken, with a warning where the model may refuse it', () => {
    const spoken = new Set(['chat', 'messages'] as const)
    expect(resolve('o3', 'chat', open, { spoken }).route?.api).toBe('chat')
    const codex = resolve('gpt-5-codex', 'chat', open, { spoken })
    expect(codex.route?.api).toBe('chat')
    expect(codex.decision.steps.at(-1)).toMatchObject({ verdict: 'warn' })
  })

  it('is what the other end speaks, where that is not Azure', () => {
    const generic = configurationOf([{ name: 'g', provider_type: 'generic', api_base: 'http://h/v1' }])
    expect(target(generic, 'claude-opus-5', 'messages')?.api).toBe('chat')
    const vendor = configurationOf([{ name: 'o', provider_type: 'openai', api_base: 'https://api.openai.com' }])
    expect(target(vendor, 'gpt-4o', 'messages')?.api).toBe('chat')
  })
})

describe('the simulator', () => {
  it('serves any name while it is the only instance', () => {
    expect(target(simulatorOnly(), 'no-such-model')).toMatchObject({
      instance: 'simulator',
      deployment: 'no-such-model',
    })
    expect(target(simulatorOnly(), 'claude-sonnet-4-5-20250929')).toMatchObject({
      deployment: 'claude-sonnet-4-5',
      api: 'messages',
    })
  })

  it('serves only its own names beside others', () => {
    const configuration = configurationOf([
      { name: 'sim', provider_type: 'simulator' },
      { ...azure, supported_models: ['mine'] },
    ])
    expect(target(configuration, 'gpt-5.1')?.instance).toBe('sim')
    expect(resolve('gpt-99', 'chat', configuration).error?.code).toBe('model_not_found')
  })
})

describe('the explanation', () => {
  it('tells each step in plain sentences', () => {
    const configuration = configurationOf(
      [{ name: 'foundry-eastus2', api_base: 'https://c.services.ai.azure.com' }, azure],
      [
        { model: 'claude-haiku-*', deployment: 'claude-haiku-5-5' },
        { model: 'gpt-5.5*', deployment: 'gpt-5-5-prod' },
        { model: 'claude-sonnet-*', instances: ['foundry-eastus2'], deployment: 'claude-sonnet-5-5' },
        { model: '*' },
      ],
    )
    expect(resolve('azure/claude-sonnet-4-5-20250929', 'chat', configuration).decision.steps).toEqual([
      { verdict: 'ok', text: 'Name read as claude-sonnet-4-5', why: 'azure/ and -20250929 taken off' },
      { verdict: 'skip', text: 'Rules 1 and 2 do not match', why: 'claude-haiku-*, gpt-5.5*' },
      {
        verdict: 'ok',
        text: 'Rule 3 matches claude-sonnet-*',
        why: 'First match wins; rule 4 would match too',
      },
      { verdict: 'ok', text: 'Instance foundry-eastus2', why: 'The only one in the rule' },
      { verdict: 'ok', text: 'Deployment claude-sonnet-5-5', why: 'Written in rule 3' },
      { verdict: 'ok', text: 'Base model claude-sonnet-5-5', why: 'Read from the deployment’s name' },
      {
        verdict: 'ok',
        text: 'Upstream API Messages',
        why: 'Base model is a Claude; callers of Chat are translated',
      },
    ])
  })

  it('names the nearest known names and the way to map an unknown one', () => {
    const configuration = configurationOf([
      { ...azure, supported_models: ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-large'] },
    ])
    const { error, decision, route } = resolve('gpt-4p', 'chat', configuration)
    expect(route).toBeUndefined()
    expect(decision.target).toBeUndefined()
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
    expect(error?.message).toBe('No instance serves the model "gpt-4p".')
    expect(error?.fix).toMatch(/^Did you mean gpt-4o\? To serve this name, add a rule/)
    expect(decision.steps).toContainEqual({
      verdict: 'skip',
      text: 'Instance contoso does not serve the name',
      why: 'It lists gpt-4o, gpt-4o-mini, text-embedding-3-large only',
    })
    expect(decision.steps.at(-1)).toEqual({ verdict: 'error', text: error?.message, why: error?.fix })
  })
})

describe('names as data', () => {
  const open = configurationOf([azure])

  it.each([
    ['', 'is empty'],
    ['  ', 'is empty'],
    ['x'.repeat(10_000), 'longer than 256'],
    ['gpt\r\nHost: evil', 'control characters'],
    ['gpt\u0000', 'control characters'],
    ['gpt\u202e4', 'control characters'],
    ['\ud800', 'control characters'],
    ['..', 'is not a name'],
    ['azure/..', 'is not a name'],
  ])('refuses %j', (name, why) => {
    const { error, decision } = resolve(name, 'chat', open)
    expect(error).toMatchObject({ status: 400, code: 'invalid_model_name' })
    expect(error?.message).toContain(why)
    expect(decision.askedModel.length).toBeLessThan(100)
  })

  it('keeps slashes, dots and query signs as part of the name', () => {
    expect(deployment(open, '../../etc/passwd?x#y%2f')).toBe('../../etc/passwd?x#y%2f')
  })

  it('always answers with a valid decision and either a route or an error', () => {
    const piece = fc.constantFrom(
      'gpt-4o',
      'claude-',
      '4-5',
      '-20250929',
      '[1m]',
      'azure/',
      'openai/',
      '*',
      '..',
      '@20250929',
      ':',
      '__proto__',
      '-latest',
    )
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
    )
    const configuration = configurationOf(
      [
        { ...azure, supported_models: ['a'] },
        { ...azure, name: 'b' },
      ],
      [{ model: 'gpt-*-*o' }, { model: '*latest', deployment: '__proto__' }],
    )
    fc.assert(
      fc.property(name, fc.constantFrom('chat', 'responses', 'messages'), (asked, dialect) => {
        const { decision, route, error } = resolve(asked, dialect, configuration)
        Decision.parse(decision)
        expect(route === undefined).toBe(error !== undefined)
        expect(decision.target === undefined).toBe(route === undefined)
        expect(decision.steps.length).toBeGreaterThan(0)
      }),
      { numRuns: 1000 },
    )
  })
})
