import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Totals {
  passed: number
  failed: number
  notes: string[]
}
type Read = (file: string, exitCode: number) => Totals

const root = join(import.meta.dirname, '../..')
const modulePath: string = join(import.meta.dirname, 'totals.mjs')
let vitestTotals: Read
let playwrightTotals: Read
let folder: string

beforeAll(async () => {
  ;({ vitestTotals, playwrightTotals } = (await import(modulePath)) as {
    vitestTotals: Read
    playwrightTotals: Read
  })
  folder = await mkdtemp(join(root, 'node_modules/.totals-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs a real runner in a folder and reads the report that it left. */
async function report(runner: 'vitest' | 'playwright', source: string): Promise<Totals> {
  const place = await mkdtemp(join(folder, `${runner}-`))
  const file = join(place, 'report.json')
  await writeFile(join(place, runner === 'vitest' ? 'one.test.js' : 'one.spec.js'), source)
  await writeFile(join(place, 'package.json'), '{ "type": "module" }')
  const vitest = ['vitest.mjs', 'run', '--root', place, '--reporter=json', `--outputFile.json=${file}`]
  const command =
    runner === 'vitest' ? [join(root, 'node_modules/vitest', vitest[0]!), ...vitest.slice(1)] : playwright(place)
  const exitCode = await new Promise<number>((resolve) => {
    const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file }
    const child = execFile(process.execPath, command, { cwd: place, env }, () => resolve(child.exitCode ?? 1))
  })
  return (runner === 'vitest' ? vitestTotals : playwrightTotals)(file, exitCode)
}

function playwright(place: string): string[] {
  return [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--reporter=json', place]
}

const VITEST = "import { expect, test } from 'vitest'\n"
const PLAYWRIGHT = "import { expect, test } from '@playwright/test'\n"
const PASS = "test('passes', () => { expect(1).toBe(1) })\n"
const FAIL = "test('fails', () => { expect(1).toBe(2) })\n"
const SKIP = "test.skip('is skipped', () => {})\n"

test('what passed and what failed is counted as it was', async () => {
  expect(await report('vitest', VITEST + PASS + PASS.replace('passes', 'passes too') + FAIL)).toEqual({
    passed: 2,
    failed: 1,
    notes: [],
  })
  expect(await report('playwright', PLAYWRIGHT + PASS + FAIL)).toEqual({ passed: 1, failed: 1, notes: [] })
})

test('a skipped test counts as failed', async () => {
  const skipped = { passed: 1, failed: 1, notes: ['1 did not run, which counts as failed'] }
  expect(await report('vitest', VITEST + PASS + SKIP)).toEqual(skipped)
  expect(await report('playwright', PLAYWRIGHT + PASS + SKIP)).toEqual(skipped)
})

test('a file that does not load counts as one failure', async () => {
  expect(await report('vitest', "import './nowhere.js'")).toMatchObject({ passed: 0, failed: 1 })
  expect(await report('playwright', "import './nowhere.js'")).toMatchObject({ passed: 0, failed: 1 })
})

test('an error outside the tests counts although every test passed', async () => {
  expect(await report('vitest', `${VITEST}${PASS}void Promise.reject(new Error('late'))`)).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

test('a runner that leaves no report has failed', () => {
  expect(vitestTotals(join(folder, 'nothing.json'), 1)).toMatchObject({ passed: 0, failed: 1 })
  expect(playwrightTotals(join(tmpdir(), 'nothing.json'), 0)).toMatchObject({ passed: 0, failed: 1 })
})
