/** Many requests at once against upstreams that fail: nothing is lost, nothing is counted twice, no limit is passed. */
import { expect, test } from 'vitest'
import { useStage } from './counted-stage.ts'
import { json, resetAfter, stream } from './scripted-upstream.ts'
import type { Play, Script } from './scripted-upstream.ts'
import { ANSWER, ASK, failing, PATH } from './several-upstreams.ts'

const stage = useStage()
/** A busy machine takes its time with hundreds of connections. */
const PATIENCE = { timeout: 15_000 }

function dice(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

test('1,000 requests at 30 % faults are answered once each and counted once, with the upstreams’ own figures', async () => {
  const roll = dice(42)
  const truth = { calls: 0, good: 0, tokens: 0 }
  const faulty: Script = (play) => {
    truth.calls++
    const drawn = roll()
    if (drawn < 0.1) return failing(503)(play)
    if (drawn < 0.2) return failing(429)(play)
    if (drawn < 0.3) return resetAfter(Buffer.alloc(0), 0)(play)
    truth.good++
    truth.tokens += truth.good + 3
    const usage = { prompt_tokens: truth.good, completion_tokens: 3, total_tokens: truth.good + 3 }
    const body = { ...ANSWER, usage }
    if (truth.good % 2 === 0) return json(body)(play)
    return streamOf(body.usage)(play)
  }
  stage.scripts = [faulty, faulty, faulty]
  await stage.start({ routing: { strategy: 'round_robin', retries: 6 } })
  const statuses: number[] = []
  for (let batch = 0; batch < 50; batch++) {
    statuses.push(...(await Promise.all(Array.from({ length: 20 }, (_, index) => stage.ask(asked(batch + index))))))
    stage.time += 6000
  }
  const answered = statuses.filter((status) => status === 200).length
  expect(answered).toBeGreaterThan(980)
  expect(truth.calls).toBe(stage.upstreams.reduce((sum, { received }) => sum + received.length, 0))
  const { data } = { data: await stage.metrics('?window=60') }
  expect(data).toMatchObject({
    total_requests: 1000,
    total_successful_requests: truth.good,
    total_client_errors: 1000 - answered,
    total_upstream_errors: truth.calls - truth.good,
    total_tokens_served: truth.tokens,
  })
  expect(answered).toBe(truth.good)
  const { rows } = await stage.journal.list({ limit: 1000 })
  expect(rows.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(truth.calls)
}, 90_000)

/** The upstream decides whether it streams; the client takes both. */
const asked = (index: number): object =>
  index % 2 === 0 ? {} : { stream: true, stream_options: { include_usage: true } }

function streamOf(usage: object): Script {
  const chunk = (more: object): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', ...more })}\n\n`
  const text =
    chunk({ choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }] }) +
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
    chunk({ choices: [], usage }) +
    'data: [DONE]\n\n'
  return stream(Buffer.from(text))
}

test('200 requests at once never hold more than the limit, and those that leave give their room back', async () => {
  const running = new Set<Play>()
  let peak = 0
  let hangs = true
  stage.scripts = [0, 1, 2].map(() => (play): void | Promise<void> => {
    running.add(play)
    play.response.once('close', () => running.delete(play))
    peak = Math.max(peak, running.size)
    return hangs ? undefined : json(ANSWER)(play)
  })
  // Each reserves 1000 and its prompt: nine fit.
  const limit = { max_tpm: 10_000 }
  await stage.start({ routing: { strategy: 'round_robin', retries: 2 } }, [limit, limit, limit])
  const left = new AbortController()
  const body = JSON.stringify({ ...ASK, max_tokens: 1000 })
  const headers = { 'content-type': 'application/json' }
  let refused = 0
  const requests = Array.from({ length: 200 }, async () => {
    const answer = await fetch(stage.origin + PATH, { method: 'POST', headers, body, signal: left.signal })
    await answer.text()
    if (answer.status === 429) refused++
    return answer.status
  })
  await expect.poll(() => refused, PATIENCE).toBe(200 - 27)
  expect(peak).toBe(27)
  left.abort()
  await Promise.allSettled(requests)
  await expect.poll(() => running.size, PATIENCE).toBe(0)
  await expect.poll(async () => (await stage.live()).map(({ quota }) => quota.usedTpm), PATIENCE).toEqual([0, 0, 0])
  hangs = false
  const again = await Promise.all(Array.from({ length: 27 }, () => stage.ask({ max_tokens: 1000 })))
  expect(again).toEqual(again.map(() => 200))
})

test('an answer that breaks off after its first byte is told once, counts as failed, and pays for what it used only', async () => {
  const text = 'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
  stage.scripts[0] = resetAfter(Buffer.from(text), text.length)
  await stage.start({ routing: { retries: 3 } }, [{ max_tpm: 10_000 }])
  const answer = await fetch(stage.origin + PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...ASK, max_tokens: 1000, stream: true }),
  })
  const said = await answer.text()
  expect(said.match(/"error"/g)).toHaveLength(1)
  expect(stage.upstreams.map(({ received }) => received.length)).toEqual([1, 0, 0])
  expect((await stage.live())[0]).toMatchObject({ requests: 1, errors: 1, quota: { usedTpm: 0, usedRpm: 1 } })
  expect(await stage.metrics()).toMatchObject({ total_requests: 1, total_successful_requests: 0 })
})

test('an outage of one of three is not seen by any caller, and the traffic is back a minute after it', async () => {
  let down = true
  const first: Script = (play) => (down ? failing(502) : json(ANSWER))(play)
  stage.scripts = [first, json(ANSWER), json(ANSWER)]
  await stage.start({ routing: { strategy: 'round_robin', retries: 2 } })
  const got = (): number => stage.upstreams[0]!.received.length
  const ask = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) expect(await stage.ask()).toBe(200)
  }
  await ask(60)
  expect(got()).toBe(5)
  for (let minute = 1; minute <= 3; minute++) {
    stage.time += 60_000
    await ask(12)
    expect(got()).toBe(5 + minute)
  }
  down = false
  stage.time += 60_000
  await ask(30)
  expect(got()).toBeGreaterThanOrEqual(8 + 8)
})
