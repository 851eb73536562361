import { describe, expect, test } from 'vitest'
import { priceRows } from '../../../electron/core/models/price-rows.ts'
import { priced, priceOf, type PricedModel } from '../../../electron/core/models/prices.ts'
import type { Usage } from '../../../shared/exchange.ts'

const now = Date.UTC(2026, 10, 21)
const million = 1_000_000

/** Cost in dollars, without the last digits of floating point. */
const cost = (usage: Usage, model: string | PricedModel, at = now, own?: Parameters<typeof priced>[3]) => {
  const usd = priced(usage, typeof model === 'string' ? { baseModel: model } : model, at, own)?.total
  return usd === undefined ? undefined : Number(usd.toFixed(9))
}

describe('the price list', () => {
  test.each([
    ['gpt-4o', 2.5, 1.25, 10],
    ['gpt-4o-mini', 0.15, 0.075, 0.6],
    ['gpt-4.1', 2, 0.5, 8],
    ['gpt-4.1-mini', 0.4, 0.1, 1.6],
    ['gpt-4.1-nano', 0.1, 0.025, 0.4],
    ['gpt-5', 1.25, 0.125, 10],
    ['gpt-5-codex', 1.25, 0.125, 10],
    ['gpt-5.1', 1.25, 0.125, 10],
    ['gpt-5-mini', 0.25, 0.025, 2],
    ['gpt-5.1-codex-mini', 0.25, 0.025, 2],
    ['gpt-5-nano', 0.05, 0.005, 0.4],
    ['gpt-5-pro', 15, undefined, 120],
    ['gpt-5.2', 1.75, 0.175, 14],
    ['gpt-5.2-codex', 1.75, 0.175, 14],
    ['gpt-5.3-codex', 1.75, 0.175, 14],
    ['gpt-5.4', 2.5, 0.25, 15],
    ['gpt-5.4-mini', 0.75, 0.075, 4.5],
    ['gpt-5.4-nano', 0.2, 0.02, 1.25],
    ['gpt-5.4-pro', 30, undefined, 180],
    ['gpt-5.5', 5, 0.5, 30],
    ['gpt-5.6-sol', 5, 0.5, 30],
    ['gpt-5.6-terra', 2, 0.2, 12],
    ['gpt-5.6-luna', 0.2, 0.02, 1.2],
    ['o1', 15, 7.5, 60],
    ['o3', 2, 0.5, 8],
    ['o3-mini', 1.1, 0.55, 4.4],
    ['o4-mini', 1.1, 0.275, 4.4],
    ['codex-mini', 1.5, 0.375, 6],
    ['gpt-image-1', 5, 1.25, 40],
    ['gpt-image-1.5', 5, 1.25, 32],
    ['gpt-image-2', 5, 1.25, 30],
    ['text-embedding-3-large', 0.13, undefined, undefined],
    ['text-embedding-3-small', 0.02, undefined, undefined],
    ['text-embedding-ada-002', 0.1, undefined, undefined],
    ['DeepSeek-R1', 1.35, undefined, 5.4],
    ['DeepSeek-V3.2', 0.58, undefined, 1.68],
    ['deepseek-v4-pro', 1.74, undefined, 3.48],
    ['deepseek-v4-flash', 0.19, undefined, 0.51],
    ['grok-4-1-fast-reasoning', 0.2, 0.05, 0.5],
    ['grok-4-20', 2, undefined, 6],
    ['Llama-3.3-70B-Instruct', 0.71, undefined, 0.71],
    ['Llama-4-Maverick-17B-128E-Instruct-FP8', 0.25, undefined, 1],
    ['mistral-medium-2505', 0.4, undefined, 2],
    ['mistral-small-2503', 0.1, undefined, 0.3],
    ['Kimi-K2.5', 0.6, undefined, 3],
    ['kimi-k2.6', 0.95, undefined, 4],
    ['Phi-4', 0.125, undefined, 0.5],
    ['cohere-command-a', 2.5, undefined, 10],
    ['claude-fable-5-1', 10, 0.25, 50],
    ['claude-fable-5', 10, 1, 50],
    ['claude-opus-5-5', 4, 0.2, 20],
    ['claude-opus-5', 5, 0.5, 25],
    ['claude-opus-4-8', 5, 0.5, 25],
    ['claude-opus-4.5', 5, 0.5, 25],
    ['claude-sonnet-5-5', 2, 0.1, 10],
    ['claude-sonnet-5', 2, 0.2, 10],
    ['claude-sonnet-4-6', 3, 0.3, 15],
    ['claude-sonnet-4-5', 3, 0.3, 15],
    ['claude-haiku-5-5', 0.1, 0.01, 0.5],
    ['claude-haiku-4-5', 1, 0.1, 5],
  ])('%s costs %d for input, %d cached, %d for output', (model, input, cached, output) => {
    const price = priceOf(model, now, 1000)
    expect([price?.input, price?.cached, price?.output]).toEqual([input, cached, output])
  })

  test('every row tells when and where it was read, and no model has two prices at once', () => {
    const seen = new Set<string>()
    for (const row of priceRows) {
      expect(row.asOf).toMatch(/^2026-\d\d-\d\d$/)
      expect(row.source).not.toBe('')
      if (row.from !== undefined) expect(new Date(row.from).toISOString().slice(0, 10)).toBe(row.from)
      for (const name of row.models) {
        const key = `${name} ${row.from ?? ''} ${row.above ?? ''}`
        expect(seen.has(key), key).toBe(false)
        seen.add(key)
      }
    }
  })

  test.each(['gpt-4o-audio-preview', 'gpt-5.9', 'gpt-5.4-turbo', 'claude-opus-6', 'my-deployment', ''])(
    'what is not listed is unpriced, however much it looks like something that is: %s',
    (model) => expect(cost({ input: 1000, output: 1000 }, model)).toBeUndefined(),
  )

  test.each([
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['anthropic/claude-sonnet-4-5-20250929[1m]', 'claude-sonnet-4-5'],
    ['openai/GPT-5.1-2025-11-13', 'gpt-5.1'],
    ['codex-mini-latest', 'codex-mini'],
  ])('%s costs as much as %s', (model, plain) => {
    expect(priceOf(model, now, 1)).toBe(priceOf(plain, now, 1))
    expect(priceOf(model, now, 1)).toBeDefined()
  })
})

describe('the cost of an exchange', () => {
  test('cached tokens are part of the input, not beside it', () => {
    // 4,668 fresh at 5, 33,536 cached at 0.5, 611 out at 30.
    expect(cost({ input: 38_204, cached: 33_536, output: 611 }, 'gpt-5.5')).toBe(0.058438)
    expect(cost({ input: million, output: million }, 'gpt-5.1')).toBe(11.25)
  })

  test('without a discount, cached tokens cost as much as fresh ones', () => {
    expect(cost({ input: 1000, cached: 600, output: 0 }, 'gpt-5-pro')).toBe(0.015)
  })

  test('writing to the cache costs more, for an hour still more', () => {
    const usage = { input: 10_000, cached: 2000, cacheWrite: 5000, output: 1000 }
    // 3,000 at 5, 2,000 at 0.5, 5,000 at 6.25, 1,000 at 25.
    expect(cost(usage, 'claude-opus-5')).toBe(0.07225)
    // Of the 5,000, 4,000 at 10.
    expect(cost({ ...usage, cacheWrite1h: 4000 }, 'claude-opus-5')).toBe(0.08725)
    // No price for a write: it is input.
    expect(cost({ input: 1000, cacheWrite: 1000, output: 0 }, 'gpt-4.1')).toBe(0.002)
  })

  test.each([
    ['gpt-5.4', 272_000, 0.68, 272_001, 1.360005],
    ['gpt-5.4-pro', 272_000, 8.16, 272_001, 16.32006],
    ['gpt-5.5', 272_000, 1.36, 272_001, 2.72001],
    ['gpt-5.6-terra', 272_000, 0.544, 272_001, 1.088004],
    ['claude-haiku-5-5', 100_000, 0.01, 100_001, 0.0500005],
  ])('a long prompt of %s costs more, from its first token on', (model, short, low, long, high) => {
    expect(cost({ input: short, output: 0 }, model)).toBe(low)
    expect(cost({ input: long, output: 0 }, model)).toBe(high)
  })

  test('the length of a prompt includes what is cached, and the output of a long one costs more too', () => {
    expect(cost({ input: 300_000, cached: 300_000, output: 1000 }, 'gpt-5.5')).toBe(0.345)
  })

  test.each([
    ['gpt-5.6-luna', '2026-07-29T23:59:59Z', 7, '2026-07-30T00:00:00Z', 1.4],
    ['gpt-5.6-terra', '2026-07-29T23:59:59Z', 17.5, '2026-07-30T00:00:00Z', 14],
    ['claude-sonnet-5-5', '2026-10-06T23:59:59Z', 10.2, '2026-10-07T00:00:00Z', 10.1],
  ])('%s has the price of its day', (model, before, old, after, current) => {
    const million1 = { input: 100_000, output: 100_000 }
    const cached = model.startsWith('claude') ? { cached: 100_000 } : {}
    expect(cost({ ...million1, ...cached }, model, Date.parse(before))).toBeCloseTo(old / 10)
    expect(cost({ ...million1, ...cached }, model, Date.parse(after))).toBeCloseTo(current / 10)
  })

  test('a model has no price before its first day', () => {
    expect(cost({ input: 1, output: 1 }, 'claude-haiku-5-5', Date.parse('2026-10-06'))).toBeUndefined()
  })

  test('a missing count makes it unpriced, but an embedding has no output', () => {
    expect(cost({ output: 10 }, 'gpt-5')).toBeUndefined()
    expect(cost({ input: 10 }, 'gpt-5')).toBeUndefined()
    expect(cost({}, 'gpt-5')).toBeUndefined()
    expect(cost({ input: million }, 'text-embedding-3-small')).toBe(0.02)
  })

  test('a router costs what the model costs that answered, and its fee on the input', () => {
    const usage = { input: million, cached: 500_000, output: million }
    expect(cost(usage, { baseModel: 'model-router', answered: 'gpt-5-nano-2025-08-07' })).toBe(0.5675)
    expect(cost(usage, 'model-router')).toBeUndefined()
    expect(cost(usage, { baseModel: 'model-router', answered: 'nobody-knows' })).toBeUndefined()
  })

  test('of a deployment whose model is not known, the answer tells the model', () => {
    const usage = { input: million, output: 0 }
    expect(cost(usage, { baseModel: 'prod-chat', answered: 'gpt-4.1-2025-04-14' })).toBe(2)
    expect(cost(usage, { baseModel: 'gpt-4.1', answered: 'gpt-4o' })).toBe(2)
  })

  test('its parts add up to the total, and it names the price', () => {
    const usage = { input: 10_000, cached: 2000, cacheWrite: 5000, output: 1000 }
    const found = priced(usage, { baseModel: 'claude-opus-5' }, now)
    expect(found).toMatchObject({ model: 'claude-opus-5', asOf: '2026-11-20', fee: 0 })
    const { total, input, cached, cacheWrite, output } = found ?? expect.fail('unpriced')
    expect(input + cached + cacheWrite + output).toBeCloseTo(total, 12)
  })
})

describe('prices of one’s own', () => {
  const usage = { input: million, cached: 500_000, output: million }
  const at = { baseModel: 'gpt-5.1', instance: 'east', deployment: 'gpt-5-prod' }

  test('the most special name wins: instance and deployment, deployment, model', () => {
    const own = { 'gpt-5.1': { input: 1 }, 'GPT-5-Prod': { input: 3 }, 'east/gpt-5-prod': { input: 5 } }
    // Cached and output stay as listed: 0.0625 + 10.
    expect(cost(usage, at, now, own)).toBe(12.5625)
    expect(cost(usage, { ...at, instance: 'west' }, now, own)).toBe(11.5625)
    expect(cost(usage, { ...at, deployment: 'other' }, now, own)).toBe(10.5625)
    expect(cost(usage, 'gpt-5.1-2025-11-13', now, own)).toBe(10.5625)
  })

  test('a model that is not listed gets a price, also none at all', () => {
    const own = { 'my-llama': { input: 0.5, output: 1 }, free: { input: 0, output: 0 }, half: { output: 1 } }
    expect(cost(usage, 'my-llama', now, own)).toBe(1.5)
    expect(cost(usage, 'free', now, own)).toBe(0)
    expect(cost(usage, 'half', now, own)).toBeUndefined()
    expect(priced(usage, { baseModel: 'my-llama' }, now, own)).toMatchObject({
      model: 'my-llama',
      source: 'configuration',
    })
  })

  test('what is set for cache writes counts, for an hour too unless that is set on its own', () => {
    const written = { input: million, cacheWrite: million, cacheWrite1h: 500_000, output: 0 }
    expect(cost(written, 'gpt-4.1', now, { 'gpt-4.1': { cache_write: 4 } })).toBe(4)
    expect(cost(written, 'gpt-4.1', now, { 'gpt-4.1': { cache_write: 4, cache_write_1h: 6 } })).toBe(5)
  })

  test('set for a router, the input is paid without a fee; set for the model that answered, with it', () => {
    const router = { baseModel: 'model-router', answered: 'gpt-4.1' }
    const plain = { input: million, output: 0 }
    expect(cost(plain, router, now, { 'model-router': { input: 1 } })).toBe(1)
    expect(cost(plain, router, now, { 'gpt-4.1': { input: 1 } })).toBe(1.14)
  })
})
