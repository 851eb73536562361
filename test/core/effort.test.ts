import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effortFor, thinkingFor } from '../../electron/core/effort.ts'
import type { Effort } from '../../electron/core/hub.ts'

const budgetFamily = { efforts: [], thinking: 'budget', thinkingOptional: true, outputCap: 64_000 } as const
const adaptiveFamily = {
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  thinking: 'adaptive',
  thinkingOptional: true,
  outputCap: 128_000,
} as const
const middleFamily = { ...adaptiveFamily, efforts: ['low', 'medium', 'high', 'max'], thinking: 'both' } as const
const gpt5 = {
  efforts: ['minimal', 'low', 'medium', 'high'],
  thinking: 'none',
  thinkingOptional: true,
} as const satisfies { efforts: Effort[]; thinking: string; thinkingOptional: boolean }
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

describe('from effort to thinking', () => {
  test.each([
    ['minimal', 1024],
    ['low', 2048],
    ['medium', 8192],
    ['high', 16_384],
    ['xhigh', 32_768],
    ['max', 51_200],
  ] as const)('%s is a budget of %i tokens where Claude thinks by budget', (effort, budget) => {
    const plan = thinkingFor({ dialect: 'chat', effort }, budgetFamily, 64_000)
    expect(plan).toEqual({ thinking: { mode: 'enabled', budget }, maxTokens: 64_000, losses: [] })
  })

  test.each([
    ['minimal', 'low'],
    ['low', 'low'],
    ['medium', 'medium'],
    ['high', 'high'],
    ['xhigh', 'xhigh'],
    ['max', 'max'],
  ] as const)('%s is adaptive thinking with effort %s where Claude decides itself', (effort, expected) => {
    const plan = thinkingFor({ dialect: 'chat', effort }, adaptiveFamily, 32_000)
    expect(plan).toEqual({ thinking: { mode: 'adaptive' }, effort: expected, maxTokens: 32_000, losses: [] })
  })

  test('xhigh becomes high where the family lacks it, declared', () => {
    const plan = thinkingFor({ dialect: 'responses', effort: 'xhigh' }, middleFamily, 32_000)
    expect(plan).toMatchObject({ thinking: { mode: 'adaptive' }, effort: 'high' })
    expect(plan.losses).toMatchObject([{ path: 'reasoning.effort', kind: 'degraded' }])
  })

  test('none leaves thinking out, and a model that always thinks gets the least effort', () => {
    expect(thinkingFor({ dialect: 'chat', effort: 'none' }, adaptiveFamily, 4096)).toEqual({
      maxTokens: 4096,
      losses: [],
    })
    const plan = thinkingFor({ dialect: 'chat', effort: 'none' }, { ...adaptiveFamily, thinkingOptional: false }, 4096)
    expect(plan).toMatchObject({ effort: 'low', losses: [{ path: 'reasoning_effort', kind: 'degraded' }] })
    expect(plan.thinking).toBeUndefined()
  })

  test('the output limit is raised to make room for the budget', () => {
    const plan = thinkingFor({ dialect: 'chat', effort: 'high', maxTokens: 4096 }, budgetFamily, 4096)
    expect(plan).toMatchObject({ thinking: { mode: 'enabled', budget: 16_384 }, maxTokens: 17_408 })
    expect(plan.losses).toMatchObject([{ path: 'max_completion_tokens', kind: 'degraded' }])
  })

  test('the budget shrinks when the cap leaves no more room', () => {
    const small = { ...budgetFamily, outputCap: 8192 }
    const plan = thinkingFor({ dialect: 'chat', effort: 'high', maxTokens: 8192 }, small, 8192)
    expect(plan).toMatchObject({ thinking: { mode: 'enabled', budget: 7168 }, maxTokens: 8192 })
    expect(plan.losses).toMatchObject([{ path: 'reasoning_effort', kind: 'degraded' }])
  })

  test('an output limit of 2047 tokens leaves no room for thinking', () => {
    const plan = thinkingFor({ dialect: 'chat', effort: 'low', maxTokens: 2047 }, budgetFamily, 2047)
    expect(plan.thinking).toBeUndefined()
    expect(plan).toMatchObject({ maxTokens: 2047, losses: [{ path: 'reasoning_effort', kind: 'dropped' }] })
  })

  test('a budget for a model that decides itself becomes effort', () => {
    const request = { dialect: 'messages', thinking: { mode: 'enabled', budget: 31_999 } } as const
    expect(thinkingFor(request, adaptiveFamily, 32_000)).toMatchObject({
      thinking: { mode: 'adaptive' },
      effort: 'xhigh',
      losses: [{ kind: 'carried' }],
    })
  })

  test('adaptive thinking for a model that wants a budget becomes one', () => {
    const request = { dialect: 'messages', thinking: { mode: 'adaptive' }, effort: 'medium' } as const
    expect(thinkingFor(request, budgetFamily, 32_000)).toMatchObject({ thinking: { mode: 'enabled', budget: 8192 } })
  })

  test('effort without thinking from a Messages client switches no thinking on', () => {
    expect(thinkingFor({ dialect: 'messages', effort: 'medium' }, adaptiveFamily, 4096)).toEqual({
      effort: 'medium',
      maxTokens: 4096,
      losses: [],
    })
  })

  test('a budget is never below 1024 nor within 1024 of the output limit', () => {
    const wishes = fc.oneof(
      fc.record({ effort: fc.constantFrom(...efforts) }),
      fc.record({ thinking: fc.record({ mode: fc.constant('enabled' as const), budget: fc.integer({ min: 0 }) }) }),
    )
    fc.assert(
      fc.property(
        wishes,
        fc.integer({ min: 1, max: 200_000 }),
        fc.boolean(),
        fc.constantFrom(4096, 32_000, 64_000, undefined),
        (wish, asked, explicit, cap) => {
          const { outputCap: _, ...family } = budgetFamily
          const profile = cap === undefined ? family : { ...family, outputCap: cap }
          const limit = Math.min(asked, cap ?? asked)
          const request = { dialect: 'chat' as const, ...wish, ...(explicit ? { maxTokens: limit } : {}) }
          const plan = thinkingFor(request, profile, limit)
          if (plan.thinking?.mode !== 'enabled') return
          expect(plan.thinking.budget).toBeGreaterThanOrEqual(1024)
          expect(plan.thinking.budget + 1024).toBeLessThanOrEqual(plan.maxTokens)
          if (cap !== undefined) expect(plan.maxTokens).toBeLessThanOrEqual(cap)
        },
      ),
    )
  })
})

describe('from thinking to effort', () => {
  test.each([
    [1024, 'low'],
    [2048, 'low'],
    [8192, 'medium'],
    [24_576, 'high'],
    [31_999, 'xhigh'],
  ] as const)('a budget of %i is %s', (budget, effort) => {
    const request = { dialect: 'messages', thinking: { mode: 'enabled', budget } } as const
    expect(effortFor(request, { ...gpt5, efforts })).toEqual({ effort, losses: [] })
  })

  test('no thinking means no effort: the default of the model applies', () => {
    expect(effortFor({ dialect: 'messages' }, gpt5)).toEqual({ losses: [] })
    expect(effortFor({ dialect: 'messages', thinking: { mode: 'disabled' }, effort: 'high' }, gpt5)).toEqual({
      losses: [],
    })
  })

  test('adaptive takes output_config.effort or nothing', () => {
    const adaptive = { dialect: 'messages', thinking: { mode: 'adaptive' } } as const
    expect(effortFor({ ...adaptive, effort: 'medium' }, gpt5)).toEqual({ effort: 'medium', losses: [] })
    expect(effortFor(adaptive, gpt5)).toEqual({ losses: [] })
  })

  test('none goes to the least effort of a model that lacks it, declared', () => {
    expect(effortFor({ dialect: 'chat', effort: 'none' }, gpt5)).toMatchObject({
      effort: 'minimal',
      losses: [{ path: 'reasoning_effort', kind: 'degraded' }],
    })
  })

  test('a model without effort drops it, declared under the name that the client used', () => {
    const request = { dialect: 'messages', thinking: { mode: 'adaptive' }, effort: 'high' } as const
    expect(effortFor(request, { ...gpt5, efforts: [] })).toMatchObject({
      losses: [{ path: 'thinking', kind: 'dropped' }],
    })
  })

  test('the effort that is sent is always one that the model takes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...efforts),
        fc.uniqueArray(fc.constantFrom(...efforts), { minLength: 1 }),
        (effort, taken) => {
          expect(taken).toContain(effortFor({ dialect: 'chat', effort }, { ...gpt5, efforts: taken }).effort)
        },
      ),
    )
  })
})
