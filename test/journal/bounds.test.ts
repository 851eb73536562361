import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beginExchange, chatEvent, exchange, generous, journalIn, temporaryFolder, until } from './traffic.ts'

const mib = 1024 * 1024
const day = 24 * 60 * 60 * 1000
const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

test('the store stays within its bytes; the newest stay', async () => {
  const folder = temporaryFolder()
  const journal = await journalIn(folder, { limits: { ...generous, maxBytes: 2 * mib } })
  let largest = 0
  const ids: string[] = []
  for (let index = 0; index < 240; index++) {
    ids.push(exchange(journal, { contentType: 'audio/mpeg', chunks: [randomBytes(60_000)] }))
    if (index % 20 === 19) await journal.flush()
    largest = Math.max(largest, sizeOf(folder))
  }
  await journal.flush()
  const { rows, total } = await journal.list({ limit: 1000 })
  expect(largest).toBeLessThan(2.3 * mib)
  expect(journal.problem()).toBeUndefined()
  expect(rows).toHaveLength(total)
  expect(total).toBeGreaterThan(15)
  expect(rows.map((row) => row.id)).toEqual(ids.toReversed().slice(0, total))
  expect((await journal.events({ id: ids.at(-1)!, lane: 'client', from: 0, limit: 1 })).events).toHaveLength(1)
})

test('an exchange too large for the store keeps its heads', async () => {
  const journal = await journalIn(temporaryFolder(), { limits: { ...generous, maxBytes: 2 * mib } })
  const id = exchange(journal, { contentType: 'audio/mpeg', chunks: [randomBytes(mib)] })
  expect((await journal.get(id))?.attempts[0]?.received).toBe(mib)
  expect(await journal.events({ id, lane: 'client', from: 0, limit: 5 })).toEqual({ events: [], truncated: true })
})

test('lowering the bounds takes old exchanges out and gives the disk back', async () => {
  const folder = temporaryFolder()
  const journal = await journalIn(folder)
  for (let index = 0; index < 100; index++) {
    exchange(journal, { contentType: 'audio/mpeg', chunks: [randomBytes(100_000)] })
  }
  await journal.flush()
  expect(sizeOf(folder)).toBeGreaterThan(10 * mib)
  journal.setLimits({ ...generous, maxBytes: 4 * mib })
  await until(async () => {
    await journal.flush()
    return sizeOf(folder) < 4.5 * mib
  })
  expect((await journal.list({ limit: 5 })).total).toBeGreaterThan(10)
})

test('exchanges go when they are older than the days to keep', async () => {
  let now = 1_800_000_000_000
  const clock = { wall: () => now, monotonic: () => now }
  const journal = await journalIn(temporaryFolder(), { clock, limits: { ...generous, keepDays: 2 } })
  for (let index = 0; index < 200; index++) exchange(journal)
  now += 1.5 * day
  const younger = exchange(journal)
  await journal.flush()
  expect((await journal.list({ limit: 1 })).total).toBe(201)
  now += day
  const newest = exchange(journal)
  await until(async () => (await journal.list({ limit: 1 })).total <= 2)
  expect((await journal.list({ limit: 10 })).rows.map((row) => row.id)).toEqual([newest, younger])
})

test('a lane longer than the recorder keeps is cut, and says so', async () => {
  const journal = await journalIn(temporaryFolder(), { memory: { lane: 10_000, active: 1e9 } })
  const running = beginExchange(journal, { request: 'r'.repeat(20_000), contentType: 'text/plain' })
  for (let index = 0; index < 30; index++) running.relay('x'.repeat(1000))
  expect(await journal.events({ id: running.tap.id, lane: 'client', from: 0, limit: 100 })).toMatchObject({
    truncated: true,
  })
  running.tap.end('done')
  const page = await journal.events({ id: running.tap.id, lane: 'client', from: 0, limit: 100 })
  expect(page.truncated).toBe(true)
  expect(page.events.map((event) => event.raw).join('')).toBe('x'.repeat(10_000))
  const detail = await journal.get(running.tap.id)
  expect(detail?.requestBody).toEqual({ text: 'r'.repeat(10_000), bytes: 20_000, truncated: true })
  expect(detail?.attempts[0]?.received).toBe(30_000)
})

test('all running exchanges together hold no more than they may: the oldest are cut', async () => {
  const journal = await journalIn(temporaryFolder(), { memory: { lane: 1e9, active: mib } })
  const running = Array.from({ length: 8 }, () => beginExchange(journal, { contentType: 'text/plain' }))
  for (let index = 0; index < 60; index++) for (const one of running) one.relay('y'.repeat(4000))
  for (const one of running) one.tap.end('done')
  const kept = await Promise.all(
    running.map(async ({ tap }) => {
      const { events, truncated } = await journal.events({ id: tap.id, lane: 'upstream', from: 0, limit: 1000 })
      return { truncated, bytes: events.reduce((sum, event) => sum + event.raw.length, 0) }
    }),
  )
  expect(kept[0]).toEqual({ truncated: true, bytes: 2048 })
  expect(kept.at(-1)).toEqual({ truncated: false, bytes: 240_000 })
  expect(kept.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThan(mib)
})

test('two thousand exchanges a second are recorded in bounded memory', async () => {
  const journal = await journalIn(temporaryFolder())
  const before = process.memoryUsage().rss
  let peak = 0
  const began = performance.now()
  for (let round = 0; round < 40; round++) {
    for (let index = 0; index < 100; index++)
      exchange(journal, { chunks: [chatEvent(`r${round}`), 'data: [DONE]\n\n'] })
    peak = Math.max(peak, process.memoryUsage().rss)
    const ahead = (round + 1) * 50 - (performance.now() - began)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ahead)))
  }
  await journal.flush()
  expect((await journal.list({ limit: 1 })).total).toBe(4000)
  expect(journal.problem()).toBeUndefined()
  expect(peak - before).toBeLessThan(150 * mib)
})

test('when the recorder is behind, it says so and loses exchanges rather than memory', async () => {
  const journal = await journalIn(temporaryFolder())
  for (let index = 0; index < 21_000; index++) {
    const tap = journal.begin({ method: 'POST', path: '/x', headers: [] })
    tap.end('done')
  }
  expect(journal.problem()).toMatchObject({ code: 'journal_behind' })
  await until(() => journal.problem() === undefined)
  expect((await journal.list({ limit: 1 })).total).toBe(20_000)
})
