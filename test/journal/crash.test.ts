import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openJournal } from '../../electron/journal/journal.ts'
import { exchange, generous, journalIn, silent, temporaryFolder, until, workerUrl } from './traffic.ts'

const child = fileURLToPath(new URL('writing-child.ts', import.meta.url))

/** Runs the child until it has acknowledged something, kills it after a while; gives what it acknowledged. */
function killWhileWriting(folder: string, afterMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--no-wasm-generic-wrapper', child, folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let printed = ''
    running.stdout.once('data', () => setTimeout(() => running.kill('SIGKILL'), afterMs))
    running.stdout.on('data', (chunk) => {
      printed += String(chunk)
    })
    running.on('error', reject)
    running.on('close', () => resolve(printed.split('\n').slice(0, -1)))
  })
}

test(
  'a process killed at any moment while it writes loses nothing that it had acknowledged',
  { timeout: 240_000 },
  async () => {
    const folder = temporaryFolder()
    const acknowledged = new Set<string>()
    for (let run = 0; run < 24; run++) {
      for (const id of await killWhileWriting(folder, (run * 7) % 40)) acknowledged.add(id)
      const db = new DatabaseSync(join(folder, 'journal.db'))
      expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
      const stored = new Set(
        db
          .prepare('select id from exchanges')
          .all()
          .map((row) => row['id']),
      )
      db.close()
      expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
    }
    expect(acknowledged.size).toBeGreaterThan(24)
    const journal = await journalIn(folder)
    expect(journal.problem()).toBeUndefined()
    expect((await journal.get([...acknowledged].at(-1)!))?.summary.state).toBe('done')
    expect(readdirSync(folder).some((name) => name.includes('damaged'))).toBe(false)
  },
)

test('a recorder that dies is started once more; the second time the traffic goes on without it', async () => {
  const folder = temporaryFolder()
  const dying = new URL('dying-worker.ts', import.meta.url)
  const journal = await openJournal({
    directory: folder,
    workerUrl: dying,
    limits: generous,
    secrets: () => [],
    log: silent,
  })
  const id = exchange(journal, { path: '/fine' })
  expect((await journal.get(id))?.summary.id).toBe(id)
  exchange(journal, { path: '/die' })
  await expect(journal.flush()).rejects.toMatchObject({ code: 'journal_stopped' })
  expect(journal.problem()).toMatchObject({
    code: 'journal_restarted',
    message: expect.stringContaining('1 exchange was lost'),
  })
  expect((await journal.list({ limit: 5 })).rows.map((row) => row.id)).toEqual([id])
  const after = exchange(journal)
  expect((await journal.get(after))?.summary.id).toBe(after)

  exchange(journal, { path: '/die' })
  await expect(journal.flush()).rejects.toMatchObject({ code: 'journal_stopped' })
  expect(journal.problem()).toMatchObject({ code: 'journal_stopped' })
  exchange(journal)
  expect(journal.stats().active).toBe(0)
  await expect(journal.list({ limit: 5 })).rejects.toMatchObject({ code: 'journal_stopped' })
  await journal.close()
})

test('closing twice is one closing', async () => {
  const folder = temporaryFolder()
  const journal = await openJournal({ directory: folder, workerUrl, limits: generous, secrets: () => [], log: silent })
  exchange(journal)
  await Promise.all([journal.close(), journal.close()])
  await journal.close()
  await until(() => !existsSync(join(folder, 'journal.db-wal')))
})
