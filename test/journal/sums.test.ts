import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { localDay } from '../../electron/core/accounting.ts'
import type { Journal } from '../../electron/journal/journal.ts'
import { SumsTable, sumsSchema } from '../../electron/journal/sums.ts'
import { Writer } from '../../electron/journal/writer.ts'
import type { FinishedRecord } from '../../electron/journal/finish-record.ts'
import { Store } from '../../electron/journal/store.ts'
import type { Sums } from '../../shared/spending.ts'
import { beginExchange, exchange, generous, journalIn, temporaryFolder, until } from './traffic.ts'

const always = { from: '2000-01-01', to: '2100-01-01' }
const usage =
  'data: {"choices":[],"model":"gpt-4.1","usage":{"prompt_tokens":2000,"completion_tokens":500,' +
  '"prompt_tokens_details":{"cached_tokens":1000},"completion_tokens_details":{"reasoning_tokens":100}}}\n\n'

interface Asked {
  key?: string
  model?: string
  provider?: string
  base?: string
  state?: 'done' | 'failed' | 'aborted'
  chunks?: string[]
}

/** One request to the deployment `gpt-5-prod` of the instance `main`; returns its id. */
function ask(journal: Journal, asked: Asked = {}): string {
  const running = beginExchange(journal)
  running.tap.describe({
    askedModel: asked.model ?? 'gpt-5',
    baseModel: asked.base ?? 'gpt-4.1',
    providerType: asked.provider ?? 'azure',
    ...(asked.key === undefined ? {} : { key: asked.key }),
  })
  for (const chunk of asked.chunks ?? [usage]) running.relay(chunk)
  running.tap.end(asked.state ?? 'done')
  return running.tap.id
}

async function total(journal: Journal): Promise<Sums | undefined> {
  return (await journal.sums({ ...always, by: [] }))[0]?.sums
}

describe('the sums', () => {
  test('have every request once, with its tokens and its cost, under all of its names', async () => {
    const journal = await journalIn(undefined)
    ask(journal, { key: 'ci' })
    ask(journal, { key: 'ci' })
    ask(journal, { model: 'gpt-5-mini' })
    const rows = await journal.sums({ ...always, by: ['day', 'instance', 'deployment', 'model', 'client', 'key'] })
    expect(rows).toEqual([
      {
        day: localDay(Date.now()),
        instance: 'main',
        deployment: 'gpt-5-prod',
        model: 'gpt-5',
        client: 'curl',
        key: 'ci',
        sums: expect.objectContaining({ requests: 2, failures: 0, input: 4000, cached: 2000, output: 1000 }),
      },
      expect.objectContaining({ model: 'gpt-5-mini', key: '' }),
    ])
    // gpt-4.1: 1000 × $2 + 1000 cached × $0.50 + 500 × $8, in millionths.
    expect(rows[0]?.sums.cost).toBeCloseTo(2 * 0.0065, 9)
    expect(rows[0]?.sums).toMatchObject({ reasoning: 200, cacheWrite: 0, unpriced: 0 })
    expect((await journal.sums({ ...always, by: ['key'] })).map(({ key, sums }) => [key, sums.requests])).toEqual([
      ['ci', 2],
      ['', 1],
    ])
    expect(await journal.sums({ from: '2000-01-01', to: '2000-12-31', by: [] })).toEqual([])
  })

  test('count what failed, and what has no known price as unpriced, and a simulated answer as neither', async () => {
    const journal = await journalIn(undefined)
    ask(journal, { state: 'failed', chunks: [] })
    ask(journal, { state: 'aborted', chunks: [] })
    ask(journal, { base: 'my-own', chunks: [usage.replace('gpt-4.1', 'my-own')] })
    ask(journal, { provider: 'simulator' })
    expect(await total(journal)).toMatchObject({ requests: 4, failures: 1, unpriced: 1, cost: 0 })
  })

  test('leave out what asks no model: a dry run, a list of files', async () => {
    const journal = await journalIn(undefined)
    const dry = journal.begin({ method: 'POST', path: '/v1/chat/completions', headers: [] })
    dry.describe({ clientDialect: 'chat', askedModel: 'gpt-5' })
    dry.clientHead(200, [])
    dry.end('done')
    journal.begin({ method: 'GET', path: '/v1/files', headers: [] }).end('done')
    expect(await total(journal)).toBeUndefined()
  })

  test('go on while recording is paused, and nothing is recorded of it', async () => {
    const journal = await journalIn(undefined)
    journal.setRecording(false)
    ask(journal)
    expect(await total(journal)).toMatchObject({ requests: 1, input: 2000, output: 500 })
    expect((await journal.list({ limit: 5 })).rows).toEqual([])
  })

  test('stay when the traffic is cleared, when it falls out of its bounds, and over a restart', async () => {
    const folder = temporaryFolder()
    const first = await journalIn(folder)
    ask(first)
    await first.clear()
    ask(first)
    await first.close()
    const second = await journalIn(folder, { limits: { ...generous, keepDays: 0 } })
    await until(async () => (await second.list({ limit: 5 })).rows.length === 0)
    expect(await total(second)).toMatchObject({ requests: 2, input: 4000 })
  })

  test('are what a process had acknowledged when it is killed', { timeout: 30_000 }, async () => {
    const folder = temporaryFolder()
    const child = fileURLToPath(new URL('counting-child.ts', import.meta.url))
    const running = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--no-wasm-generic-wrapper', child, folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let printed = ''
    await new Promise<void>((resolve, reject) => {
      running.once('error', reject)
      running.once('close', () => resolve())
      running.stdout.on('data', (chunk) => {
        printed += String(chunk)
        if (printed.split('\n').length > 20) running.kill('SIGKILL')
      })
    })
    const acknowledged = Number(printed.split('\n').at(-2))
    const journal = await journalIn(folder)
    const kept = await total(journal)
    // A batch that was committed and not acknowledged may be there, too: whole.
    expect(kept?.requests).toBeGreaterThanOrEqual(acknowledged)
    expect(kept?.input).toBe(2000 * (kept?.requests ?? 0))
    const stored = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true })
    const recorded = Number(stored.prepare('select count(*) as n from exchanges').get()?.['n'])
    stored.close()
    // Every second request is made while recording is paused.
    expect(Math.abs(recorded * 2 - (kept?.requests ?? 0))).toBeLessThanOrEqual(2)
  })

  test('count what a dying recorder lost, once', async () => {
    const journal = await journalIn(temporaryFolder(), { workerUrl: new URL('dying-worker.ts', import.meta.url) })
    exchange(journal)
    await journal.flush()
    exchange(journal, { path: '/die' })
    exchange(journal)
    await expect(journal.flush()).rejects.toMatchObject({ code: 'journal_stopped' })
    expect(await total(journal)).toMatchObject({ requests: 3 })
  })

  test('are saved from a store whose traffic is damaged', async () => {
    const folder = temporaryFolder()
    const first = await journalIn(folder)
    ask(first)
    await first.close()
    const db = new DatabaseSync(join(folder, 'journal.db'))
    db.exec('pragma user_version = 999')
    db.close()
    const second = await journalIn(folder)
    expect(await total(second)).toMatchObject({ requests: 1, output: 500 })
    expect(second.problem()).toMatchObject({ code: 'journal_damaged' })
    expect(readdirSync(folder).some((name) => name.startsWith('journal.damaged-'))).toBe(true)
  })
})

const sums = (cost = 0): Sums => ({
  requests: 1,
  failures: 0,
  input: 1,
  cached: 0,
  cacheWrite: 0,
  output: 1,
  reasoning: 0,
  cost,
  unpriced: 0,
  last: 1,
})
const names = { instance: 'main', deployment: 'gpt', model: 'gpt', client: 'curl', key: '' }

describe('a disk that is full', () => {
  test('owes the sums of what it could not store, and pays them later', () => {
    let isFull = true
    class FullStore extends Store {
      override insert(...records: Parameters<Store['insert']>): void {
        if (isFull) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
        super.insert(...records)
      }
    }
    const writer = new Writer(undefined, generous, 0, { settled() {}, problem() {} }, (file) => new FullStore(file))
    const record = (id: number): FinishedRecord => ({
      id: String(id).padStart(6, '0'),
      startedAt: 0,
      summary: {
        id: String(id).padStart(6, '0'),
        startedAt: 0,
        state: 'done',
        client: 'curl',
        method: 'POST',
        path: '/',
        stream: false,
        attempts: 1,
        losses: 0,
        flags: [],
      },
      content: Buffer.alloc(10),
      sum: { names: { ...names, day: '2026-01-01' }, sums: sums(0.5) },
    })
    writer.write(
      Array.from({ length: 1500 }, (_, id) => record(id)),
      0,
    )
    writer.write([], 0, [{ names: { ...names, day: '2026-01-01', key: 'ci' }, sums: sums(1) }])
    isFull = false
    writer.retry()
    expect(writer.store.count).toBe(1000)
    expect(
      writer.store.sums.read({ ...always, by: ['key'] }).map(({ key, sums: { requests } }) => [key, requests]),
    ).toEqual([
      ['', 1500],
      ['ci', 1],
    ])
    writer.close()
  })
})

describe('the table of sums', () => {
  const open = (): SumsTable => {
    const db = new DatabaseSync(':memory:')
    db.exec(sumsSchema)
    return new SumsTable(db)
  }

  test('keeps 400 days', () => {
    const table = open()
    for (const day of ['2025-10-16', '2025-10-18', '2026-11-21']) table.add({ names: { ...names, day }, sums: sums() })
    table.prune(new Date(2026, 10, 21, 12).getTime(), 1e9)
    expect([...table.entries()].map((entry) => entry.names.day)).toEqual(['2025-10-18', '2026-11-21'])
  })

  test('is bounded: a day of ever new names loses their detail, and never its sums', () => {
    const table = open()
    for (let count = 0; count < 2100; count++) {
      table.add({ names: { ...names, day: '2026-11-21', model: `m${count}`, key: 'ci' }, sums: sums(1) })
    }
    expect([...table.entries()].length).toBe(2001)
    expect(table.read({ ...always, by: ['key'] })).toEqual([
      { key: 'ci', sums: expect.objectContaining({ requests: 2100, cost: 2100 }) },
    ])
    expect(table.read({ ...always, by: ['model'] })[0]).toMatchObject({ model: 'other', sums: { requests: 100 } })
  })

  test('gives way, the oldest days first, where the store is small', () => {
    const table = open()
    for (const day of ['2026-11-19', '2026-11-20', '2026-11-21']) {
      for (let count = 0; count < 1500; count++) {
        table.add({ names: { ...names, day, model: `m${count}` }, sums: sums() })
      }
    }
    table.prune(new Date(2026, 10, 21, 12).getTime(), 1024 * 1024)
    expect(table.read({ ...always, by: ['day'] }).map(({ day }) => day)).toEqual(['2026-11-21'])
  })
})
