import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { emptySection, packContent } from '../../electron/journal/content.ts'
import type { FinishedRecord } from '../../electron/journal/finish-record.ts'
import { Store } from '../../electron/journal/store.ts'
import { Writer } from '../../electron/journal/writer.ts'
import type { Failure } from '../../shared/exchange.ts'
import { exchange, generous, journalIn, temporaryFolder, until } from './traffic.ts'

test.each([
  ['no database at all', (file: string) => writeFileSync(file, 'x'.repeat(5000))],
  [
    'a database with a damaged page',
    (file: string) => {
      const bytes = Buffer.alloc(statSync(file).size, 0xee)
      const db = new DatabaseSync(file)
      db.exec('pragma wal_checkpoint(truncate)')
      db.close()
      writeFileSync(file, bytes.subarray(0, 8192), { flag: 'r+' })
    },
  ],
  [
    'a database of a later version',
    (file: string) => {
      const db = new DatabaseSync(file)
      db.exec('pragma user_version = 99')
      db.close()
    },
  ],
])('a store that cannot be read is set aside and told: %s', async (_, damage) => {
  const folder = temporaryFolder()
  const first = await journalIn(folder)
  for (let index = 0; index < 20; index++) exchange(first)
  await first.close()
  damage(join(folder, 'journal.db'))

  const journal = await journalIn(folder)
  const id = exchange(journal)
  expect((await journal.list({ limit: 5 })).rows.map((row) => row.id)).toEqual([id])
  expect(journal.problem()).toMatchObject({ code: 'journal_damaged' })
  const aside = readdirSync(folder).filter((name) => name.startsWith('journal.damaged-'))
  expect(aside).toHaveLength(1)
  expect(journal.problem()?.fix).toContain(aside[0])
  expect(statSync(join(folder, aside[0]!)).mode & 0o777).toBe(0o600)
})

test('without a folder the traffic is kept in memory, and says so', async () => {
  const journal = await journalIn(undefined)
  const id = exchange(journal)
  expect((await journal.list({ limit: 5 })).rows.map((row) => row.id)).toEqual([id])
  expect(journal.problem()).toMatchObject({ code: 'journal_memory_only' })
})

test('a folder that cannot be written is replaced by memory until it can be', async () => {
  const folder = join(temporaryFolder(), 'data')
  writeFileSync(folder, 'a file where the folder should be')
  const journal = await journalIn(folder)
  const ids = [exchange(journal), exchange(journal)]
  await journal.flush()
  expect(journal.problem()).toMatchObject({ code: 'journal_unwritable' })
  expect((await journal.list({ limit: 5 })).total).toBe(2)

  rmSync(folder)
  mkdirSync(folder)
  await until(() => journal.problem() === undefined)
  ids.push(exchange(journal))
  await journal.close()
  const { rows } = await (await journalIn(folder)).list({ limit: 5 })
  expect(rows.map((row) => row.id)).toEqual(ids.toReversed())
})

/** Root may write everywhere; a file system that is mounted read-only or full stops even root. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0
function mounted(options: string): string {
  const folder = temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return folder
}

test('a read-only disk stops nothing', async () => {
  const folder = canMount ? mounted('size=4m,ro') : temporaryFolder()
  if (!canMount) chmodSync(folder, 0o500)
  const journal = await journalIn(folder)
  const id = exchange(journal)
  expect((await journal.get(id))?.summary.state).toBe('done')
  expect(journal.problem()).toMatchObject({ code: 'journal_unwritable' })
})

/** A disk that can be full: SQLite's own error where no file system can be filled. */
class FullStore extends Store {
  full = false
  override insert(records: readonly FinishedRecord[]): void {
    if (this.full) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
    super.insert(records)
  }
}

const finished = (id: string, size: number): FinishedRecord => ({
  id,
  startedAt: 1,
  summary: {
    id,
    startedAt: 1,
    state: 'done',
    client: 'x',
    method: 'POST',
    path: '/',
    stream: false,
    attempts: 0,
    losses: 0,
    flags: [],
  },
  content: Buffer.concat([
    packContent(
      {
        detail: { requestHeaders: [], losses: [], attempts: [], responseHeaders: [] },
        request: emptySection(0),
        attempts: [],
        upstream: emptySection(0),
        client: emptySection(0),
      },
      (head) => head,
    ),
    Buffer.alloc(size),
  ]),
})

test('what a full disk does not take waits, bounded, and is stored when there is room', () => {
  let store: FullStore | undefined
  const settled: [string, boolean][] = []
  let problem: Failure | undefined
  const writer = new Writer(
    temporaryFolder(),
    generous,
    1,
    {
      settled: (ids, kept) => settled.push(...ids.map((id): [string, boolean] => [id, kept])),
      problem: (failure) => {
        problem = failure
      },
    },
    (file) => (store = new FullStore(file)),
  )
  onTestFinished(() => writer.close())
  writer.write([finished('a', 10)], 1)
  store!.full = true
  writer.write([finished('b', 10), finished('c', 10)], 1)
  expect(problem).toMatchObject({ code: 'journal_disk_full' })
  expect(settled).toEqual([['a', true]])
  expect(writer.waiting('b')?.summary.id).toBe('b')
  expect(writer.troubled).toBe(true)

  // More than it may hold for later: the oldest are given up.
  writer.write(
    Array.from({ length: 1000 }, (_, index) => finished(`d${index}`, 10)),
    1,
  )
  expect(settled.slice(1)).toEqual([
    ['b', false],
    ['c', false],
  ])

  store!.full = false
  writer.retry()
  expect(problem).toBeUndefined()
  expect(writer.troubled).toBe(false)
  expect(writer.store.count).toBe(1001)
})

test.runIf(canMount)('a file system that is full stops nothing, and recording goes on by itself', async () => {
  const folder = mounted('size=2m')
  const journal = await journalIn(folder)
  const before = exchange(journal)
  await journal.flush()
  const ballast = join(folder, 'ballast')
  try {
    writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024))
  } catch {
    // It takes what fits: that fills the disk.
  }
  const ids = Array.from({ length: 40 }, () =>
    exchange(journal, { chunks: ['z'.repeat(30_000)], contentType: 'audio/x' }),
  )
  await journal.flush()
  expect(journal.problem()).toMatchObject({ code: 'journal_disk_full' })
  expect((await journal.get(before))?.summary.id).toBe(before)
  expect((await journal.get(ids.at(-1)!))?.summary.id).toBe(ids.at(-1))
  expect((await journal.list({ limit: 100 })).rows[0]?.id).toBe(ids.at(-1))

  rmSync(ballast)
  await until(() => journal.problem() === undefined)
  await until(async () => (await journal.list({ limit: 100 })).total === 41)
})

test('a store damaged while it is open is set aside, and recording goes on', () => {
  const folder = temporaryFolder()
  class DamagedOnce extends Store {
    override insert(records: readonly FinishedRecord[]): void {
      if (!damaged) {
        damaged = true
        throw Object.assign(new Error('database disk image is malformed'), { errcode: 11 })
      }
      super.insert(records)
    }
  }
  let damaged = false
  let opened = 0
  let problem: Failure | undefined
  const open = (file: string): Store => {
    // The second time it is the damaged file that is opened again.
    if (++opened === 2) throw Object.assign(new Error('malformed'), { errcode: 11 })
    return new DamagedOnce(file)
  }
  const events = {
    settled: () => {},
    problem: (failure: Failure | undefined) => {
      problem = failure
    },
  }
  const writer = new Writer(folder, generous, 1, events, open)
  onTestFinished(() => writer.close())
  writer.write([finished('a', 10)], 1)
  expect(writer.store.count).toBe(1)
  expect(problem).toMatchObject({ code: 'journal_damaged' })
})
