import { describe, expect, test } from 'vitest'
import { useStage } from './counted-stage.ts'
import { json } from './scripted-upstream.ts'
import { ANSWER, failing } from './several-upstreams.ts'

const stage = useStage()

describe('/metrics', () => {
  /** Samples by name and labels; throws for a line that the format does not know. */
  function parsed(text: string): { samples: Map<string, number>; types: Map<string, string> } {
    const samples = new Map<string, number>()
    const types = new Map<string, string>()
    expect(text.endsWith('\n')).toBe(true)
    for (const line of text.slice(0, -1).split('\n')) {
      const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line)
      if (type !== null) types.set(type[1]!, type[2]!)
      if (type !== null || /^# HELP [a-z_]+ \S.*$/.test(line)) continue
      const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(line)
      if (sample === null) throw new Error(`not a sample: ${line}`)
      const family = types.has(sample[1]!) ? sample[1]! : sample[1]!.replace(/_(?:bucket|sum|count)$/, '')
      expect(types.has(family), line).toBe(true)
      const key = sample[1]! + (sample[2] ?? '')
      expect(samples.has(key), `twice: ${key}`).toBe(false)
      samples.set(key, Number(sample[3]))
    }
    return { samples, types }
  }
  const read = async (): Promise<ReturnType<typeof parsed>> => parsed(await (await stage.get('/metrics')).text())
  const only = (samples: Map<string, number>, ...parts: string[]): number[] =>
    [...samples].filter(([key]) => parts.every((part) => key.includes(part))).map(([, value]) => value)

  test('every line is of the format, and the figures are those of /stats', async () => {
    await stage.start()
    await stage.ask()
    await stage.ask({ model: 'a "strange"\\ name\n' })
    stage.scripts[0] = failing(500)
    await stage.ask()
    const response = await stage.get('/metrics')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const { samples, types } = await read()
    expect([...types]).toEqual([
      ['lazuli_requests_in_flight', 'gauge'],
      ['lazuli_requests_total', 'counter'],
      ['lazuli_upstream_calls_total', 'counter'],
      ['lazuli_tokens_total', 'counter'],
      ['lazuli_tokens_detail_total', 'counter'],
      ['lazuli_cost_usd_total', 'counter'],
      ['lazuli_cost_unpriced_total', 'counter'],
      ['gen_ai_server_request_duration_seconds', 'histogram'],
      ['gen_ai_server_time_to_first_token_seconds', 'histogram'],
    ])
    expect(samples.get('lazuli_requests_in_flight')).toBe(0)
    const total = only(samples, 'lazuli_requests_total').reduce((sum, value) => sum + value, 0)
    expect(total).toBe((await stage.metrics())['total_requests'])
    const labels = `gen_ai_operation_name="chat",gen_ai_provider_name="azure.ai.openai",gen_ai_request_model="gpt-4o",lazuli_instance="a",deployment="gpt-4o-a"`
    expect(samples.get(`lazuli_requests_total{${labels},outcome="answered"}`)).toBe(1)
    expect(samples.get(`lazuli_requests_total{${labels},outcome="failed"}`)).toBe(1)
    expect(samples.get(`lazuli_tokens_total{${labels},gen_ai_token_type="input"}`)).toBe(5)
    expect(samples.get(`lazuli_tokens_total{${labels},gen_ai_token_type="output"}`)).toBe(5)
    expect(samples.get(`gen_ai_server_request_duration_seconds_count{${labels}}`)).toBe(2)
    expect(samples.get(`gen_ai_server_request_duration_seconds_bucket{${labels},le="+Inf"}`)).toBe(2)
  })

  test('cost is in USD by deployment; what has no price is unpriced, not free', async () => {
    await stage.start({ prices: { 'gpt-4o-a': { input: 1000, output: 2000 } } })
    await stage.ask()
    stage.scripts[0] = json({ ...ANSWER, model: 'nobody-knows-this' })
    await stage.ask({ model: 'nobody-knows-this' })
    const { samples } = await read()
    const text = await (await stage.get('/metrics')).text()
    expect(only(samples, 'lazuli_cost_usd_total', 'nobody-knows-this')).toEqual([])
    expect(only(samples, 'lazuli_cost_unpriced_total', 'nobody-knows-this')).toEqual([1])
    expect(only(samples, 'lazuli_cost_unpriced_total', 'deployment="gpt-4o-a"')).toEqual([0])
    const [cost] = only(samples, 'lazuli_cost_usd_total', 'deployment="gpt-4o-a"')
    expect(cost).toBeCloseTo((5 * 1000 + 5 * 2000) / 1e6)
    expect(text).toMatch(/unpriced/)
  })

  test('a reset of the statistics does not make counters fall', async () => {
    await stage.start()
    await stage.ask()
    await stage.get('/stats/reset', { method: 'POST' })
    expect(only((await read()).samples, 'lazuli_requests_total', 'answered')).toEqual([1])
  })
})
