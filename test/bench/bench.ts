/**
 * `npm run bench`: measures Lazuli as users run it (built, headless, recording) beside a bare pipe and, where it is
 * installed, nginx, in alternating rounds of one run. Prints a table and writes the same as JSON.
 *
 *   npm run bench                             everything, for the record
 *   npm run bench -- --quick request stream   a few seconds for each of these
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SCENARIOS } from './scenarios.ts'
import type { Scenario, Task } from './scenarios.ts'
import { openStage } from './subjects.ts'
import type { Stage } from './subjects.ts'
import { rowsOf, tableOf } from './table.ts'
import type { Round, Row } from './table.ts'

const root = join(import.meta.dirname, '../..')
const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    json: { type: 'string', default: join(root, 'test-results/bench.json') },
  },
  allowPositionals: true,
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name.startsWith(name)))
if (unknown.length > 0) {
  say(`There is no scenario ${unknown.join(', ')}. There are: ${SCENARIOS.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}
const wanted = SCENARIOS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((given) => name.startsWith(given)),
)
const { quick } = values
const most = values.rounds === undefined ? (quick ? 3 : 7) : Number(values.rounds)
const folder = mkdtempSync(join(tmpdir(), 'lazuli-bench-'))
let stage: Stage | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    clear()
    process.exit(1)
  })
}
process.exitCode = await main()

/** Nothing that was started outlives the run. */
function clear(): void {
  stage?.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

async function main(): Promise<number> {
  const rows: Row[] = []
  const faults = new Set<string>()
  try {
    stage = await openStage({ root, folder })
    for (const scenario of wanted) {
      say(`── ${scenario.title}`)
      const task: Task = { quick, faults: new Set() }
      const rounds = await roundsOf(scenario, stage, task)
      const found = rowsOf(scenario, rounds)
      rows.push(...found)
      say(tableOf(found))
      for (const fault of task.faults) {
        say(`FAULT: ${fault}`)
        faults.add(`${scenario.name}: ${fault}`)
      }
    }
  } finally {
    clear()
  }
  const conditions = {
    date: new Date().toISOString(),
    node: process.version,
    system: `${process.platform} ${release()}`,
    processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    rounds: most,
    quick,
  }
  mkdirSync(dirname(resolve(values.json)), { recursive: true })
  writeFileSync(values.json, `${JSON.stringify({ conditions, rows, faults: [...faults] }, undefined, 2)}\n`)
  say(`\n${tableOf(rows)}\n`)
  const { date, node, system, processors } = conditions
  say(`${date} · Node ${node} · ${system} · ${processors} · ${most} rounds${quick ? ', quick' : ''}`)
  const missed = rows.filter(({ met }) => met === false).length
  say(`${missed} of ${rows.filter(({ met }) => met !== undefined).length} goals missed, ${faults.size} faults`)
  // A goal that is missed on a busy machine is a figure; an answer that was not whole is a failure.
  return faults.size === 0 ? 0 : 1
}

async function roundsOf(scenario: Scenario, stage: Stage, task: Task): Promise<Round[]> {
  const subjects = stage.subjects.filter(({ name }) => scenario.subjects.includes(name))
  const rounds: Round[] = []
  const count = Math.min(most, scenario.mostRounds ?? most)
  for (let round = 0; round < count; round++) {
    const figures: Round = {}
    // Every other round backwards, so that nobody always comes after the same one.
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      figures[subject.name] = await scenario.run(stage, subject, task)
    }
    rounds.push(figures)
  }
  return rounds
}
