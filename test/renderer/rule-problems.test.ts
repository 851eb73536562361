import { describe, expect, test } from 'vitest'
import { Rule } from '../../shared/config.ts'
import { coversPattern } from '../../shared/model-pattern.ts'
import type { ServedDeployment } from '../../shared/model-facts.ts'
import { ruleProblems, type KnownPlaces } from '../../renderer/pages/models/rule-problems.ts'

const rule = (model: string, more: Partial<Rule> = {}): Rule => Rule.parse({ model, ...more })
const deployment = (instance: string, name: string, listed: boolean | undefined): ServedDeployment => ({
  instance,
  deployment: name,
  baseModel: name,
  api: 'chat',
  names: [],
  ...(listed === undefined ? {} : { listed }),
  simulated: false,
  facts: [],
  probe: { requests: 0, inputTokens: 0, outputTokens: 0 },
})
const places: KnownPlaces = {
  instances: [
    { name: 'east', enabled: true },
    { name: 'west', enabled: true },
    { name: 'old', enabled: false },
  ],
  deployments: [deployment('east', 'o4-mini-prod', true), deployment('east', 'gpt-5-prod', true)],
}
const said = (rules: Rule[], known = places): (string | undefined)[] =>
  ruleProblems(rules, known).map(([first]) => first?.message)

describe('rules that do not do what they seem to', () => {
  test.each([
    ['gpt-*', 'gpt-5*', true],
    ['gpt-5*', 'gpt-*', false],
    ['*', 'anything*at*all', true],
    ['*', '*', true],
    ['gpt-*-mini', 'gpt-5*-mini', true],
    ['gpt-*-mini', 'gpt-5*', false],
    ['a*b*c', 'a*c', false],
    ['GPT-5', 'gpt-5', true],
    ['gpt-5', 'gpt-*', false],
  ])('%s covers %s: %s', (wide, narrow, expected) => {
    expect(coversPattern(wide, narrow)).toBe(expected)
  })

  test('one behind a wider pattern is never reached, and moves in front of it', () => {
    const problems = ruleProblems([rule('claude-*'), rule('gpt-*'), rule('gpt-5-mini')], places)
    expect(problems.slice(0, 2)).toEqual([[], []])
    expect(problems[2]).toEqual([
      {
        field: 'model',
        message: 'Never reached: rule 2 (gpt-*) comes first and matches all of it.',
        fix: { label: 'Move above rule 2', moveTo: 1 },
      },
    ])
  })

  test('a second one of the same name is never reached', () => {
    expect(said([rule('gpt-5'), rule('GPT-5')])).toEqual([undefined, 'Never reached: rule 1 is for the same name.'])
  })

  test('an instance that is not there, with the one that was meant; one that is off', () => {
    const [problems] = ruleProblems([rule('a', { instances: ['easst', 'west'] })], places)
    expect(problems?.[0]).toMatchObject({
      field: 'instances',
      message: 'There is no instance easst.',
      fix: { label: 'Use east', rule: { instances: ['east', 'west'] } },
    })
    expect(said([rule('a', { instances: ['old'] })])).toEqual(['old is switched off.'])
    expect(said([rule('a', { instances: ['EAST'] })])).toEqual([undefined])
  })

  test('a deployment that its resource does not list, with the nearest that it does', () => {
    const [problems] = ruleProblems([rule('a', { instances: ['east'], deployment: 'o4-mini-prd' })], places)
    expect(problems?.[0]).toMatchObject({
      field: 'deployment',
      message: 'east has no deployment o4-mini-prd.',
      fix: { label: 'Use o4-mini-prod', rule: { deployment: 'o4-mini-prod' } },
    })
  })

  test('nothing is said where a resource could not be asked, or before anything is known', () => {
    expect(said([rule('a', { instances: ['west'], deployment: 'whatever' })])).toEqual([undefined])
    expect(said([rule('a', { deployment: 'whatever' })])).toEqual([undefined])
    const nothing = { instances: [], deployments: undefined }
    expect(said([rule('a', { instances: ['nobody'], deployment: 'x' })], nothing)).toEqual([undefined])
  })
})
