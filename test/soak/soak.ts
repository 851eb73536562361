/**
 * `npm run soak [-- --minutes 10 --streams 500]`: the built headless program under streams of which three in ten meet a
 * fault. Every request must be answered once and accounted once, the tokens must be those that the upstream counted, and
 * afterwards descriptors and memory must be back to where they were. Ends with 1 when one of these does not hold.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startServer } from '../headless-server.ts'
import { randomSource } from '../proxy/recordings.ts'
import { ask, type Outcome } from './ask.ts'
import type { Truth } from './upstream.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    streams: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
  },
})
const [minutes, streams, seed] = [Number(values.minutes), Number(values.streams), Number(values.seed)]
const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Of the program: open descriptors, and memory in MB. */
interface Footprint {
  descriptors: number
  megabytes: number
}

function footprint(pid: number): Footprint {
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, megabytes: Math.round(Number(memory) / 1024) }
}

class Tally {
  requests = 0
  answered = 0
  refused = new Map<number, number>()
  broken = 0
  wrong: string[] = []
  words = 0

  add(outcome: Outcome): void {
    this.requests += 1
    switch (outcome.kind) {
      case 'answered':
        this.answered += 1
        this.words += outcome.words
        return
      case 'refused':
        this.refused.set(outcome.status, (this.refused.get(outcome.status) ?? 0) + 1)
        return
      case 'broken':
        this.broken += 1
        return
      case 'wrong':
        this.wrong.push(outcome.why)
    }
  }
}

/** The sum of a counter of `GET /metrics` over all of its labels that match. */
function counted(metrics: string, name: string, label = ''): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

async function soak(folder: string): Promise<boolean> {
  const upstream = fork(new URL('upstream.ts', import.meta.url), [String(seed)])
  const [upstreamPort] = (await once(upstream, 'message')) as [number]
  const instances = ['a', 'b', 'c'].map((name) => ({
    name,
    provider_type: 'generic',
    api_base: `http://127.0.0.1:${upstreamPort}/v1`,
    api_key: `key-of-${name}`,
  }))
  const config = join(folder, 'lazuli.yaml')
  writeFileSync(
    config,
    JSON.stringify({ instances, routing: { strategy: 'round_robin' }, logging: { level: 'error' } }),
  )
  const server = await startServer(folder, { serveArgs: ['--config', config] })
  const port = Number(new URL(server.url).port)
  const agent = new Agent({ keepAlive: true, maxSockets: streams })
  const random = randomSource(seed + 1)
  const tally = new Tally()

  const truth = async (): Promise<Truth> =>
    (await (await fetch(`http://127.0.0.1:${upstreamPort}/truth`)).json()) as Truth
  const rounds = async (until: number): Promise<void> => {
    while (performance.now() < until && tally.wrong.length === 0)
      tally.add(await ask(port, agent, 5 + Math.floor(random() * 60)))
  }
  const all = (until: number): Promise<void[]> => Promise.all(Array.from({ length: streams }, () => rounds(until)))

  try {
    // What the first tenth grows to is what the program needs for so many streams; what comes after must not add to it.
    // (V8 lets its heap grow for a minute or two before it has seen how much of it lives.)
    await all(performance.now() + Math.max(15_000, minutes * 6_000))
    await wait(5000)
    const before = footprint(server.pid)
    say(`warm: ${before.megabytes} MB, ${before.descriptors} descriptors after ${tally.requests} requests`)

    const end = performance.now() + minutes * 60_000
    const progress = setInterval(() => {
      const now = footprint(server.pid)
      say(
        `${tally.requests} requests, ${tally.wrong.length} wrong; ${now.megabytes} MB, ${now.descriptors} descriptors`,
      )
    }, 30_000)
    // Longer than Node and undici wait by themselves: five and a half minutes of silence, where there is time for it.
    const silent = minutes >= 6 ? ask(port, agent, 5, 330).then((outcome) => tally.add(outcome)) : undefined
    await Promise.all([all(end), silent])
    clearInterval(progress)
    agent.destroy()
    // Upstream connections are kept for a while on purpose; clients' must be gone.
    await wait(10_000)

    const [metrics, really, after] = [
      await (await fetch(`${server.url}/metrics`)).text(),
      await truth(),
      footprint(server.pid),
    ]
    const checks: [string, boolean][] = [
      [`every request was answered once and rightly: ${tally.wrong[0] ?? 'yes'}`, tally.wrong.length === 0],
      same('requests asked, and accounted', tally.requests, counted(metrics, 'lazuli_requests_total')),
      same('calls that the upstream saw, and accounted', really.calls, counted(metrics, 'lazuli_upstream_calls_total')),
      same('answers that the upstream completed, and that arrived', really.complete, tally.answered),
      same('output tokens of the upstream, and in the answers', really.outputTokens, tally.words),
      same(
        'output tokens of the upstream, and accounted',
        really.outputTokens,
        counted(metrics, 'lazuli_tokens_total', 'output'),
      ),
      same(
        'input tokens of the upstream, and accounted',
        really.inputTokens,
        counted(metrics, 'lazuli_tokens_total', 'input'),
      ),
      [`descriptors ${before.descriptors} → ${after.descriptors}`, after.descriptors <= before.descriptors + 8],
      [`memory ${before.megabytes} → ${after.megabytes} MB`, after.megabytes <= before.megabytes * 1.25 + 20],
    ]
    const refused = [...tally.refused].map(([status, count]) => `${count} × ${status}`).join(', ')
    say(`${tally.answered} answered, ${tally.broken} broken after a part, refused: ${refused || 'none'}`)
    say(`faults: ${JSON.stringify(really.faults)}`)
    for (const [text, holds] of checks) say(`${holds ? 'ok  ' : 'FAIL'} ${text}`)
    return checks.every(([, holds]) => holds)
  } finally {
    upstream.kill()
    await server.stop()
  }
}

function same(what: string, left: number, right: number): [string, boolean] {
  return [`${what}: ${left}, ${right}`, left === right]
}

const folder = mkdtempSync(join(tmpdir(), 'lazuli-soak-'))
try {
  process.exitCode = (await soak(folder)) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
