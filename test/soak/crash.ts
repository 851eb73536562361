/**
 * The whole program, killed at random moments while requests run and settings are written. After each kill it must start
 * again with the settings that were last acknowledged, or those that were on their way, and with every exchange of which
 * it had told that it was over. `node test/soak/crash.ts --rounds 200` is the nightly form.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../../shared/contract.ts'
import { startServer, type Server } from '../headless-server.ts'
import { randomSource } from '../proxy/recordings.ts'

export interface CrashOptions {
  rounds: number
  seed: number
  /** Told after each round. */
  progress?: (line: string) => void
}

export interface CrashReport {
  rounds: number
  /** Exchanges that the program had shown as ended, and after which it had answered another question about the store. */
  shown: number
  /** Settings that it had acknowledged. */
  saved: number
  /** What was lost or broken; empty when all is well. */
  faults: string[]
}

const consoleOf = (server: Server): ContractRouterClient<Contract> =>
  createORPCClient(new RPCLink({ url: `${server.url}/console` }))

/** What is done to the program until it dies, and what it acknowledged. */
class Round {
  readonly shown = new Set<string>()
  /** The rule that was acknowledged last, and the one that was asked for last. */
  acknowledged: string | undefined
  asked: string | undefined
  saved = 0
  readonly #console: ContractRouterClient<Contract>
  readonly #server: Server
  #dead = false

  constructor(server: Server) {
    this.#server = server
    this.#console = consoleOf(server)
  }

  /** @param number makes the settings of each round their own */
  async run(number: number, forMs: number): Promise<void> {
    const work = [
      this.#request('chat/completions', { messages: [{ role: 'user', content: 'Hello' }] }),
      this.#request('embeddings', { input: 'Hello' }),
      this.#save(number),
      this.#look(),
    ]
    await wait(forMs)
    this.#dead = true
    process.kill(this.#server.pid, 'SIGKILL')
    await Promise.all([...work, this.#server.stop()])
  }

  /** What fails because the program is dead is no fault. */
  async #untilDead(step: (count: number) => Promise<void>): Promise<void> {
    for (let count = 0; !this.#dead; count++) {
      try {
        await step(count)
      } catch (error) {
        await wait(20)
        if (!this.#dead) throw error
      }
    }
  }

  #request(path: string, body: object): Promise<void> {
    return this.#untilDead(async () => {
      const answer = await fetch(`${this.#server.url}/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: path === 'embeddings' ? 'text-embedding-3-small' : 'gpt-5.1', ...body }),
      })
      await answer.text()
    })
  }

  #save(number: number): Promise<void> {
    return this.#untilDead(async (count) => {
      const model = `round-${number}-${count}`
      this.asked = model
      await this.#console.rules.save({ rules: [{ model, instances: [], api: 'auto' }] })
      this.acknowledged = model
      this.saved += 1
    })
  }

  /** Rows are shown before they are written. A question to the store is answered when all that had ended is written. */
  #look(): Promise<void> {
    let before: string[] = []
    return this.#untilDead(async () => {
      const { rows } = await this.#console.traffic.list({ limit: 200 })
      for (const id of before) this.shown.add(id)
      before = rows.filter(({ state }) => state !== 'active').map(({ id }) => id)
      await wait(15)
    })
  }
}

/** @throws when the program does not start again */
export async function crashAgainAndAgain({ rounds, seed, progress }: CrashOptions): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-crash-'))
  const random = randomSource(seed)
  const shown = new Set<string>()
  const report: CrashReport = { rounds, shown: 0, saved: 0, faults: [] }
  let possible: (string | undefined)[] = [undefined]
  try {
    for (let number = 0; number <= rounds; number++) {
      const server = await startServer(folder)
      const inspector = consoleOf(server)
      const [rule] = (await inspector.rules.list()).rules
      if (!possible.includes(rule?.model))
        report.faults.push(`round ${number}: the rule is ${rule?.model}, and not one of ${possible.join(', ')}`)
      const lost = await missing(inspector, shown)
      if (lost.length > 0) report.faults.push(`round ${number}: ${lost.length} exchanges are lost, e.g. ${lost[0]}`)
      const damaged = readdirSync(folder).filter((name) => name.includes('damaged'))
      if (damaged.length > 0) report.faults.push(`round ${number}: the store was found damaged`)
      if (number === rounds || report.faults.length > 0) {
        await server.stop()
        break
      }
      const round = new Round(server)
      await round.run(number, 20 + Math.floor(random() * 1200))
      for (const id of round.shown) shown.add(id)
      report.saved += round.saved
      // Without a word from this round the last known ones still stand.
      possible = [round.acknowledged ?? rule?.model, round.asked ?? rule?.model]
      progress?.(`round ${number + 1}: ${shown.size} exchanges shown, ${report.saved} settings saved`)
    }
    report.shown = shown.size
    return report
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function missing(inspector: ContractRouterClient<Contract>, shown: ReadonlySet<string>): Promise<string[]> {
  const stored = new Set<string>()
  for (let before: string | undefined; ;) {
    const { rows } = await inspector.traffic.list({ limit: 1000, ...(before === undefined ? {} : { before }) })
    for (const { id } of rows) stored.add(id)
    before = rows.at(-1)?.id
    if (rows.length < 1000) break
  }
  return [...shown].filter((id) => !stored.has(id))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  })
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  say(`--rounds ${values.rounds} --seed ${values.seed}`)
  const report = await crashAgainAndAgain({ rounds: Number(values.rounds), seed: Number(values.seed), progress: say })
  for (const fault of report.faults) say(`FAIL ${fault}`)
  say(
    `${report.rounds} kills: ${report.shown} exchanges and ${report.saved} settings looked for, ${report.faults.length} faults`,
  )
  process.exitCode = report.faults.length === 0 ? 0 : 1
}
