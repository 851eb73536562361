import { setTimeout as sleep } from 'node:timers/promises'
import type { FeedBatch } from '../../shared/contract.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import type { ToolCheck, ToolId } from '../../shared/tools.ts'
import { LazuliError } from '../core/error.ts'
import type { Arrivals } from './arrivals.ts'
import { toolOf } from './catalogue.ts'
import { checkOf, type CheckFacts } from './check-ticks.ts'
import type { LocalTools } from './local-tools.ts'
import { pathsOf } from './machine.ts'
import { runProgram } from './run-program.ts'
import { quoted } from './tool.ts'

export interface CheckOptions {
  tools: LocalTools
  id: ToolId
  /** Start the program with one question, in place of waiting for the user to use it. */
  run: boolean
  feed: (signal: AbortSignal) => AsyncIterable<FeedBatch>
  arrivals: Arrivals
  signal: AbortSignal | undefined
  now: () => number
}

/** A tool that was started has so long, in milliseconds. */
const RUN_LIMIT_MS = 120_000
/** The user has so long to use the tool. */
const WATCH_LIMIT_MS = 10 * 60_000
/** Rows are told a moment after their last byte. */
const SETTLE_MS = 1500
/** Shortest distance between two ticks that are told. */
const FRAME_MS = 50

/**
 * Watches a tool's real request from its start to the end of its answer. Gives the whole check whenever it has changed;
 * the last one is not `running`.
 *
 * @throws LazuliError `tool_not_found` when it is to be started and is not there
 */
export async function* checkTool(options: CheckOptions): AsyncGenerator<ToolCheck, void> {
  const { tools, id, run, signal, now } = options
  const tool = toolOf(id)
  const view = await tools.view(id)
  const program = run ? tools.program(id) : undefined
  if (run && (program === undefined || tool.run === undefined)) throw notFound(tool.name)

  const began = now()
  const rows = new Map<string, ExchangeSummary>()
  const facts: Omit<CheckFacts, 'rows'> = {
    name: tool.name,
    began,
    late: false,
    ...(view.way === 'files' ? { state: view.state } : {}),
    ...(program === undefined
      ? {}
      : { command: [pathsOf(tools.machine).basename(program.path), ...tool.run!.map(quoted)].join(' ') }),
  }
  const over = new AbortController()
  const stop = (): void => over.abort()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  let wake = (): void => {}
  const forgetDoor = options.arrivals.listen((arrival) => {
    if (!tool.clients.test(arrival.client)) return
    const seen = { ...arrival, atMs: now() - began }
    if (arrival.refused === undefined) facts.arrival ??= seen
    else facts.refusal ??= seen
    wake()
  })
  const following = follow(options.feed(over.signal), (row) => {
    if (row.startedAt < began || !tool.clients.test(row.client)) return
    rows.set(row.id, row)
    wake()
  })
  const limit = setTimeout(
    () => {
      facts.late = true
      wake()
    },
    run ? RUN_LIMIT_MS + SETTLE_MS * 2 : WATCH_LIMIT_MS,
  )
  const running = (async () => {
    if (program === undefined) return
    facts.startedMs = now() - began
    const { machine } = tools
    const end = await runProgram({
      machine,
      program: program.path,
      args: tool.run!,
      limitMs: RUN_LIMIT_MS,
      signal: over.signal,
    })
    // The program may end before its last row was told.
    if (!answered(rows)) await Promise.race([sleep(SETTLE_MS), until(over.signal)])
    facts.ended = { ...end, output: tools.clean(end.output) }
    wake()
  })()

  try {
    let last = ''
    while (!over.signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve
      })
      const check = checkOf({ ...facts, rows: [...rows.values()].toSorted((a, b) => a.startedAt - b.startedAt) })
      const text = JSON.stringify(check)
      if (text !== last) yield check
      last = text
      if (check.state === 'ok') tools.verified(id)
      if (check.state !== 'running') return
      await Promise.race([changed, until(over.signal)])
      await Promise.race([sleep(FRAME_MS), until(over.signal)])
    }
  } finally {
    clearTimeout(limit)
    signal?.removeEventListener('abort', stop)
    forgetDoor()
    stop()
    await Promise.allSettled([following, running])
  }
}

async function follow(feed: AsyncIterable<FeedBatch>, take: (row: ExchangeSummary) => void): Promise<void> {
  for await (const batch of feed) if (batch.type === 'rows') for (const row of batch.rows) take(row)
}

function answered(rows: ReadonlyMap<string, ExchangeSummary>): boolean {
  return [...rows.values()].some(({ state }) => state === 'done')
}

function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function notFound(name: string): LazuliError {
  return new LazuliError({
    code: 'tool_not_found',
    status: 404,
    message: `${name} cannot be started: its command was not found, or it has no way to ask one question and end.`,
    fix: 'Use it as you always do while the check waits for its request.',
  })
}
