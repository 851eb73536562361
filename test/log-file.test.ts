/** The log's file on a real disk. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Config } from '../shared/config.ts'
import { LogFile } from '../electron/log-file.ts'
import { openProgramLog } from '../electron/program-log.ts'

let folder: string
let warned: string[]
let now: number
let file: LogFile
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-log-'))
  warned = []
  now = 0
  file = new LogFile({ monotonic: () => now, warn: (path, reason) => warned.push(`${path}: ${reason}`) })
})
afterEach(async () => {
  await file.close()
  rmSync(folder, { recursive: true, force: true })
})

const line = (index: number): string => `${JSON.stringify({ index, text: 'x'.repeat(80) })}\n`
const indexesIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((each) => (JSON.parse(each) as { index: number }).index)

describe('the log file', () => {
  test.each([0, 1, 3])(
    'with backup_count %i is never larger than max_size, and the newest lines stay',
    async (kept) => {
      const path = join(folder, 'deep', 'er', 'app.log')
      file.set({ path, maxSize: 20_000, backupCount: kept })
      for (let index = 0; index < 5000; index++) file.write(line(index))
      await file.close()
      const names = readdirSync(join(folder, 'deep', 'er'))
      expect(names.length).toBe(kept + 1)
      for (const name of names) {
        const { size, mode } = statSync(join(folder, 'deep', 'er', name))
        expect(size).toBeLessThanOrEqual(20_000)
        expect(mode & 0o777).toBe(0o600)
      }
      const full = Array.from({ length: kept }, (_, index) => `${path}.${kept - index}`)
      const seen = [...full, path].flatMap((each) => (statSync(each).size === 0 ? [] : indexesIn(each)))
      if (kept > 0) expect(seen.at(-1)).toBe(4999)
      expect(seen).toEqual(seen.map((_, index) => seen[0]! + index))
    },
  )

  test('goes on where it ended, and closes an older file to others', async () => {
    const path = join(folder, 'app.log')
    writeFileSync(path, line(0))
    chmodSync(path, 0o644)
    file.set({ path, maxSize: 100_000, backupCount: 1 })
    file.write(line(1))
    await file.close()
    expect(indexesIn(path)).toEqual([0, 1])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('other settings count at once: no line is lost between two files, and fewer are kept', async () => {
    const path = join(folder, 'app.log')
    for (const index of [1, 2, 3]) writeFileSync(`${path}.${index}`, '')
    file.set({ path, maxSize: 100_000, backupCount: 3 })
    for (let index = 0; index < 100; index++) file.write(line(index))
    file.set({ path, maxSize: 100_000, backupCount: 1 })
    for (let index = 100; index < 200; index++) file.write(line(index))
    await expect.poll(() => indexesIn(path)).toHaveLength(200)
    file.set({ path: join(folder, 'other.log'), maxSize: 100_000, backupCount: 1 })
    file.write(line(200))
    await file.close()
    expect(indexesIn(path)).toEqual(Array.from({ length: 200 }, (_, index) => index))
    expect(indexesIn(join(folder, 'other.log'))).toEqual([200])
    expect(readdirSync(folder).toSorted()).toEqual(['app.log', 'app.log.1', 'other.log'])
  })

  test('that cannot be written is told once, and tried again after a while', async () => {
    const path = join(folder, 'taken')
    mkdirSync(path)
    file.set({ path, maxSize: 10_000, backupCount: 1 })
    await expect.poll(() => warned.length).toBe(1)
    for (let index = 0; index < 1000; index++) file.write(line(index))
    rmSync(path, { recursive: true })
    file.write(line(1000))
    expect(existsSync(path)).toBe(false)
    now += 60_000
    file.write(line(1001))
    await file.close()
    expect(indexesIn(path)).toEqual([1001])
    expect(warned).toHaveLength(1)
  })

  test('in a folder that cannot be made is told once', () => {
    writeFileSync(join(folder, 'file'), '')
    file.set({ path: join(folder, 'file', 'app.log'), maxSize: 10_000, backupCount: 1 })
    file.write(line(0))
    now += 60_000
    file.write(line(1))
    expect(warned).toHaveLength(1)
  })
})

describe('the program’s log', () => {
  test('is the same on stdout and in the file, one line each, whatever a caller calls a model', async () => {
    const out: string[] = []
    const errors: string[] = []
    const program = openProgramLog({ write: (text) => void out.push(text) }, (message) => errors.push(message))
    const { logging } = Config.parse({ logging: { file: 'logs/app.log', level: 'warn' } })
    program.apply(logging, folder)
    const model = 'x\r\n{"level":60}\u001b[31m\u009b2J\u2028\u0007'
    program.log.info({ model }, 'not at this level')
    program.log.warn({ model }, 'model request')
    program.log.error({ key: 'field-canary' }, 'it broke')
    await program.close()
    const text = readFileSync(join(folder, 'logs', 'app.log'), 'utf8')
    expect(text).toBe(out.join(''))
    const lines = text.split('\n')
    expect(lines).toHaveLength(3)
    // oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/)
    expect(JSON.parse(lines[0]!)).toMatchObject({ model, msg: 'model request' })
    expect(errors).toEqual(['it broke'])
  })
})
