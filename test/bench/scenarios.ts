/** What is measured, and the goals. Each scenario measures one subject once; the rounds are the caller's business. */
import type { DialectId } from '../../shared/exchange.ts'
import type { Order, Seen } from './load.ts'
import type { Stage, Subject, SubjectName } from './subjects.ts'
import { modelOn } from './subjects.ts'
import type { AnswerPlan } from './wire.ts'

/** How a figure of Lazuli's is judged: against the bare pipe, against no proxy at all, or as it stands. */
export type Measure = 'times bare' | 'over direct' | 'as it is'

export interface Figure {
  key: string
  title: string
  unit: string
  measure: Measure
  /** The most that the judged figure may be. Absent: only shown. */
  goal?: number
}

export interface Scenario {
  name: string
  title: string
  figures: readonly Figure[]
  subjects: readonly SubjectName[]
  /** Fewer than asked for, where one round takes long. */
  mostRounds?: number
  /** Faults that are found go into `faults`; then the figures are worth nothing. */
  run(stage: Stage, subject: Subject, task: Task): Promise<Record<string, number>>
}

export interface Task {
  quick: boolean
  faults: Set<string>
}

const ALL: readonly SubjectName[] = ['direct', 'nginx', 'bare', 'lazuli']
const PIPES: readonly SubjectName[] = ['nginx', 'bare', 'lazuli']
const OURS: readonly SubjectName[] = ['bare', 'lazuli']

const WHOLE: AnswerPlan = { events: 0, everyMs: 0, fill: 0 }
const PACED_MS = 20
/**
 * Recording and indexing go on after the last byte, and are part of the price: until less than 2 % of a core was used for
 * a moment, but no longer than that.
 */
const QUIET_MS = 600
const LONGEST_SETTLE_MS = 20_000
/** After a flood. */
const LONGEST_CATCHING_UP_MS = 180_000

interface Asked {
  /** Spoken by the client; the bare pipe knows only the upstream's. */
  client?: DialectId
  upstream?: DialectId
  plan: AnswerPlan
  bytes?: number
  kind: Order['kind']
}

/** One order for the load; its faults are the task's. */
async function ask(stage: Stage, subject: Subject, task: Task, asked: Asked): Promise<Seen> {
  const { client, upstream = 'chat', plan, bytes = 1000, kind } = asked
  const dialect = subject.name === 'lazuli' ? (client ?? upstream) : upstream
  const seen = await stage.load({ to: subject.to, dialect, model: modelOn(upstream), plan, bytes, kind })
  for (const fault of seen.faults) task.faults.add(`${subject.name}: ${fault}`)
  const texts = kind.type === 'streams' ? kind.count * plan.events : undefined
  if (texts !== undefined && seen.events !== texts)
    task.faults.add(`${subject.name}: ${texts - seen.events} texts lost`)
  // Every stream has the same length: whoever adds or drops a byte shows.
  if (seen.sizes.length > 1 && dialect === upstream)
    task.faults.add(`${subject.name}: lengths ${seen.sizes.join(', ')}`)
  return seen
}

/** Microseconds of CPU that something takes, with what it leaves to be done. */
async function cpuOf(subject: Subject, work: () => Promise<unknown>): Promise<number> {
  const before = (await subject.accounting?.cpu()) ?? 0
  await work()
  return (await atRest(subject, LONGEST_SETTLE_MS)) - before
}

/** Waits until nothing goes on any more, but no longer than that; then the microseconds of CPU so far. */
async function atRest(subject: Subject, longestMs: number): Promise<number> {
  const used = async (): Promise<number> => (await subject.accounting?.cpu()) ?? 0
  let now = await used()
  for (let waited = 0; waited < longestMs; waited += QUIET_MS) {
    const last = now
    await after(QUIET_MS)
    now = await used()
    if (now - last < 20 * QUIET_MS) break
  }
  return now
}

const request: Scenario = {
  name: 'request',
  title: 'Request of 1 kB, answer of 1 kB',
  subjects: ALL,
  figures: [
    { key: 'cpu', title: 'CPU per request, 500 a second', unit: 'µs', measure: 'times bare', goal: 1.4 },
    { key: 'busy', title: 'CPU per request, as many as it takes', unit: 'µs', measure: 'times bare' },
    { key: 'p50', title: 'time, one connection, median', unit: 'µs', measure: 'over direct' },
  ],
  async run(stage, subject, task) {
    const count = task.quick ? 1500 : 5000
    const send = (kind: Order['kind']): Promise<Seen> => ask(stage, subject, task, { plan: WHOLE, kind })
    await send({ type: 'requests', count, connections: 8 })
    // The same pace for all: who is driven as fast as it goes saves wake-ups the more, the faster it is.
    const cpu = await cpuOf(subject, () => send({ type: 'paced', count, perSecond: 500 }))
    const busy = await cpuOf(subject, () => send({ type: 'requests', count, connections: 8 }))
    const { waits } = await send({ type: 'requests', count: count / 5, connections: 1 })
    return { cpu: cpu / count, busy: busy / count, p50: median(waits) }
  },
}

function streamScenario(name: string, title: string, client: DialectId, upstream: DialectId, goal: number): Scenario {
  return {
    name,
    title,
    subjects: client === upstream ? PIPES : OURS,
    figures: [{ key: 'cpu', title: 'CPU per event', unit: 'µs', measure: 'times bare', goal }],
    async run(stage, subject, task) {
      const events = task.quick ? 75 : 200
      const streams = 40
      const plan = { events, everyMs: PACED_MS, fill: 24 }
      const kind = { type: 'streams', count: streams, withinMs: PACED_MS } as const
      const cpu = await cpuOf(subject, () => ask(stage, subject, task, { client, upstream, plan, kind }))
      return { cpu: cpu / (streams * events) }
    },
  }
}

const TITLES: Readonly<Record<DialectId, string>> = { chat: 'Chat', responses: 'Responses', messages: 'Messages' }
const dialects: readonly DialectId[] = ['chat', 'responses', 'messages']
const translated = dialects.flatMap((client) =>
  dialects
    .filter((upstream) => upstream !== client)
    .map((upstream) => {
      const title = `Paced stream, ${TITLES[client]} client on ${TITLES[upstream]}`
      return streamScenario(`translate-${client}-${upstream}`, title, client, upstream, 1.5)
    }),
)

const firstByte: Scenario = {
  name: 'first-byte',
  title: 'First byte of a stream while 64 others run',
  subjects: ALL,
  figures: [{ key: 'wait', title: 'time, median', unit: 'µs', measure: 'over direct', goal: 300 }],
  async run(stage, subject, task) {
    const plan = { events: 400, everyMs: 50, fill: 24 }
    const kind = { type: 'first-bytes', count: task.quick ? 60 : 200, streams: 64, everyMs: 8 } as const
    const { waits } = await ask(stage, subject, task, { plan, kind })
    return { wait: median(waits) }
  },
}

const body: Scenario = {
  name: 'body',
  title: 'Request of 8 MiB',
  subjects: PIPES,
  figures: [
    { key: 'cpu', title: 'CPU per request', unit: 'ms', measure: 'times bare', goal: 1.3 },
    { key: 'peak', title: 'peak memory, 8 at once', unit: 'MiB', measure: 'as it is', goal: 250 },
  ],
  run: (stage, kept, task) =>
    stage.fresh(async (launch) => {
      const subject = await launch(kept.name)
      const bytes = 8 * 1024 * 1024
      const kind = (count: number, connections: number): Order['kind'] => ({ type: 'requests', count, connections })
      await ask(stage, subject, task, { plan: WHOLE, kind: kind(500, 8) })
      await ask(stage, subject, task, { plan: WHOLE, bytes, kind: kind(3, 1) })
      const count = task.quick ? 8 : 24
      const cpu = await cpuOf(subject, () => ask(stage, subject, task, { plan: WHOLE, bytes, kind: kind(count, 1) }))
      const peak = await subject.accounting!.peak()
      await ask(stage, subject, task, { plan: WHOLE, bytes, kind: kind(24, 8) })
      return { cpu: cpu / count / 1000, peak: await peak() }
    }),
}

const thousand: Scenario = {
  name: 'thousand-streams',
  title: '1,000 streams at 20 events a second',
  subjects: ALL,
  figures: [
    { key: 'core', title: 'share of a core', unit: '%', measure: 'as it is', goal: 60 },
    { key: 'memory', title: 'memory over idle', unit: 'MiB', measure: 'as it is', goal: 100 },
    { key: 'p99', title: 'delay of an event, p99', unit: 'ms', measure: 'over direct', goal: 5 },
  ],
  run: (stage, kept, task) =>
    stage.fresh(async (launch) => {
      const subject = await launch(kept.name)
      await ask(stage, subject, task, { plan: WHOLE, kind: { type: 'requests', count: 200, connections: 4 } })
      const idle = (await subject.accounting?.memory()) ?? 0
      const peak = await subject.accounting?.peak()
      const seconds = task.quick ? 3 : 8
      const plan = { events: 20 * (seconds + 4), everyMs: 50, fill: 24 }
      const kind = { type: 'streams', count: 1000, withinMs: 2000 } as const
      const done = ask(stage, subject, task, { plan, kind })
      await after(3000)
      const before = (await subject.accounting?.cpu()) ?? 0
      const began = performance.now()
      await after(seconds * 1000)
      const used = ((await subject.accounting?.cpu()) ?? 0) - before
      const core = used / 10 / (performance.now() - began)
      const { delays } = await done
      return { core, memory: ((await peak?.()) ?? 0) - idle, p99: delays.p99 / 1000 }
    }),
}

const stall: Scenario = {
  name: 'stalled-reader',
  title: 'A client that stops reading a stream of 300 MB',
  subjects: PIPES,
  figures: [{ key: 'growth', title: 'memory growth', unit: 'MiB', measure: 'as it is', goal: 60 }],
  run: (stage, kept, task) =>
    stage.fresh(async (launch) => {
      const subject = await launch(kept.name)
      await ask(stage, subject, task, { plan: WHOLE, kind: { type: 'requests', count: 200, connections: 4 } })
      const before = await subject.accounting!.memory()
      const peak = await subject.accounting!.peak()
      const plan = { events: 300_000, everyMs: 0, fill: 900 }
      await ask(stage, subject, task, { plan, kind: { type: 'stall', forMs: task.quick ? 2000 : 5000 } })
      return { growth: (await peak()) - before }
    }),
}

const abort: Scenario = {
  name: 'abort',
  title: '20 clients that leave in the middle of a stream',
  subjects: PIPES,
  figures: [{ key: 'leaked', title: 'upstream streams left', unit: '', measure: 'as it is', goal: 0 }],
  async run(stage, subject, task) {
    const plan = { events: 10_000, everyMs: 20, fill: 24 }
    await ask(stage, subject, task, { plan, kind: { type: 'aborts', count: 20, afterMs: 200 } })
    await after(1000)
    return { leaked: await stage.upstreamStreams() }
  },
}

const long: Scenario = {
  name: 'long-stream',
  title: 'Streams of 10,000 events against streams of 1,000',
  subjects: OURS,
  mostRounds: 2,
  figures: [
    { key: 'growth', title: 'CPU per event, times that of short ones', unit: '×', measure: 'as it is', goal: 1.1 },
  ],
  async run(stage, subject, task) {
    const kind = { type: 'streams', count: 4, withinMs: 0 } as const
    const of = (events: number): Promise<number> =>
      cpuOf(subject, () => ask(stage, subject, task, { plan: { events, everyMs: 1, fill: 24 }, kind }))
    await of(1000)
    let short = 0
    for (let run = 0; run < 5; run++) short += (await of(1000)) / 5000
    return { growth: (await of(10_000)) / 10_000 / short }
  },
}

const stored: Scenario = {
  name: 'stored',
  title: 'Requests beside 100,000 stored exchanges against the first ones (quick: 10,000)',
  subjects: ['lazuli'],
  mostRounds: 1,
  figures: [
    { key: 'growth', title: 'CPU per request, times that of the first', unit: '×', measure: 'as it is', goal: 1.1 },
  ],
  run: (stage, kept, task) =>
    stage.fresh(async (launch) => {
      const subject = await launch(kept.name)
      const count = 4000
      const send = (requests: number): Promise<Seen> =>
        ask(stage, subject, task, { plan: WHOLE, kind: { type: 'requests', count: requests, connections: 8 } })
      await send(4000)
      const first = await cpuOf(subject, () => send(count))
      await send((task.quick ? 10_000 : 100_000) - 2 * count)
      // What is still to be indexed of these is not the price of those that follow.
      await atRest(subject, LONGEST_CATCHING_UP_MS)
      return { growth: (await cpuOf(subject, () => send(count))) / first }
    }),
}

const start: Scenario = {
  name: 'start',
  title: 'Start, headless',
  subjects: OURS,
  figures: [
    { key: 'answer', title: 'start to first answer', unit: 'ms', measure: 'as it is', goal: 250 },
    { key: 'idle', title: 'idle memory', unit: 'MiB', measure: 'as it is', goal: 110 },
  ],
  run: (stage, kept, task) =>
    stage.fresh(async (launch) => {
      const began = performance.now()
      const subject = await launch(kept.name)
      await ask(stage, subject, task, { plan: WHOLE, kind: { type: 'requests', count: 1, connections: 1 } })
      const answer = performance.now() - began
      await after(task.quick ? 1500 : 5000)
      return { answer, idle: await subject.accounting!.memory() }
    }),
}

export const SCENARIOS: readonly Scenario[] = [
  request,
  streamScenario('stream', 'Paced stream, the same API on both sides', 'chat', 'chat', 1.15),
  ...translated,
  firstByte,
  body,
  thousand,
  stall,
  abort,
  long,
  stored,
  start,
]

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
