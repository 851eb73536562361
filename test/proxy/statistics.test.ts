/** The pages of statistics, with the journal that counts and upstreams that keep their own count. */
import { describe, expect, test } from 'vitest'
import { useStage, type Json } from './counted-stage.ts'
import { post } from './harness.ts'
import { json } from './scripted-upstream.ts'
import { ANSWER, ASK, failing, fine, PATH } from './several-upstreams.ts'

const MINUTE = 60_000
const stage = useStage()

describe('/stats', () => {
  test('has every field of the Python proxy, and counts each request once', async () => {
    await stage.start()
    expect(await stage.ask()).toBe(200)
    stage.scripts[0] = failing(500)
    await stage.ask()
    stage.scripts[0] = failing(503)
    await stage.ask()
    stage.scripts[0] = failing(400)
    await stage.ask()
    expect((await post(stage.origin, PATH, { model: 'gpt-4o' })).status).toBe(400)
    const calls = stage.upstreams.reduce((sum, { received }) => sum + received.length, 0)
    expect(await stage.page('/stats')).toEqual({
      status: 'success',
      metrics: {
        window_minutes: 5,
        requests_per_minute: 1,
        tokens_per_minute: 2,
        success_rate: 0.2,
        error_rate: 0.8,
        upstream_error_rate: Math.round(((calls - 1) / calls) * 10_000) / 10_000,
        total_requests_in_window: 5,
        successful_requests_in_window: 1,
        failed_requests_in_window: 4,
        abandoned_requests_in_window: 0,
        total_tokens_in_window: 10,
        client_errors_500: 1,
        client_errors_503: 1,
        client_errors_other: 2,
        upstream_errors_in_window: calls - 1,
        total_requests: 5,
        total_successful_requests: 1,
        total_abandoned_requests: 0,
        total_client_errors_500: 1,
        total_client_errors_503: 1,
        total_client_errors_other: 2,
        total_client_errors: 4,
        total_upstream_errors: calls - 1,
        total_tokens_served: 10,
        requests_in_flight: 0,
      },
    })
  })

  test('a retried request counts once, its failed call as one of the upstream', async () => {
    await stage.start({ routing: { retries: 3 } })
    stage.scripts[0] = failing(500)
    expect(await stage.ask()).toBe(200)
    expect(await stage.metrics()).toMatchObject({
      total_requests: 1,
      total_successful_requests: 1,
      total_client_errors: 0,
      total_upstream_errors: 1,
      upstream_error_rate: 0.5,
    })
  })

  test('who leaves is counted as abandoned, and is no longer in flight', async () => {
    await stage.start()
    stage.scripts[0] = () => {}
    const leaving = new AbortController()
    const asked = fetch(stage.origin + PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ASK),
      signal: leaving.signal,
    }).catch(() => {})
    const { closed } = await stage.upstreams[0]!.request()
    expect(await stage.metrics()).toMatchObject({ total_requests: 0, requests_in_flight: 1 })
    leaving.abort()
    await Promise.all([asked, closed])
    await expect.poll(async () => (await stage.metrics())['requests_in_flight']).toBe(0)
    expect(await stage.metrics()).toMatchObject({
      total_requests: 1,
      total_abandoned_requests: 1,
      total_successful_requests: 0,
      total_client_errors: 0,
      total_upstream_errors: 0,
    })
  })

  test('figures of many requests at once equal the count of the upstreams', async () => {
    await stage.start({ routing: { strategy: 'round_robin', retries: 3 } })
    let [tokens, failed, served] = [0, 0, 0]
    stage.scripts = [0, 1, 2].map((index) => (play) => {
      if (index === 1 && served % 3 === 0) {
        failed++
        return failing(502)(play)
      }
      served++
      tokens += served + 2
      const usage = { prompt_tokens: served, completion_tokens: 2, total_tokens: served + 2 }
      return json({ ...ANSWER, usage })(play)
    })
    const statuses = await Promise.all(Array.from({ length: 100 }, () => stage.ask()))
    const answered = statuses.filter((status) => status === 200).length
    expect(await stage.metrics()).toMatchObject({
      total_requests: 100,
      total_successful_requests: answered,
      total_client_errors: 100 - answered,
      total_upstream_errors: failed,
      total_tokens_served: tokens,
    })
    const rows = await stage.instances()
    expect(rows.reduce((sum, row) => sum + Number(row['total_tokens_served']), 0)).toBe(tokens)
    expect(rows.map((row) => row['current_rpm'])).toEqual(stage.upstreams.map(({ received }) => received.length))
  })

  test('counts while recording is paused too', async () => {
    await stage.start()
    stage.journal.setRecording(false)
    await stage.ask()
    expect(await stage.metrics()).toMatchObject({ total_requests: 1, total_tokens_served: 10 })
  })

  test('each window has its own figures, on a clock that only goes forward', async () => {
    await stage.start()
    await stage.ask()
    expect(await stage.metrics()).toMatchObject({ total_requests: 1 })
    stage.time += 10 * MINUTE
    await stage.ask()
    await stage.ask()
    expect(await stage.metrics()).toMatchObject({ total_requests: 3 })
    stage.time += 2 * MINUTE
    const { windows } = (await stage.page('/stats/windows')) as { windows: Record<string, Json> }
    const counts = Object.entries(windows).map(([name, window]) => [name, window['total_requests_in_window']])
    expect(counts).toEqual([
      ['5min', 2],
      ['15min', 3],
      ['30min', 3],
      ['60min', 3],
    ])
    expect(Object.keys(windows['5min']!)).toEqual(Object.keys(await stage.metrics()))
    expect(await stage.metrics('?window=15')).toMatchObject({ window_minutes: 15, requests_per_minute: 0.2 })
    expect(await stage.metrics('?window=1')).toMatchObject({
      total_requests_in_window: 0,
      success_rate: 1,
      total_requests: 3,
    })
    const asked = (await stage.page('/stats/windows?windows=1,12')) as { windows: Json }
    expect(Object.keys(asked.windows)).toEqual(['1min', '12min'])
  })

  test('has the windows that are configured', async () => {
    await stage.start({ monitoring: { stats_window_minutes: 2, additional_windows: [7, 90] } })
    expect(await stage.metrics()).toMatchObject({ window_minutes: 2 })
    expect(Object.keys((await stage.page('/stats/windows'))['windows'] as Json)).toEqual(['2min', '7min', '90min'])
  })

  test.each([
    '/stats?window=0',
    '/stats?window=1.5',
    '/stats?window=61',
    '/stats?window=',
    '/stats/windows?windows=5,x',
    '/stats/instances?sort_by=api_key',
    '/stats/instances?sort_dir=up',
    '/stats/instances?min_tpm=many',
  ])('%s is refused with what is allowed', async (path) => {
    await stage.start()
    expect((await stage.get(path)).status).toBe(400)
  })
})

describe('/stats/instances', () => {
  test('has every field of the Python proxy', async () => {
    await stage.start({}, [
      { max_tpm: 1000, priority: 1, weight: 50, supported_models: ['gpt-4o'] },
      {},
      { enabled: false },
    ])
    await stage.ask()
    const whole = await stage.page('/stats/instances')
    expect(whole).toMatchObject({
      status: 'success',
      summary: {
        total_instances: 2,
        healthy_instances: 2,
        error_instances: 0,
        rate_limited_instances: 0,
        total_current_tpm: 10,
        total_max_tpm: 1000,
        overall_utilization_percentage: 1,
      },
    })
    expect(whole['timestamp']).toBeCloseTo(Date.now() / 1000, -1)
    const [row] = whole['instances'] as Json[]
    expect(row).toEqual({
      name: 'a',
      provider_type: 'azure',
      status: 'healthy',
      health_status: 'healthy',
      current_tpm: 10,
      current_rpm: 1,
      max_tpm: 1000,
      tpm_usage_percent: 1,
      utilization_percentage: 1,
      total_tokens_served: 10,
      instance_error_rate: 0,
      client_error_rate: 0,
      upstream_error_rate: 0,
      total_upstream_429_errors: 0,
      total_upstream_400_errors: 0,
      total_upstream_500_errors: 0,
      total_upstream_other_errors: 0,
      error_count: 0,
      last_error: null,
      rate_limited_until: null,
      priority: 1,
      weight: 50,
      last_used: expect.any(Number),
      supported_models: ['gpt-4o'],
      model_deployments: { 'gpt-4o': 'gpt-4o-a' },
    })
    expect(JSON.stringify(whole)).not.toContain('canary')
    stage.time += MINUTE + 1000
    expect((await stage.instances())[0]).toMatchObject({ current_tpm: 0, current_rpm: 0, total_tokens_served: 10 })
  })

  test('filters and sorts', async () => {
    await stage.start({}, [
      {},
      { provider_type: 'generic', model_deployments: {}, supported_models: ['Other'] },
      { weight: 7 },
    ])
    await stage.ask()
    const names = async (query: string): Promise<unknown[]> => (await stage.instances(query)).map(({ name }) => name)
    expect(await names('?provider_type=generic')).toEqual(['b'])
    expect(await names('?model_support=other')).toEqual(['b'])
    expect(await names('?model_support=gpt-4o')).toEqual(['a', 'c'])
    expect(await names('?min_tpm=10')).toEqual(['a'])
    expect(await names('?max_tpm=9')).toEqual(['b', 'c'])
    expect(await names('?status_filter=error')).toEqual([])
    expect(await names('?sort_by=name&sort_dir=desc')).toEqual(['c', 'b', 'a'])
    expect(await names('?sort_by=weight')).toEqual(['c', 'a', 'b'])
  })

  test('an instance that asked for rest is rate limited until then, and healthy again after', async () => {
    await stage.start()
    stage.scripts[0] = failing(429, { 'retry-after': '30' })
    await stage.ask()
    const [row] = await stage.instances('?status_filter=rate_limited')
    expect(row).toMatchObject({ name: 'a', error_count: 1, total_upstream_429_errors: 1 })
    expect(Number(row!['rate_limited_until']) - Date.now() / 1000).toBeGreaterThan(25)
    stage.time += 31_000
    expect((await stage.instances())[0]).toMatchObject({ status: 'healthy', rate_limited_until: null })
  })

  test('an instance that failed five times is in error until it has served again; health tells how many are', async () => {
    await stage.start()
    stage.scripts[0] = failing(500)
    for (let round = 0; round < 5; round++) await stage.ask()
    expect((await stage.instances())[0]).toMatchObject({
      status: 'error',
      error_count: 5,
      last_error: expect.any(String),
    })
    expect(await stage.page('/stats/health')).toMatchObject({
      status: 'success',
      timestamp: expect.any(Number),
      health_summary: {
        overall_status: 'healthy',
        total_instances: 3,
        healthy: { count: 2, percentage: 66.67 },
        error: { count: 1, percentage: 33.33 },
        rate_limited: { count: 0, percentage: 0 },
        unknown: { count: 0, percentage: 0 },
      },
    })
    stage.scripts[0] = fine
    stage.time += 61_000
    expect((await stage.instances())[0]).toMatchObject({ status: 'error' })
    await stage.ask()
    expect((await stage.instances())[0]).toMatchObject({ status: 'healthy', error_count: 0 })
  })

  test.each([
    [1, 'degraded'],
    [0, 'critical'],
  ])('with %i healthy of three the whole is %s', async (healthy, status) => {
    await stage.start()
    for (let index = 0; index < 3 - healthy; index++) stage.scripts[index] = failing(429, { 'retry-after': '50' })
    for (let index = 0; index < 3 - healthy; index++) await stage.ask()
    expect((await stage.page('/stats/health'))['health_summary']).toMatchObject({ overall_status: status })
  })

  test('/stats/status has the instances and the strategy', async () => {
    await stage.start({ routing: { strategy: 'weighted' } })
    expect(await stage.page('/stats/status')).toEqual({
      status: 'success',
      timestamp: expect.any(Number),
      instances: await stage.instances(),
      total_instances: 3,
      healthy_instances: 3,
      routing_strategy: 'weighted',
    })
  })
})

describe('POST /stats/reset', () => {
  test('begins anew', async () => {
    await stage.start()
    await stage.ask()
    const reset = await stage.get('/stats/reset', { method: 'POST' })
    expect([reset.status, await reset.json()]).toMatchObject([200, { status: 'success' }])
    expect(await stage.metrics()).toMatchObject({
      total_requests: 0,
      total_requests_in_window: 0,
      total_tokens_served: 0,
    })
    expect((await stage.instances())[0]).toMatchObject({ total_tokens_served: 0 })
    await stage.ask()
    expect(await stage.metrics()).toMatchObject({ total_requests: 1 })
  })

  test('wants the admin token; the local key reads and does not reset', async () => {
    await stage.start({ server: { admin_token: 'admin-canary-0123' } }, [], 'token-canary-0123')
    const bearer = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } })
    const reset = async (init: RequestInit = {}): Promise<number> =>
      (await stage.get('/stats/reset', { method: 'POST', ...init })).status
    expect(await reset()).toBe(401)
    expect(await reset(bearer('token-canary-0123'))).toBe(403)
    expect(await reset(bearer('admin-canary-0123'))).toBe(200)
    expect((await stage.get('/stats')).status).toBe(401)
    expect((await stage.get('/metrics')).status).toBe(401)
    expect((await stage.get('/stats', bearer('token-canary-0123'))).status).toBe(200)
    expect((await stage.get('/health')).status).toBe(200)
  })

  test('reading it is not possible', async () => {
    await stage.start()
    expect((await stage.get('/stats/reset')).status).toBe(405)
  })
})
