/** A proxy with the journal that counts, and upstreams that keep their own count. */
import { afterEach, beforeEach } from 'vitest'
import { type Journal, openJournal } from '../../electron/journal/journal.ts'
import { createProxy, type Proxy } from '../../electron/proxy/proxy.ts'
import { Statistics } from '../../electron/routing/statistics.ts'
import type { Plan } from '../../electron/routing/plan.ts'
import type { ConfigInput } from '../../shared/config.ts'
import type { InstanceLive } from '../../shared/live.ts'
import { configurationOf, post } from './harness.ts'
import type { TestInstance } from './harness.ts'
import { startUpstream, type Script, type ScriptedUpstream } from './scripted-upstream.ts'
import { ASK, fine, PATH } from './several-upstreams.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

export type Json = Record<string, unknown>

class Stage {
  /** What each of the three upstreams does. */
  scripts: Script[] = []
  upstreams: ScriptedUpstream[] = []
  /** Milliseconds of the clock that limits, health and windows go by. */
  time = 1_000_000
  origin = ''
  #journal: Journal | undefined
  #proxy: Proxy | undefined

  /** What the window is shown, once all that has ended is counted. */
  async live(): Promise<InstanceLive[]> {
    await this.journal.flush()
    return this.#proxy!.live()
  }

  /** Where a request for gpt-4o would go now. */
  async preview(): Promise<Plan> {
    return this.#proxy!.preview('gpt-4o', 'chat')
  }

  get journal(): Journal {
    if (this.#journal === undefined) throw new Error('not started')
    return this.#journal
  }

  async open(): Promise<void> {
    this.time = 1_000_000
    this.scripts = [fine, fine, fine]
    this.upstreams = await Promise.all([0, 1, 2].map((index) => startUpstream((play) => this.scripts[index]!(play))))
  }

  async close(): Promise<void> {
    await this.#proxy?.close()
    await this.#journal?.close()
    await Promise.all(this.upstreams.map((upstream) => upstream.close()))
  }

  /** Instances are named a, b, c; gpt-4o is deployed there as gpt-4o-a, gpt-4o-b, gpt-4o-c. Nothing is retried. */
  async start(config: ConfigInput = {}, more: readonly TestInstance['more'][] = [], token?: string): Promise<void> {
    const configuration = configurationOf({
      instances: this.upstreams.map((upstream, index) => ({
        name: 'abc'[index]!,
        base: upstream.origin,
        deployments: { 'gpt-4o': `gpt-4o-${'abc'[index]!}` },
        more: more[index] ?? {},
      })),
      config: { ...config, routing: { retries: 0, ...config.routing } },
      ...(token === undefined ? {} : { token }),
    })
    const monotonic = (): number => this.time
    const counted = new Statistics({ now: monotonic, monitoring: () => configuration.config.monitoring })
    const journal = await openJournal({
      directory: undefined,
      workerUrl: new URL('../../electron/journal/worker.ts', import.meta.url),
      limits: { keepDays: 1, maxBytes: 8 * 1024 * 1024, bodies: true },
      secrets: () => [],
      prices: () => configuration.config.prices,
      log: quiet,
      onEnded: (exchange) => counted.ended(exchange),
    })
    this.#journal = journal
    this.#proxy = createProxy({
      configuration: () => configuration,
      reload: () => Promise.resolve(configuration),
      tap: journal,
      log: quiet,
      statistics: { counted, settled: () => journal.flush() },
      tokenWorker: new URL('../../electron/proxy/tokens/worker.ts', import.meta.url),
      simulator: () => ({ origin: 'http://127.0.0.1:1', key: 'none' }),
      monotonic,
      sleep: () => Promise.resolve(),
    })
    this.origin = `http://127.0.0.1:${(await this.#proxy.listen()).port}`
  }

  /** One request for gpt-4o; its status. */
  async ask(more: object = {}): Promise<number> {
    const response = await post(this.origin, PATH, { ...ASK, ...more })
    await response.arrayBuffer()
    return response.status
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.origin + path, init)
  }

  async page(path: string): Promise<Json> {
    return (await (await this.get(path)).json()) as Json
  }

  async metrics(query = ''): Promise<Json> {
    return (await this.page(`/stats${query}`))['metrics'] as Json
  }

  async instances(query = ''): Promise<Json[]> {
    return (await this.page(`/stats/instances${query}`))['instances'] as Json[]
  }
}

/** A stage that is set before each test of the file and struck after it. */
export function useStage(): Stage {
  const stage = new Stage()
  beforeEach(() => stage.open())
  afterEach(() => stage.close())
  return stage
}
