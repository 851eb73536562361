/**
 * `npm test`: everything, from a fresh clone. Installs what is missing, then checks, builds, runs the unit and
 * integration tests and the end-to-end tests, and stops at the first of these that fails. The last line is the sum.
 *
 *   npm test                          all stages
 *   npm test -- unit test/core        one stage; what follows goes to its runner
 *   npm run fuzz                      only when asked for: a hundred thousand inputs a property, new ones each time
 *   npm run soak                      only when asked for: ten minutes of faults under load, then two hundred kills
 *
 * Runs on the machine's own Node (20 or newer) before anything is installed: plain JavaScript, Node's modules only.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '../electron/start/fail.mjs'
import { install } from '../electron/start/install.mjs'
import { modernNode, withPackages } from '../electron/start/node.mjs'
import { command } from './run/command.mjs'
import { provideRealTools } from './run/real-tools.mjs'
import { chromium, provide } from './run/system-parts.mjs'
import { playwrightTotals, vitestTotals } from './run/totals.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const reports = mkdtempSync(join(tmpdir(), 'lazuli-reports-'))
const say = (line) => process.stdout.write(`${line}\n`)

/** In the order in which they run. `needs` = stages that must come before when only this one is asked for. */
const STAGES = {
  check: { title: 'Types, lint, format', needs: [], run: check },
  build: { title: 'Build', needs: [], run: () => tool('electron-vite', ['build', '--logLevel', 'warn'], 300) },
  unit: { title: 'Unit and integration tests', needs: ['build'], run: unit },
  e2e: { title: 'End-to-end tests', needs: ['build'], run: endToEnd },
  fuzz: { title: 'Fuzzing', needs: [], run: fuzz, onlyWhenAsked: true },
  soak: { title: 'Soak', needs: ['build'], run: soak, onlyWhenAsked: true },
}

const [only, ...rest] = process.argv.slice(2)
const sum = { passed: 0, failed: 0 }

try {
  await main()
} catch (error) {
  sum.failed += 1
  say(error instanceof StartError || error.constructor === Error ? error.message : error.stack)
}
rmSync(reports, { recursive: true, force: true })
say(`\n${sum.passed} passed, ${sum.failed} failed`)
process.exitCode ||= sum.failed === 0 ? 0 : 1

async function main() {
  if (only !== undefined && !Object.hasOwn(STAGES, only)) {
    throw new Error(`There is no stage "${only}"; there are ${Object.keys(STAGES).join(', ')}.`)
  }
  const usual = Object.keys(STAGES).filter((name) => !STAGES[name].onlyWhenAsked)
  const wanted = only === undefined ? usual : [...STAGES[only].needs, only]

  say('── Parts')
  install(root)
  modernNode(root)
  if (wanted.some((name) => ['unit', 'e2e', 'fuzz'].includes(name))) provide(say)
  if (wanted.includes('e2e')) provideRealTools(root, say)

  for (const name of wanted) {
    const { title, run } = STAGES[name]
    say(`\n── ${title}`)
    const began = performance.now()
    const { passed, failed, notes } = await run(name === only ? rest : [])
    sum.passed += passed
    sum.failed += failed
    for (const note of notes) say(note)
    say(`── ${title}: ${failed === 0 ? 'ok' : 'FAILED'}, ${((performance.now() - began) / 1000).toFixed(1)} s`)
    if (failed > 0 || process.exitCode) return
  }
}

async function check() {
  for (const [name, ...args] of [
    ['tsc', '--noEmit'],
    ['oxlint', '--type-aware', '--deny-warnings'],
    ['oxfmt', '--check'],
  ]) {
    const { failed, notes } = await tool(name, args, 300)
    if (failed > 0) return { passed: 0, failed, notes }
  }
  return { passed: 0, failed: 0, notes: [] }
}

async function unit(args) {
  const report = join(reports, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return vitestTotals(report, await isolated(['vitest', 'run', ...reporters, ...args]))
}

/** The nightly form; a failure prints the case, and the seed that brings all of them again. */
async function fuzz(args) {
  const { FUZZ_RUNS = '100000', FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env
  say(`FUZZ_RUNS=${FUZZ_RUNS} FUZZ_SEED=${FUZZ_SEED}`)
  const report = join(reports, 'fuzz.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const files = args.length > 0 ? args : ['test/fuzz']
  const env = { FUZZ_RUNS, FUZZ_SEED }
  return vitestTotals(
    report,
    await isolated(['vitest', 'run', '--testTimeout=3600000', ...reporters, ...files], env, 7200),
  )
}

/** What follows goes to the load: `npm run soak -- --minutes 2 --streams 100`. */
async function soak(args) {
  const faults = await tool('node', ['test/soak/soak.ts', ...args], 7200)
  return faults.failed > 0 ? faults : tool('node', ['test/soak/crash.ts'], 3600)
}

async function endToEnd(args) {
  const report = join(reports, 'playwright.json')
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  return playwrightTotals(
    report,
    await isolated(
      ['playwright', 'test', '--project=desktop', '--project=headless', '--reporter=list,json', ...args],
      env,
    ),
  )
}

/** A tool counts as one failure when it fails, and as no test when it does not. */
async function tool(name, args, limitS) {
  const code = await command(name, args, { cwd: root, env: withPackages(root, process.env), limitS })
  return { passed: 0, failed: code === 0 ? 0 : 1, notes: code === 0 ? [] : [`${name} ended with ${code}`] }
}

/** With an empty home and a keyring of its own: see with-keyring.sh. */
function isolated(args, env = {}, limitS = 2400) {
  return command(join(root, 'test/with-keyring.sh'), args, {
    cwd: root,
    env: { ...withPackages(root, process.env), CHROMIUM_PATH: chromium(), ...env },
    limitS,
  })
}
