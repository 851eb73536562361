import { describe, expect, test } from 'vitest'
import type { JournalOptions } from '../../electron/journal/journal.ts'
import type { OwnPrices } from '../../shared/config.ts'
import { type Decision, ExchangeDetail, type ExchangeSummary } from '../../shared/exchange.ts'
import { beginExchange, chatEvent, journalIn } from './traffic.ts'

const usageEvent = 'data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}}\n\n'

describe('the cost of an exchange', () => {
  const pricedEvent =
    'data: {"choices":[],"model":"gpt-4.1-2025-04-14","usage":{"prompt_tokens":2000,"completion_tokens":500}}\n\n'
  const to = (baseModel: string, providerType = 'azure'): Decision => ({
    askedModel: 'gpt-5',
    steps: [],
    target: { instance: 'main', providerType, deployment: 'gpt-5-prod', baseModel, api: 'chat' },
  })
  const ran = async (
    decision: Decision | undefined,
    options: Partial<JournalOptions> = {},
  ): Promise<ExchangeDetail> => {
    const journal = await journalIn(undefined, options)
    const running = beginExchange(journal)
    if (decision !== undefined) running.tap.decided(decision)
    running.relay(pricedEvent)
    const before = (await journal.list({ limit: 1 })).rows[0]
    expect(before?.cost).toBeUndefined()
    running.tap.end('done')
    const detail = await journal.get(running.tap.id)
    expect((await journal.list({ limit: 1 })).rows[0]).toEqual(detail?.summary)
    return ExchangeDetail.parse(detail)
  }

  test('is stored by the model of the deployment, with its parts and the price that was taken', async () => {
    const { summary, cost } = await ran(to('gpt-4o'))
    expect(summary.cost).toBeCloseTo(0.01)
    expect(cost).toMatchObject({ total: summary.cost, input: 0.005, output: 0.005, model: 'gpt-4o' })
  })

  test('is that of the model that answered where a router chose, or where only the answer tells', async () => {
    expect((await ran(to('model-router'))).summary.cost).toBeCloseTo(0.00828)
    expect((await ran(to('gpt-5-prod'))).summary.cost).toBeCloseTo(0.008)
  })

  test('goes by the user’s own prices, which may change while it runs', async () => {
    let prices: OwnPrices | undefined
    const own = await ran(to('gpt-4o'), { prices: () => (prices ??= { 'main/gpt-5-prod': { input: 5, output: 0 } }) })
    expect(own.summary.cost).toBe(0.01)
    expect(own.cost?.source).toBe('configuration')
  })

  test('is not known of a simulator, of a model without a price, and of an answer without counts', async () => {
    expect((await ran(to('gpt-4o', 'simulator'))).summary.cost).toBeUndefined()
    const journal = await journalIn(undefined)
    const answered = async (decision: Decision, chunks: string[]): Promise<ExchangeSummary | undefined> => {
      const running = beginExchange(journal)
      running.tap.decided(decision)
      for (const chunk of chunks) running.relay(chunk)
      running.tap.end('done')
      return (await journal.get(running.tap.id))?.summary
    }
    const nameless = await answered(to('my-own'), [usageEvent])
    expect(nameless?.usage).toBeDefined()
    expect(nameless).not.toHaveProperty('cost')
    expect(await answered(to('gpt-4o'), [chatEvent('Hi')])).not.toHaveProperty('cost')
  })

  test('of an embedding is that of its input, as the proxy has read it', async () => {
    const journal = await journalIn(undefined)
    const embedded = async (providerType: string): Promise<number | undefined> => {
      const tap = journal.begin({ method: 'POST', path: '/v1/embeddings', headers: [] })
      tap.describe({ askedModel: 'embed', instance: 'main', deployment: 'embed' })
      tap.describe({ baseModel: 'text-embedding-3-large', providerType })
      tap.usage({ input: 1000 })
      tap.end('done')
      return (await journal.get(tap.id))?.summary.cost
    }
    expect(await embedded('azure')).toBeCloseTo(0.00013, 9)
    expect(await embedded('simulator')).toBeUndefined()
  })
})
