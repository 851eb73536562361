import { expect, it } from 'vitest'
import { listModels } from '../../electron/routing/list-models.ts'
import { configurationOf, simulatorOnly } from './configuration-for-tests.ts'

it('lists the simulator’s models to talk with when nothing is configured', () => {
  const models = listModels(simulatorOnly())
  expect(models.map((model) => model.id)).toEqual([
    'gpt-5.1',
    'gpt-5-mini',
    'gpt-4.1-mini',
    'o4-mini',
    'claude-opus-5',
    'claude-sonnet-4-5',
    'claude-haiku-4-5',
  ])
  expect(models.every((model) => model.simulated && model.instance === 'simulator')).toBe(true)
  expect(models.find((model) => model.id === 'claude-opus-5')).toMatchObject({
    api: 'messages',
    baseModel: 'claude-opus-5',
  })
})

it('lists rules without a pattern, mapped names and listed names, each once and as it resolves', () => {
  const configuration = configurationOf(
    [
      {
        name: 'a',
        api_base: 'https://a.openai.azure.com',
        model_deployments: { 'gpt-4o': 'prod' },
        base_models: { prod: 'gpt-4o', blue: 'gpt-5' },
      },
      { name: 'b', api_base: 'https://b.openai.azure.com', priority: 1, supported_models: ['GPT-4o', 'gpt-4.1'] },
      { name: 'off', api_base: 'https://c.openai.azure.com', enabled: false, supported_models: ['gone'] },
    ],
    [
      { model: 'fast', instances: ['a'], deployment: 'blue' },
      { model: 'claude-*', deployment: 'c' },
    ],
  )
  expect(
    listModels(configuration).map(({ id, instance, deployment, baseModel }) => [id, instance, deployment, baseModel]),
  ).toEqual([
    ['fast', 'a', 'blue', 'gpt-5'],
    ['gpt-4o', 'b', 'GPT-4o', 'gpt-4o'],
    ['blue', 'a', 'blue', 'gpt-5'],
    ['gpt-4.1', 'b', 'gpt-4.1', 'gpt-4.1'],
  ])
})

it('leaves out a name whose rule leads nowhere', () => {
  const configuration = configurationOf(
    [{ name: 'a', api_base: 'https://a.openai.azure.com' }],
    [{ model: 'lost', instances: ['gone'] }],
  )
  expect(listModels(configuration)).toEqual([])
})
