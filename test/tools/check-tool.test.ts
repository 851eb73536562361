import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FeedBatch } from '../../shared/contract.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import type { ToolCheck, ToolTick } from '../../shared/tools.ts'
import { Arrivals } from '../../electron/tools/arrivals.ts'
import { checkTool } from '../../electron/tools/check-tool.ts'
import { KEY, stage, type Stage } from './stage.ts'

/** A feed of rows that the test writes. */
class Rows {
  readonly #waiting: ExchangeSummary[] = []
  #wake = (): void => {}

  push(row: { [K in keyof ExchangeSummary]?: ExchangeSummary[K] | undefined }): void {
    this.#waiting.push({
      id: 'ex_1',
      startedAt: Date.now(),
      state: 'done',
      client: 'Claude Code',
      method: 'POST',
      path: '/v1/messages?beta=true',
      askedModel: 'claude-sonnet-4-5',
      deployment: 'claude-sonnet-4-5',
      instance: 'simulator',
      upstreamDialect: 'messages',
      stream: true,
      status: 200,
      durationMs: 12,
      usage: { input: 412, output: 18 },
      attempts: 1,
      losses: 0,
      flags: [],
      ...row,
    } as ExchangeSummary)
    this.#wake()
  }

  async *feed(signal: AbortSignal): AsyncGenerator<FeedBatch, void> {
    while (!signal.aborted) {
      if (this.#waiting.length > 0) yield { type: 'rows', rows: this.#waiting.splice(0) }
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    }
  }
}

function begin({ tools }: Stage, run: boolean, signal?: AbortSignal) {
  const [rows, arrivals] = [new Rows(), new Arrivals()]
  const feed = (over: AbortSignal): AsyncIterable<FeedBatch> => rows.feed(over)
  const checks = checkTool({ tools, id: 'claude-code', run, feed, arrivals, signal, now: Date.now })
  return { rows, arrivals, checks }
}

async function rest(checks: AsyncGenerator<ToolCheck, void>): Promise<ToolCheck> {
  let last: ToolCheck | undefined
  for await (const check of checks) last = check
  return last!
}

const states = ({ ticks }: ToolCheck): Partial<Record<ToolTick['id'], ToolTick['state']>> =>
  Object.fromEntries(ticks.map(({ id, state }) => [id, state]))

async function applied(change: Parameters<typeof stage>[0] = {}): Promise<Stage> {
  const here = stage(change)
  await here.tools.apply('claude-code', {}, (await here.tools.plan('claude-code')).fingerprint)
  return here
}

test('a real request is ticked from the door to the end of its answer, and the tool counts as verified', async () => {
  const here = await applied()
  const { rows, arrivals, checks } = begin(here, false)
  expect(states((await checks.next()).value as ToolCheck)).toEqual({
    settings: 'ok',
    reached: 'waiting',
    key: 'later',
    routed: 'later',
    answered: 'later',
  })
  arrivals.tell({ client: 'curl', method: 'GET', path: '/v1/models' })
  arrivals.tell({ client: 'Claude Code', method: 'HEAD', path: '/api/hello' })
  const reached = (await checks.next()).value as ToolCheck
  expect(reached.ticks[1]).toMatchObject({
    state: 'ok',
    text: 'Claude Code reached this address',
    why: 'HEAD /api/hello',
  })
  expect(states(reached)).toMatchObject({ key: 'waiting' })
  rows.push({ id: 'ex_0', client: 'Codex' })
  rows.push({ state: 'active' })
  const routed = (await checks.next()).value as ToolCheck
  expect(states(routed)).toMatchObject({ key: 'ok', routed: 'ok', answered: 'waiting' })
  rows.push({})
  const end = await rest(checks)
  expect(end).toMatchObject({ state: 'ok', exchange: 'ex_1' })
  expect(end.ticks.at(-1)).toMatchObject({
    state: 'ok',
    text: 'A streamed answer, whole to its end',
    why: '412 tokens in, 18 out',
  })
  expect(arrivals.watched).toBe(false)
  expect((await here.tools.view('claude-code')).verifiedAt).toBeGreaterThan(0)
})

test('a wrong key is named as that', async () => {
  const { arrivals, checks } = begin(await applied(), false)
  await checks.next()
  arrivals.tell({ client: 'Claude Code', method: 'POST', path: '/v1/messages', refused: 'invalid_api_key' })
  const end = await rest(checks)
  expect(end.state).toBe('failed')
  expect(end.ticks.find(({ id }) => id === 'key')).toMatchObject({
    state: 'failed',
    text: 'It came without the right local key',
    why: expect.stringContaining('Apply the change again') as string,
  })
})

test('a model that leads nowhere, and an answer that fails, are told with their reason', async () => {
  const nowhere = begin(await applied(), false)
  await nowhere.checks.next()
  const failure = { code: 'model_not_found', message: 'Nothing serves gpt-9.', fix: 'Map it.' }
  nowhere.rows.push({
    state: 'failed',
    status: 404,
    deployment: undefined,
    askedModel: 'gpt-9',
    failure,
  })
  const first = await rest(nowhere.checks)
  expect(first.ticks.find(({ id }) => id === 'routed')).toMatchObject({ state: 'failed', why: 'Nothing serves gpt-9.' })

  const broken = begin(await applied(), false)
  await broken.checks.next()
  broken.rows.push({ state: 'failed', status: 502, failure: { ...failure, message: 'The upstream broke off.' } })
  const second = await rest(broken.checks)
  expect(second.ticks.at(-1)).toMatchObject({
    state: 'failed',
    text: 'The answer failed with 502',
    why: 'The upstream broke off. Map it.',
  })
})

test('settings that do not lead here are said at once', async () => {
  const { checks } = begin(stage(), false)
  expect(((await checks.next()).value as ToolCheck).ticks[0]).toMatchObject({
    state: 'failed',
    why: 'Apply the change first.',
  })
  await checks.return()
})

test('started for a check, the program runs in an empty folder without a terminal, and its answer is shown without the key', async () => {
  const here = await applied()
  here.command('claude', `pwd; ls -A | wc -l; cat; echo "$@"; echo "HOME=$HOME ${KEY}"; env | grep -c LAZULI_`)
  const { rows, checks } = begin(here, true)
  await checks.next()
  rows.push({})
  const end = await rest(checks)
  // grep counts nothing, and that is its exit code.
  expect(states(end)).toMatchObject({ started: 'failed', answered: 'ok' })
  expect(end.output).toMatch(
    /lazuli-check-\w+\n\s*0\n-p Reply OK --output-format json\nHOME=.*\/home lz-••••••rs00\n0\n$/,
  )
  expect(existsSync(end.output!.split('\n')[0]!)).toBe(false)
})

test('it has succeeded only when the program is content too', async () => {
  const here = await applied()
  here.command('claude', 'exit 0')
  const fine = begin(here, true)
  fine.rows.push({ startedAt: Date.now() + 10 })
  expect((await rest(fine.checks)).state).toBe('ok')

  here.command('claude', 'echo "no such model" >&2; exit 3')
  const failed = await rest(begin(here, true).checks)
  expect(failed).toMatchObject({ state: 'failed', output: 'no such model\n' })
  expect(failed.ticks.find(({ id }) => id === 'started')).toMatchObject({
    state: 'failed',
    why: "claude -p 'Reply OK' --output-format json: it ended with 3",
  })
})

test('a program that asks nothing here has not been verified, however it ended', async () => {
  const here = await applied()
  here.command('claude', 'echo OK')
  const end = await rest(begin(here, true).checks)
  expect(end.state).toBe('failed')
  expect(end.ticks.find(({ id }) => id === 'reached')).toMatchObject({ state: 'failed', why: 'It did not come.' })
})

test('stopped, the program ends with everything that it started', async () => {
  const here = await applied()
  const mark = join(here.home, 'alive')
  here.command('claude', `(sleep 30; touch ${mark}) & echo $! > ${join(here.home, 'pid')}; touch ${mark}.began; wait`)
  const stop = new AbortController()
  const { checks } = begin(here, true, stop.signal)
  await checks.next()
  await expect.poll(() => existsSync(`${mark}.began`)).toBe(true)
  stop.abort()
  await rest(checks)
  expect(existsSync(mark)).toBe(false)
})

test('what it prints is bounded', async () => {
  const here = await applied()
  here.command('claude', 'yes 0123456789 | head -c 3000000')
  const end = await rest(begin(here, true).checks)
  expect(end.output!.length).toBeLessThanOrEqual(8000)
})

test('a command that is not there cannot be started', async () => {
  const { checks } = begin(await applied({ env: {} }), true)
  await expect(checks.next()).rejects.toMatchObject({ code: 'tool_not_found' })
})
