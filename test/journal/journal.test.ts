import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FeedBatch, FollowBatch } from '../../shared/contract.ts'
import { ExchangeDetail, ExchangeSummary, type LaneEvent } from '../../shared/exchange.ts'
import { beginExchange, chatEvent, exchange, generous, journalIn, temporaryFolder, until } from './traffic.ts'

const usageEvent = 'data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":7}}\n\n'

describe('a recorded exchange', () => {
  test('is read back as it went, also after a restart', async () => {
    const folder = temporaryFolder()
    const first = await journalIn(folder)
    const id = exchange(first, {
      path: '/v1/chat/completions?x=1',
      headers: [
        ['User-Agent', 'claude-cli/2.1 (external, cli)'],
        ['x-claude-code-session-id', 's-1'],
      ],
      request: '{"model":"gpt-5","messages":[]}',
      chunks: [
        chatEvent('Hel') + chatEvent('lo').slice(0, 10),
        chatEvent('lo').slice(10),
        usageEvent,
        'data: [DONE]\n\n',
      ],
    })
    await first.close()

    const journal = await journalIn(folder)
    const { rows, total } = await journal.list({ limit: 10 })
    expect(total).toBe(1)
    expect(ExchangeSummary.parse(rows[0])).toEqual(rows[0])
    expect(rows[0]).toMatchObject({
      id,
      state: 'done',
      client: 'Claude Code',
      session: 's-1',
      method: 'POST',
      path: '/v1/chat/completions?x=1',
      clientDialect: 'chat',
      upstreamDialect: 'chat',
      askedModel: 'gpt-5',
      instance: 'main',
      deployment: 'gpt-5-prod',
      stream: true,
      status: 200,
      usage: { input: 12, output: 7 },
      attempts: 1,
      flags: [],
    })
    const detail = await journal.get(id)
    expect(ExchangeDetail.parse(detail)).toEqual(detail)
    expect(detail?.requestBody).toEqual({ text: '{"model":"gpt-5","messages":[]}', bytes: 31, truncated: false })
    expect(detail?.attempts[0]?.requestBody?.text).toBe('{"model":"gpt-5","messages":[]}')
    const page = await journal.events({ id, lane: 'client', from: 0, limit: 100 })
    expect(page.events.map((event) => event.raw)).toEqual(
      [chatEvent('Hel'), chatEvent('lo'), usageEvent, 'data: [DONE]\n\n'].map((text) => text.trimEnd()),
    )
    expect(page).toMatchObject({ truncated: false })
    expect(page.next).toBeUndefined()
    const upstream = await journal.events({ id, lane: 'upstream', from: 0, limit: 100 })
    expect(upstream.events.map((event) => event.raw)).toEqual(page.events.map((event) => event.raw))
  })

  test('has times on one clock: first byte, events, end', async () => {
    let now = 1000
    const journal = await journalIn(temporaryFolder(), { clock: { wall: () => 5e11, monotonic: () => now } })
    const running = beginExchange(journal)
    now += 250
    running.relay(chatEvent('a'))
    now += 50
    running.relay(chatEvent('b').slice(0, 8))
    now += 50
    running.relay(chatEvent('b').slice(8))
    now += 100
    running.tap.end('done')
    const { rows } = await journal.list({ limit: 1 })
    expect(rows[0]).toMatchObject({ startedAt: 5e11, ttftMs: 250, durationMs: 450 })
    const page = await journal.events({ id: running.tap.id, lane: 'client', from: 0, limit: 10 })
    expect(page.events.map((event) => event.atMs)).toEqual([250, 350])
    expect((await journal.get(running.tap.id))?.attempts[0]).toMatchObject({ firstByteMs: 250, endMs: 450 })
  })

  test('shows every attempt, and of the lanes the last one', async () => {
    const journal = await journalIn(temporaryFolder())
    const tap = journal.begin({ method: 'POST', path: '/v1/messages', headers: [] })
    const request = Buffer.from('{"model":"claude","max_tokens":10}')
    tap.requestBody([request])
    const start = { instance: 'a', deployment: 'd', method: 'POST', url: 'https://a.example/x', headers: [] }
    const first = tap.attempt({
      ...start,
      body: [request.subarray(0, 9), Buffer.from('"deployed"'), request.subarray(17)],
    })
    first.head(429, [['retry-after', '1']])
    first.bytes(Buffer.from('{"error":{}}'))
    first.end({ code: 'upstream_429', message: 'Too many requests' })
    const second = tap.attempt({ ...start, instance: 'b', body: [request] })
    second.head(200, [['content-type', 'application/json']])
    second.bytes(Buffer.from('{"ok":true}'))
    second.end()
    tap.lost([{ path: 'top_k', kind: 'dropped', reason: 'Not known there.' }])
    tap.clientHead(200, [['content-type', 'application/json']])
    tap.clientBytes(Buffer.from('{"fine":true}'))
    tap.end('done')

    const detail = await journal.get(tap.id)
    expect(detail?.summary).toMatchObject({
      attempts: 2,
      losses: 1,
      flags: ['retried', 'failed_over', 'lossy'],
      instance: 'b',
    })
    expect(detail?.attempts.map((attempt) => [attempt.status, attempt.received, attempt.failure?.code])).toEqual([
      [429, 12, 'upstream_429'],
      [200, 11, undefined],
    ])
    expect(detail?.attempts[0]?.requestBody?.text).toBe('{"model":"deployed","max_tokens":10}')
    expect(detail?.attempts[1]?.requestBody?.text).toBe(request.toString())
    const lane = async (lane: 'upstream' | 'client'): Promise<string[]> =>
      (await journal.events({ id: tap.id, lane, from: 0, limit: 10 })).events.map((event) => event.raw)
    expect(await lane('upstream')).toEqual(['{"ok":true}'])
    expect(await lane('client')).toEqual(['{"fine":true}'])
  })

  test('ignores what is said after its end', async () => {
    const journal = await journalIn(temporaryFolder())
    const running = beginExchange(journal)
    running.tap.end('aborted')
    running.relay(chatEvent('late'))
    running.tap.usage({ input: 1 })
    running.tap.end('done')
    const { rows, total } = await journal.list({ limit: 5 })
    expect(total).toBe(1)
    expect(rows[0]).toMatchObject({ state: 'aborted' })
    expect(rows[0]?.usage).toBeUndefined()
  })

  test('without bodies keeps heads, figures and the decision only', async () => {
    const journal = await journalIn(temporaryFolder(), { limits: { ...generous, bodies: false } })
    const id = exchange(journal, { request: '{"secret plan":1}', chunks: [chatEvent('private'), usageEvent] })
    const detail = await journal.get(id)
    expect(detail?.summary.usage).toEqual({ input: 12, output: 7 })
    expect(detail?.requestBody).toEqual({ text: '', bytes: 17, truncated: true })
    expect(await journal.events({ id, lane: 'client', from: 0, limit: 5 })).toEqual({ events: [], truncated: true })
    expect(JSON.stringify(detail)).not.toContain('plan')
  })
})

test('the list is paged newest first, with running exchanges in it', async () => {
  const journal = await journalIn(temporaryFolder())
  const running = beginExchange(journal)
  const ids = [running.tap.id, ...Array.from({ length: 24 }, () => exchange(journal))].toReversed()
  await journal.flush()
  const seen: string[] = []
  let before: string | undefined
  for (;;) {
    const { rows, total } = await journal.list({ limit: 10, before })
    expect(total).toBe(25)
    if (rows.length === 0) break
    seen.push(...rows.map((row) => row.id))
    before = rows.at(-1)?.id
  }
  expect(seen).toEqual(ids)
  expect((await journal.list({ limit: 1, before: ids.at(-2) })).rows[0]).toMatchObject({ state: 'active' })
  running.tap.end('done')
})

test('ten thousand events are paged through', async () => {
  const journal = await journalIn(temporaryFolder())
  const texts = Array.from({ length: 10_000 }, (_, index) => `t${index}`)
  const id = exchange(journal, { chunks: texts.map(chatEvent) })
  const events: LaneEvent[] = []
  for (let from: number | undefined = 0; from !== undefined;) {
    const page = await journal.events({ id, lane: 'client', from, limit: 500 })
    events.push(...page.events)
    from = page.next
  }
  expect(events.map((event) => event.raw)).toEqual(texts.map((text) => chatEvent(text).trimEnd()))
  expect(events.every((event, index) => event.index === index)).toBe(true)
})

test('an unknown exchange is not found', async () => {
  const journal = await journalIn(temporaryFolder())
  expect(await journal.get('ex_none')).toBeUndefined()
  await expect(journal.events({ id: 'ex_none', lane: 'client', from: 0, limit: 1 })).rejects.toMatchObject({
    code: 'exchange_not_found',
  })
  await expect(journal.follow('ex_none').next()).rejects.toMatchObject({ code: 'exchange_not_found', status: 404 })
})

describe('following', () => {
  const collect = async (batches: AsyncIterable<FollowBatch>): Promise<FollowBatch[]> => {
    const all: FollowBatch[] = []
    for await (const batch of batches) all.push(batch)
    return all
  }

  test('a running exchange shows each event once, then the end with its figures', async () => {
    const journal = await journalIn(temporaryFolder())
    const running = beginExchange(journal, { request: '{"hello":1}' })
    const batches = journal.follow(running.tap.id)
    const first = await batches.next()
    expect(first.value).toMatchObject({ complete: false, detail: { requestBody: { text: '{"hello":1}' } } })
    const rest = collect({ [Symbol.asyncIterator]: () => batches })
    for (let index = 0; index < 300; index++) {
      running.relay(chatEvent(`w${index}`))
      if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    running.relay(usageEvent)
    running.tap.end('done')
    const all = await rest
    expect(all.flatMap((batch) => batch.client).map((event) => event.index)).toEqual([...Array(301).keys()])
    expect(all.flatMap((batch) => batch.upstream).map((event) => event.raw)).toContain(chatEvent('w299').trimEnd())
    expect(all.filter((batch) => batch.complete)).toHaveLength(1)
    expect(all.at(-1)?.detail?.summary).toMatchObject({ state: 'done', usage: { input: 12, output: 7 } })
  })

  test('a stored exchange comes whole', async () => {
    const journal = await journalIn(temporaryFolder())
    const id = exchange(journal, { chunks: Array.from({ length: 2500 }, (_, index) => chatEvent(String(index))) })
    const all = await collect(journal.follow(id))
    expect(all.flatMap((batch) => batch.client)).toHaveLength(2500)
    expect(all.map((batch) => batch.complete)).toEqual([false, false, true])
  })

  test('ends with its signal and leaves nothing behind', async () => {
    const journal = await journalIn(temporaryFolder())
    const running = beginExchange(journal)
    const stop = new AbortController()
    const all = collect(journal.follow(running.tap.id, stop.signal))
    setTimeout(() => stop.abort(), 20)
    expect((await all).every((batch) => !batch.complete)).toBe(true)
    running.tap.end('done')
  })

  test('a further attempt begins the upstream lane anew', async () => {
    const journal = await journalIn(temporaryFolder())
    const running = beginExchange(journal, { contentType: 'application/json' })
    const batches = journal.follow(running.tap.id)
    const start = { instance: 'b', deployment: 'd', method: 'POST', url: 'https://b.example', headers: [], body: [] }
    const second = running.tap.attempt(start)
    second.head(200, [['content-type', 'text/event-stream']])
    second.bytes(Buffer.from(chatEvent('second')))
    running.tap.end('done')
    const all = await collect(batches)
    expect(all.flatMap((batch) => batch.upstream).map((event) => event.raw)).toEqual([chatEvent('second').trimEnd()])
  })
})

describe('the feed', () => {
  test('tells each change, with the figures that are read after the end', async () => {
    const journal = await journalIn(temporaryFolder())
    const stop = new AbortController()
    const seen: ExchangeSummary[] = []
    const reading = (async () => {
      for await (const batch of journal.feed(stop.signal)) if (batch.type === 'rows') seen.push(...batch.rows)
    })()
    const running = beginExchange(journal)
    await until(() => seen.length > 0)
    expect(seen[0]).toMatchObject({ id: running.tap.id, state: 'active', deployment: 'gpt-5-prod' })
    running.relay(usageEvent)
    running.tap.end('done')
    await until(() => seen.at(-1)?.usage !== undefined)
    expect(seen.at(-1)).toMatchObject({ state: 'done', usage: { input: 12, output: 7 } })
    stop.abort()
    await reading
  })

  test('gives a slow reader the latest state of each row, at most one batch in a frame', async () => {
    const journal = await journalIn(temporaryFolder())
    const feed = journal.feed()
    const first = feed.next()
    const slow = beginExchange(journal)
    await first
    for (let index = 0; index < 1000; index++) slow.tap.usage({ output: index })
    const before = performance.now()
    const batch = (await feed.next()).value as FeedBatch
    expect(performance.now() - before).toBeGreaterThanOrEqual(10)
    expect(batch).toMatchObject({ type: 'rows', rows: [{ usage: { output: 999 } }] })
    slow.tap.end('done')
    await feed.return()
  })

  test('lets a reader that is far behind begin anew with the latest rows', { timeout: 60_000 }, async () => {
    const journal = await journalIn(temporaryFolder())
    const feed = journal.feed()
    const first = feed.next()
    exchange(journal)
    await first
    let last = ''
    for (let index = 0; index < 7000; index++) last = exchange(journal, { chunks: ['x'] })
    expect((await feed.next()).value).toEqual({ type: 'cleared' })
    const batch = (await feed.next()).value as Extract<FeedBatch, { type: 'rows' }>
    expect(batch.rows).toHaveLength(1000)
    expect(batch.rows.at(-1)?.id).toBe(last)
    await feed.return()
  })
})

test('clearing takes out what has ended and says so; what runs stays', async () => {
  const folder = temporaryFolder()
  const journal = await journalIn(folder)
  const noise = randomBytes(512 * 1024)
  for (let index = 0; index < 8; index++) exchange(journal, { contentType: 'audio/mpeg', chunks: [noise] })
  const running = beginExchange(journal)
  await journal.flush()
  const feed = journal.feed()
  const next = feed.next()
  await journal.clear()
  expect((await next).value).toEqual({ type: 'cleared' })
  expect((await feed.next()).value).toMatchObject({ type: 'rows', rows: [{ id: running.tap.id, state: 'active' }] })
  expect((await journal.list({ limit: 10 })).rows.map((row) => row.id)).toEqual([running.tap.id])
  const size = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  expect(size).toBeLessThan(200 * 1024)
  running.tap.end('done')
  await feed.return()
})

test('while recording is paused, requests are counted and nothing is kept', async () => {
  const journal = await journalIn(temporaryFolder())
  let changes = 0
  journal.onChange(() => changes++)
  journal.setRecording(false)
  expect(journal.recording).toBe(false)
  const running = beginExchange(journal)
  running.relay(chatEvent('unseen'))
  expect(running.tap.id).toMatch(/^ex_/)
  expect(journal.stats()).toEqual({ requestsPerMinute: 1, active: 1 })
  running.tap.end('done')
  expect(journal.stats()).toEqual({ requestsPerMinute: 1, active: 0 })
  expect(await journal.list({ limit: 5 })).toEqual({ rows: [], total: 0, capped: false })
  expect(await journal.get(running.tap.id)).toBeUndefined()
  journal.setRecording(true)
  const id = exchange(journal)
  expect((await journal.list({ limit: 5 })).rows.map((row) => row.id)).toEqual([id])
  expect(changes).toBeGreaterThan(3)
})

test('requests per minute forget what is older than a minute', async () => {
  let now = 0
  const journal = await journalIn(undefined, { clock: { wall: () => 5e11 + now, monotonic: () => now } })
  exchange(journal)
  now += 30_000
  exchange(journal)
  expect(journal.stats().requestsPerMinute).toBe(2)
  now += 31_000
  expect(journal.stats().requestsPerMinute).toBe(1)
  now += 3_600_000
  expect(journal.stats().requestsPerMinute).toBe(0)
})

test('closing ends what runs and stores it', async () => {
  const folder = temporaryFolder()
  const first = await journalIn(folder)
  const running = beginExchange(first)
  running.relay(chatEvent('half'))
  await first.close()
  const { rows } = await (await journalIn(folder)).list({ limit: 1 })
  expect(rows[0]).toMatchObject({ id: running.tap.id, state: 'failed', failure: { code: 'proxy_stopped' } })
})

test('files are for their owner alone', async () => {
  const folder = temporaryFolder()
  const journal = await journalIn(folder)
  exchange(journal)
  await journal.flush()
  expect(readdirSync(folder)).toContain('journal.db')
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})
