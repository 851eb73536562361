import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesPattern } from '../../shared/model-pattern.ts'
import { azureSpelling, otherSpelling } from '../../electron/routing/model-aliases.ts'
import { nearestNames } from '../../shared/nearest-names.ts'

describe('patterns', () => {
  it.each([
    ['*', '', true],
    ['gpt-*', 'GPT-5', true],
    ['gpt-*', 'my-gpt-5', false],
    ['*-mini', 'o4-mini', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['gpt.4', 'gpt-4', false],
    ['a**b', 'ab', true],
  ])('%s against %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected)
  })

  it('match whatever a star was put in place of', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, middle, after) => {
        fc.pre(![before, middle, after].some((text) => text.includes('*')))
        expect(matchesPattern(`${before}*${after}`, before + middle + after)).toBe(true)
      }),
    )
  })

  it('take no more than linear time', () => {
    expect(matchesPattern(`${'a*'.repeat(128)}b`, 'a'.repeat(256))).toBe(false)
  })
})

describe('spellings', () => {
  it.each([
    ['claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['claude-3-5-sonnet', 'claude-3.5-sonnet'],
    ['gpt-35-turbo', 'gpt-3.5-turbo'],
    ['gpt-3.5-turbo-16k', 'gpt-35-turbo-16k'],
    ['claude-opus-5', undefined],
    ['gpt-4.1', undefined],
    ['claude-sonnet-4-20250514', undefined],
  ])('the other one of %s is %s', (name, other) => {
    expect(otherSpelling(name)).toBe(other)
  })

  it('of Azure is the same when it is Azure’s already', () => {
    for (const name of ['gpt-4.1', 'claude-sonnet-4-5', 'gpt-35-turbo', 'text-embedding-3-small']) {
      expect(azureSpelling(name)).toBe(name)
    }
  })
})

describe('nearest names', () => {
  it('come closest first and leave out far ones', () => {
    expect(nearestNames('gpt-41-mini', ['claude-opus-5', 'gpt-4.1', 'gpt-4.1-mini', 'o4-mini'])).toEqual([
      'gpt-4.1-mini',
      'o4-mini',
    ])
    expect(nearestNames('llama', ['claude-opus-5'])).toEqual([])
  })
})
