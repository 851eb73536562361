/** A proxy with a configuration of the test's own, and a tap that keeps what it heard. */
import { connect } from 'node:net'
import { Config, Instance } from '../../shared/config.ts'
import type { ConfigInput } from '../../shared/config.ts'
import type { Decision, Failure, Header, Loss, Usage } from '../../shared/exchange.ts'
import type { Configuration, ConfiguredInstance, Credential } from '../../electron/config/configuration.ts'
import type { AttemptStart, ExchangeStart, Tap } from '../../electron/core/tap.ts'
import { namedKeysOf } from '../../electron/config/named-keys.ts'
import { createProxy } from '../../electron/proxy/proxy.ts'
import type { Proxy, ProxyOptions } from '../../electron/proxy/proxy.ts'

export interface HeardAttempt {
  start: AttemptStart
  status?: number
  bytes: Buffer[]
  /** Calls of `end`; more than one is a fault. */
  ends: (Failure | undefined)[]
}

export interface HeardExchange {
  id: string
  start: ExchangeStart
  body?: Buffer
  described: Record<string, unknown>
  decision?: Decision
  losses: Loss[]
  attempts: HeardAttempt[]
  head?: { status: number; headers: readonly Header[] }
  sent: Buffer[]
  causes: (readonly [number, number] | undefined)[]
  usage?: Usage
  ends: { state: string; failure?: Failure }[]
  /** Resolves at the first end. */
  ended: Promise<void>
}

export function recordingTap(): Tap & { exchanges: HeardExchange[] } {
  const exchanges: HeardExchange[] = []
  return {
    exchanges,
    begin(start) {
      let settle = (): void => {}
      const heard: HeardExchange = {
        id: `ex${exchanges.length}`,
        start,
        described: {},
        losses: [],
        attempts: [],
        sent: [],
        causes: [],
        ends: [],
        ended: new Promise((resolve) => {
          settle = resolve
        }),
      }
      exchanges.push(heard)
      return {
        id: heard.id,
        requestBody: (pieces) => {
          heard.body = Buffer.concat(pieces)
        },
        describe: (what) => Object.assign(heard.described, what),
        decided: (decision) => {
          heard.decision = decision
        },
        lost: (losses) => heard.losses.push(...losses),
        attempt(attemptStart) {
          const attempt: HeardAttempt = { start: attemptStart, bytes: [], ends: [] }
          heard.attempts.push(attempt)
          return {
            head: (status) => {
              attempt.status = status
            },
            bytes: (chunk) => attempt.bytes.push(Buffer.from(chunk)),
            end: (failure) => attempt.ends.push(failure),
          }
        },
        clientHead: (status, headers) => {
          heard.head = { status, headers }
        },
        clientBytes: (chunk, causes) => {
          heard.sent.push(Buffer.from(chunk))
          heard.causes.push(causes)
        },
        usage: (usage) => {
          heard.usage = usage
        },
        end: (state, failure) => {
          heard.ends.push({ state, ...(failure === undefined ? {} : { failure }) })
          settle()
        },
      }
    },
  }
}

export interface TestInstance {
  name?: string
  type?: 'azure' | 'azure-gateway' | 'openai' | 'anthropic' | 'generic'
  base: string
  key?: string | null
  version?: string
  deployments?: Record<string, string>
  base_models?: Record<string, string>
  models?: string[]
  slices?: number
  /** Whatever else can be configured. */
  more?: Partial<Instance>
  /** What the configuration makes of a key, a proxy, a certificate. */
  made?: Partial<Pick<ConfiguredInstance, 'credential' | 'reach'>>
}

export interface TestSetup {
  instances: TestInstance[]
  config?: ConfigInput
  token?: string
  window?: ProxyOptions['window']
  ownershipFile?: string
  log?: Partial<ProxyOptions['log']>
  options?: Partial<Pick<ProxyOptions, 'tokens' | 'proxyFor' | 'resolveHost' | 'trouble' | 'faults'>>
  /** The test's own clock, dice and waits; by default nobody waits before a retry. */
  time?: Pick<ProxyOptions, 'monotonic' | 'random' | 'sleep' | 'every'>
}

export interface TestProxy {
  origin: string
  port: number
  proxy: Proxy
  tap: ReturnType<typeof recordingTap>
  configuration: Configuration
  /** The first exchange, once it has ended. */
  exchange(index?: number): Promise<HeardExchange>
  close(): Promise<void>
}

export function configurationOf(setup: TestSetup): Configuration {
  const config = Config.parse({ ...setup.config, server: { port: 0, ...setup.config?.server } })
  return {
    version: 1,
    config,
    instances: setup.instances.map(instanceOf),
    auth: setup.token === undefined ? 'open' : 'token',
    token: setup.token,
    keys: namedKeysOf(config.server.keys, new Map()),
    sources: new Map(),
  }
}

function instanceOf(setup: TestInstance, index: number): ConfiguredInstance {
  const credential: Credential =
    setup.key === null
      ? { type: 'passthrough' }
      : { type: 'key', key: setup.key ?? 'upstream-key-canary', from: 'configured' }
  return {
    ...Instance.parse({
      name: setup.name ?? `instance-${index}`,
      provider_type: setup.type ?? 'azure',
      api_base: setup.base,
      ...(setup.version === undefined ? {} : { api_version: setup.version }),
      ...(setup.deployments === undefined ? {} : { model_deployments: setup.deployments }),
      ...(setup.base_models === undefined ? {} : { base_models: setup.base_models }),
      ...(setup.slices === undefined ? {} : { pseudo_sse_chunks: setup.slices }),
      ...(setup.models === undefined ? {} : { supported_models: setup.models }),
      ...setup.more,
    }),
    source: 'file',
    credential,
    ...setup.made,
  }
}

export async function startProxy(setup: TestSetup): Promise<TestProxy> {
  const configuration = configurationOf(setup)
  const tap = recordingTap()
  const silent = (): void => {}
  const proxy = createProxy({
    configuration: () => configuration,
    reload: () => Promise.resolve(configuration),
    tap,
    log: {
      debug: silent,
      info: silent,
      warn: silent,
      error: (fields, message) => console.error(message, fields),
      ...setup.log,
    },
    tokenWorker: new URL('../../electron/proxy/tokens/worker.ts', import.meta.url),
    simulator: () => ({ origin: 'http://127.0.0.1:1', key: 'none' }),
    ...setup.options,
    sleep: () => Promise.resolve(),
    ...setup.time,
    ...(setup.window === undefined ? {} : { window: setup.window }),
    ...(setup.ownershipFile === undefined ? {} : { ownershipFile: setup.ownershipFile }),
  })
  const { port } = await proxy.listen()
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    proxy,
    tap,
    configuration,
    async exchange(index = 0) {
      const exchange = tap.exchanges[index]
      if (exchange === undefined) throw new Error(`there is no exchange ${index}`)
      await exchange.ended
      return exchange
    },
    close: () => proxy.close(),
  }
}

/** Writes raw bytes and gives what came back until the connection closed or was quiet for so long. */
export function rawRequest(
  port: number,
  text: string | Buffer,
  quietMs = 300,
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const pieces: Buffer[] = []
    const done = (closed: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text: Buffer.concat(pieces).toString('latin1'), closed })
    }
    const timer = setTimeout(() => done(false), quietMs)
    socket.on('data', (piece) => {
      pieces.push(piece)
      timer.refresh()
    })
    socket.on('error', () => {})
    socket.on('close', () => done(true))
    socket.on('connect', () => socket.write(text))
  })
}

export function post(
  origin: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}
