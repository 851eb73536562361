import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../shared/config.ts'
import { temporaryFolder } from '../journal/traffic.ts'
import { post } from './harness.ts'
import { json, type Script } from './scripted-upstream.ts'
import { type Stage, startStage } from './spending-stage.ts'

/** A dollar, by the prices of the stage. */
const answer = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1_000_000, completion_tokens: 1, total_tokens: 1_000_001 },
}
const fine = json(answer)
const KEY = 'named-key-canary-0001'
const TOKEN = 'local-key-canary-0001'

const withBudgets = (...budgets: NonNullable<ConfigInput['budgets']>): ConfigInput => ({ budgets })

function ask(stage: Stage, more: Record<string, string> = {}, model = 'gpt'): Promise<Response> {
  return post(stage.origin, '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] }, more)
}

/** Asks once and waits until that is accounted for. */
async function spend(stage: Stage, more: Record<string, string> = {}): Promise<Response> {
  const response = await ask(stage, more)
  await response.arrayBuffer()
  await stage.settled()
  return response
}

const counts = (stage: Stage): number[] => stage.upstreams.map(({ received }) => received.length)

describe('a budget that blocks', () => {
  test('refuses before any call upstream, and says which, until when and what to do', async () => {
    const stage = await startStage([fine, fine], {
      config: withBudgets({ scope: 'all', daily: 2, on_exceed: 'block' }),
    })
    expect((await spend(stage)).status).toBe(200)
    expect((await spend(stage)).status).toBe(200)
    const refused = await ask(stage)
    expect(refused.status).toBe(402)
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(refused.headers.get('x-lazuli-attempts')).toBe('0')
    expect(await refused.json()).toEqual({
      error: {
        message:
          'The budget of all spending is used up ($2.00 of $2.00 today). It begins anew on 2026-11-22 at 00:00. ' +
          'To go on before that, raise the budget in Settings.',
        type: 'insufficient_quota',
        param: null,
        code: 'proxy_budget_exceeded',
      },
    })
    expect(counts(stage)).toEqual([2, 0])
  })

  test('opens again at midnight, and a monthly one on the first', async () => {
    const stage = await startStage([fine, fine], {
      config: withBudgets({ scope: 'all', daily: 1, monthly: 2, on_exceed: 'block' }),
    })
    await spend(stage)
    expect((await ask(stage)).status).toBe(402)
    stage.clock.now = new Date(2026, 10, 22, 0, 0, 1).getTime()
    expect((await spend(stage)).status).toBe(200)
    stage.clock.now = new Date(2026, 10, 23).getTime()
    const refused = await ask(stage)
    expect([refused.status, await refused.text()]).toEqual([402, expect.stringContaining('begins anew on 2026-12-01')])
    stage.clock.now = new Date(2026, 11, 1).getTime()
    expect((await ask(stage)).status).toBe(200)
  })

  test('of one deployment sends the request to the next instance; when both are used up, it is refused', async () => {
    const stage = await startStage([fine, fine], {
      config: withBudgets(
        { scope: 'a/A1', daily: 1, on_exceed: 'block' },
        { scope: 'deployment:b1', daily: 1, on_exceed: 'block' },
      ),
    })
    await spend(stage)
    const second = await spend(stage)
    expect([second.status, second.headers.get('x-lazuli-instance')]).toEqual([200, 'b'])
    const { rows } = await stage.journal.rows.list({ limit: 1 })
    const detail = await stage.journal.get(rows[0]!.id)
    expect(detail?.decision?.steps).toContainEqual({
      verdict: 'skip',
      text: 'Instance a is passed over',
      why: 'The budget of the deployment a/A1 is used up ($1.00 of $1.00 today)',
    })
    const third = await ask(stage)
    expect([third.status, await third.text()]).toEqual([402, expect.stringContaining('of another deployment')])
    expect(counts(stage)).toEqual([1, 1])
  })

  test('of a local key leaves the others alone', async () => {
    const keys = [
      { name: 'ci', key: KEY, daily: 1 },
      { name: 'me', key: `${KEY}-2` },
    ]
    const stage = await startStage([fine, fine], { token: TOKEN, config: { server: { keys } } })
    expect((await spend(stage, { authorization: `Bearer ${KEY}` })).status).toBe(200)
    const refused = await ask(stage, { authorization: `Bearer ${KEY}` })
    expect([refused.status, await refused.text()]).toEqual([
      402,
      expect.stringContaining('the local key ci is used up'),
    ])
    expect((await ask(stage, { authorization: `Bearer ${KEY}-2` })).status).toBe(200)
    expect((await ask(stage, { authorization: `Bearer ${TOKEN}` })).status).toBe(200)
  })

  test('holds for a key that is named by a budget, too', async () => {
    const config: ConfigInput = {
      server: { keys: [{ name: 'ci', key: KEY }] },
      budgets: [{ scope: 'CI', monthly: 1, on_exceed: 'block' }],
    }
    const stage = await startStage([fine, fine], { token: TOKEN, config })
    await spend(stage, { 'api-key': KEY })
    expect((await ask(stage, { 'api-key': KEY })).status).toBe(402)
    expect((await ask(stage, { 'api-key': TOKEN })).status).toBe(200)
  })

  test('never cuts an answer that runs', async () => {
    let finish = (): void => {}
    const slow: Script = ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n')
      finish = () => response.end('data: {"choices":[{"index":0,"delta":{"content":"lo"}}]}\n\ndata: [DONE]\n\n')
    }
    const stage = await startStage([slow, fine], {
      config: withBudgets({ scope: 'all', daily: 1, on_exceed: 'block' }),
    })
    const body = { model: 'gpt', stream: true, messages: [{ role: 'user', content: 'hi' }] }
    const running = await post(stage.origin, '/v1/chat/completions', body)
    stage.budgets.ended({
      names: { day: '2026-11-21', instance: 'a', deployment: 'a1', model: 'gpt', client: 'curl', key: '' },
      sums: {
        requests: 1,
        failures: 0,
        input: 1,
        cached: 0,
        cacheWrite: 0,
        output: 1,
        reasoning: 0,
        cost: 5,
        unpriced: 0,
        last: 1,
      },
    })
    expect((await ask(stage)).status).toBe(402)
    finish()
    expect(await running.text()).toMatch(/"lo"[\s\S]*\[DONE\]/)
  })

  test('is told by the official SDKs as an error that they do not retry', async () => {
    const stage = await startStage([fine, fine], {
      config: withBudgets({ scope: 'all', daily: 1, on_exceed: 'block' }),
    })
    await spend(stage)
    const openai = new OpenAI({ baseURL: `${stage.origin}/v1`, apiKey: 'none-0000', maxRetries: 3 })
    const messages = [{ role: 'user' as const, content: 'hi' }]
    await expect(openai.chat.completions.create({ model: 'gpt', messages })).rejects.toMatchObject({
      status: 402,
      code: 'proxy_budget_exceeded',
      message: expect.stringContaining('begins anew on 2026-11-22'),
    })
    await expect(openai.responses.create({ model: 'gpt', input: 'hi' })).rejects.toMatchObject({ status: 402 })
    const anthropic = new Anthropic({ baseURL: stage.origin, apiKey: 'none-0000', maxRetries: 3 })
    await expect(anthropic.messages.create({ model: 'gpt', max_tokens: 5, messages })).rejects.toMatchObject({
      status: 402,
      error: {
        error: { type: 'billing_error', message: expect.stringContaining('The budget of all spending is used up') },
      },
    })
    await stage.settled()
    const { rows } = await stage.journal.rows.list({ limit: 9 })
    // One exchange each: nobody has tried again.
    expect(rows.map(({ status }) => status)).toEqual([402, 402, 402, 200])
  })

  test('holds for embeddings, and lets lists of files and counts of tokens pass', async () => {
    const stage = await startStage([fine, fine], {
      config: withBudgets({ scope: 'all', daily: 1, on_exceed: 'block' }),
    })
    await spend(stage)
    const embed = await post(stage.origin, '/v1/embeddings', { model: 'text-embedding-3-small', input: 'hi' })
    expect(embed.status).toBe(402)
    expect((await fetch(`${stage.origin}/v1/files/file-1`)).status).toBe(200)
    const count = await post(stage.origin, '/v1/messages/count_tokens', {
      model: 'gpt',
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(count.status).toBe(200)
  })

  test('begins with what was spent before the program started', async () => {
    const folder = temporaryFolder()
    const first = await startStage([fine, fine], { folder })
    await spend(first)
    await first.journal.close()
    const config = withBudgets({ scope: 'all', monthly: 1, on_exceed: 'block' })
    const second = await startStage([fine, fine], { folder, config })
    expect((await ask(second)).status).toBe(402)
  })
})

describe('a budget that warns', () => {
  test('tells once in its period, goes on, and notes it in the decision', async () => {
    const stage = await startStage([fine, fine], { config: withBudgets({ scope: 'a1', daily: 1.5 }) })
    await spend(stage)
    expect(stage.troubles).toEqual([])
    await spend(stage)
    const told = { kind: 'budget', what: 'the deployment a1', period: 'day', usd: 1.5, spent: 2, blocks: false }
    expect(stage.troubles).toEqual([told])
    expect((await spend(stage)).status).toBe(200)
    expect(stage.troubles).toEqual([told])
    const { rows } = await stage.journal.rows.list({ limit: 1 })
    expect((await stage.journal.get(rows[0]!.id))?.decision?.steps).toContainEqual({
      verdict: 'warn',
      text: 'The budget of the deployment a1 is used up ($2.00 of $1.50 today)',
      why: 'It warns, and does not block',
    })
    stage.clock.now = new Date(2026, 10, 22, 9).getTime()
    await spend(stage)
    await spend(stage)
    expect(stage.troubles).toHaveLength(2)
  })
})

describe('budgets', () => {
  test('count at once what is changed in the configuration', async () => {
    const stage = await startStage([fine, fine])
    await spend(stage)
    stage.configure(withBudgets({ scope: 'all', daily: 1, on_exceed: 'block' }))
    expect((await ask(stage)).status).toBe(402)
    stage.configure(withBudgets({ scope: 'all', daily: 10, on_exceed: 'block' }))
    expect((await ask(stage)).status).toBe(200)
    stage.configure({})
    expect((await ask(stage)).status).toBe(200)
  })

  test('are shown with what is spent of each, and name what they cannot count', async () => {
    const stage = await startStage([fine, fine], {
      config: withBudgets({ scope: 'all', daily: 4, monthly: 40 }, { scope: 'b/b1', daily: 1 }),
    })
    await spend(stage)
    const unpriced = await ask(stage, {}, 'small')
    await unpriced.arrayBuffer()
    await stage.settled()
    expect(stage.budgets.views()).toEqual([
      expect.objectContaining({
        of: { type: 'all' },
        uses: [
          { period: 'day', limit: 4, spent: { usd: 1, unpriced: 1 }, resetsAt: new Date(2026, 10, 22).getTime() },
          { period: 'month', limit: 40, spent: { usd: 1, unpriced: 1 }, resetsAt: new Date(2026, 11, 1).getTime() },
        ],
      }),
      expect.objectContaining({ of: { type: 'deployment', instance: 'b', deployment: 'b1' } }),
    ])
    expect(stage.budgets.spending.unpriced()).toEqual(['a/a-small'])
  })

  test('are counted by 300 requests at thirty percent faults as the upstreams count them', async () => {
    let served = 0
    let asked = 0
    const flaky: Script = (play) => {
      if (asked++ % 10 < 3) return json({ error: { message: 'no', type: 'x', param: null, code: 'x' } }, 500)(play)
      served++
      return fine(play)
    }
    const stage = await startStage([flaky, flaky], { config: { routing: { retries: 5 } } })
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask(stage).then((one) => one.status)))
    await stage.settled()
    const [total] = await stage.journal.sums({ from: '2026-11-21', to: '2026-11-21', by: [] })
    expect(total?.sums.requests).toBe(300)
    expect(total?.sums.failures).toBe(answers.filter((status) => status !== 200).length)
    expect(total?.sums.cost).toBeCloseTo(served)
    expect(stage.budgets.spending.spent({}, 'day').usd).toBeCloseTo(served)
  })
})
