/**
 * A console that says what a test wants it to say, over HTTP, with the built page beside it: for states that a real
 * engine reaches only with a broken keychain, a full disk or an upstream that dies. It speaks the real contract.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { implement, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import sirv from 'sirv'
import { contract, type AppInfo, type SavedFilter, type Status } from '../../shared/contract.ts'
import type { ExchangeSummary, Failure } from '../../shared/exchange.ts'
import type { FaultRule } from '../../shared/faults.ts'
import { compileFilter, textOf } from '../../shared/filter/match.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import { PAGE_POLICY } from '../../shared/page-policy.ts'
import { exchangeDetail, lanesOf, longLanes } from './scripted-exchange.ts'
import type { Chat, PlaygroundEvent, PlaygroundRequest } from '../../shared/playground.ts'
import { chatsIn, optionsFor, wholeAnswer } from './scripted-playground.ts'
import * as models from './scripted-models.ts'
import { moneyRoutes } from './scripted-money.ts'
import * as scene from './scripted-scene.ts'
import { settingsRoutes } from './scripted-settings.ts'
import { toolRoutes } from './scripted-tools.ts'

export interface Script {
  /** The program runs in a container. */
  container?: boolean
  /** Rows in the list. */
  rows?: number
  firstRun?: boolean
  simulated?: boolean
  problem?: Failure
  theme?: 'system' | 'light' | 'dark'
  keychainProblem?: Failure
  /** The whole answer of the Playground. */
  answer?: readonly PlaygroundEvent[] | ((request: PlaygroundRequest) => readonly PlaygroundEvent[])
  /** The answer stays as it is after its last event, until it is stopped. */
  endless?: boolean
  /** What is kept from before. */
  chats?: readonly Chat[]
  /** Every exchange has a stream of so many events. */
  events?: number
  /** Characters of every request's last message. */
  bodyChars?: number
  /** Every source but the settings: fields are shown, not changed. */
  fixed?: boolean
}

export interface ScriptedConsole {
  url: string
  /** Adds rows to the live list. */
  push: (rows: ExchangeSummary[]) => void
  /** Drops every open connection, as an engine does that is killed. */
  cut: () => void
  /** Refuses (false) or takes (true) new connections. */
  accept: (yes: boolean) => void
  close: () => Promise<void>
}

/** Starts it on a free port of loopback. `folder`: the built page. */
export async function startScriptedConsole(folder: string, script: Script = {}): Promise<ScriptedConsole> {
  const files = sirv(folder, {
    setHeaders: (response) => response.setHeader('content-security-policy', PAGE_POLICY),
  })
  let open = true
  const feeds = new Set<(rows: ExchangeSummary[]) => void>()
  const rows = scene.exchangeRows(script.rows ?? 40)
  let url = ''
  const handler = new RPCHandler(routerOf(script, rows, feeds, () => url))
  const server = createServer((request, response) => {
    if (!open) return void request.socket.destroy()
    void handler.handle(request, response, { prefix: '/console', context: {} }).then(({ matched }) => {
      if (!matched) files(request, response, () => void response.writeHead(404).end())
      return undefined
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    push: (more) => {
      rows.push(...more)
      for (const feed of feeds) feed(more)
    },
    cut: () => server.closeAllConnections(),
    accept: (yes) => {
      open = yes
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function routerOf(
  script: Script,
  rows: ExchangeSummary[],
  feeds: Set<(rows: ExchangeSummary[]) => void>,
  url: () => string,
) {
  const os = implement(contract)
  const chats = chatsIn(script.chats ?? [])
  const source = script.fixed ? ('environment' as const) : ('settings' as const)
  let recording = true
  let faults: FaultRule[] = []
  let saved: SavedFilter[] = [{ name: 'Slow or failed', filter: 'ttft:>2s or error' }]
  let views = script.simulated || script.firstRun ? [] : scene.instances
  let rules = script.simulated || script.firstRun ? [] : scene.rules
  const info = (): AppInfo => ({
    version: '0.1.0',
    host: 'headless',
    platform: 'linux',
    baseUrl: url(),
    auth: 'token',
    dataDir: '/home/kim/.local/share/lazuli',
    firstRun: script.firstRun ?? false,
  })
  const status = (): Status => ({
    state: 'running',
    baseUrl: url(),
    requestsPerMinute: rows.length > 0 ? 14 : 0,
    active: 0,
    recording,
    costToday: { usd: rows.length > 0 ? 4.82 : 0, unpriced: 0 },
    ...(script.problem ? { problem: script.problem } : {}),
  })
  const find = (id: string): ExchangeSummary => {
    const row = rows.find((one) => one.id === id)
    if (!row)
      throw failed({
        code: 'console_unknown_exchange',
        message: `There is no exchange ${id}.`,
        fix: 'It may have been cleared.',
      })
    return row
  }
  return {
    app: {
      info: os.app.info.handler(info),
      events: os.app.events.handler(async function* ({ signal }) {
        const pending: ExchangeSummary[][] = []
        const take = (more: ExchangeSummary[]): void => void pending.push(more)
        feeds.add(take)
        try {
          let last = ''
          while (signal?.aborted !== true) {
            const now = JSON.stringify(status())
            const next = pending.shift()
            if (now !== last) yield { type: 'status' as const, status: status() }
            last = now
            if (next) yield { type: 'rows' as const, rows: next }
            else await until(signal, 20)
          }
        } finally {
          feeds.delete(take)
        }
      }),
      useSimulator: os.app.useSimulator.handler(() => {
        script.firstRun = false
      }),
    },
    traffic: {
      list: os.traffic.list.handler(({ input }) => {
        const { filter, problem } = parseFilter(input.filter ?? '')
        if (problem) return { rows: [], total: 0, capped: false, problem }
        const matches = compileFilter(filter, () => rows.at(-1)?.startedAt ?? 0)
        const found = rows.filter((row) => matches(row) !== false)
        const end = input.before === undefined ? found.length : found.findIndex((row) => row.id === input.before)
        const page = found.slice(Math.max(0, end - input.limit), end).toReversed()
        return { rows: page, total: found.length, capped: false }
      }),
      feed: os.traffic.feed.handler(async function* ({ signal }) {
        const pending: ExchangeSummary[][] = []
        const take = (more: ExchangeSummary[]): void => void pending.push(more)
        feeds.add(take)
        try {
          while (signal?.aborted !== true) {
            const next = pending.shift()
            if (next) yield { type: 'rows' as const, rows: next }
            else await until(signal, 20)
          }
        } finally {
          feeds.delete(take)
        }
      }),
      get: os.traffic.get.handler(({ input }) => exchangeDetail(find(input.id))),
      events: os.traffic.events.handler(() => ({ events: [], truncated: false })),
      follow: os.traffic.follow.handler(async function* ({ input }) {
        const detail = exchangeDetail(find(input.id), script.bodyChars)
        const lanes = script.events === undefined ? lanesOf(detail) : longLanes(script.events)
        yield { detail, ...lanes, complete: true }
      }),
      match: os.traffic.match.handler(({ input }) => ({ ids: input.ids })),
      suggest: os.traffic.suggest.handler(({ input }) => ({
        values: [...new Set(rows.map((row) => textOf(row, input.field)).filter((value) => value !== undefined))]
          .filter((value) => value.toLowerCase().startsWith(input.prefix.toLowerCase()))
          .map((value) => ({ value, count: rows.filter((row) => textOf(row, input.field) === value).length })),
      })),
      faults: {
        list: os.traffic.faults.list.handler(() => faults),
        save: os.traffic.faults.save.handler(({ input }) => {
          faults = input.rules
          return faults
        }),
      },
      filters: {
        list: os.traffic.filters.list.handler(() => saved),
        save: os.traffic.filters.save.handler(({ input }) => {
          saved = [...saved.filter((one) => one.name !== input.name), input]
          return saved
        }),
        remove: os.traffic.filters.remove.handler(({ input }) => {
          saved = saved.filter((one) => one.name !== input.name)
          return saved
        }),
      },
      clear: os.traffic.clear.handler(() => {
        rows.length = 0
      }),
      setRecording: os.traffic.setRecording.handler(({ input }) => {
        recording = input.on
      }),
    },
    models: {
      choices: os.models.choices.handler(() =>
        scene.choices.map((choice) => ({
          ...choice,
          simulated: script.simulated === true || script.firstRun === true,
        })),
      ),
      resolve: os.models.resolve.handler(({ input }) =>
        input.model.includes('claude')
          ? { ...scene.decision, askedModel: input.model }
          : { ...scene.nothingServes, askedModel: input.model },
      ),
      explain: os.models.explain.handler(({ input }) =>
        models.explained(input.model, input.model.includes('claude') ? scene.decision : scene.nothingServes),
      ),
      deployments: os.models.deployments.handler(() => (views.length === 0 ? [] : models.deployments)),
      probe: os.models.probe.handler(async function* ({ input }) {
        yield* models.probed(models.deployments.find((one) => one.deployment === input.deployment)!)
      }),
      facts: os.models.facts.handler(() => []),
    },
    instances: {
      // Once it was chosen at the first run, the simulator stands there by itself.
      list: os.instances.list.handler(() =>
        script.firstRun === false && views.length === 0 ? [models.simulator] : views,
      ),
      save: os.instances.save.handler(({ input }) => {
        if (script.keychainProblem && typeof input.apiKey === 'string') throw failed(script.keychainProblem)
        const view = {
          instance: input.instance,
          source: 'settings' as const,
          key: { state: 'keychain' as const },
          understood: input.instance.api_base ?? '',
        }
        views = [...views.filter((one) => one.instance.name !== (input.previousName ?? input.instance.name)), view]
        return views
      }),
      remove: os.instances.remove.handler(({ input }) => {
        views = views.filter((one) => one.instance.name !== input.name)
        return views
      }),
      test: os.instances.test.handler(({ input }) =>
        input.name.includes('sweden')
          ? {
              ok: false,
              request: 'GET https://contoso-sweden.openai.azure.com/openai/v1/models',
              status: 401,
              ms: 212,
              message: 'The key was refused.',
              fix: 'Copy the key again from Keys and Endpoint in the portal.',
            }
          : {
              ok: true,
              request: 'GET https://contoso-ai-eastus2.openai.azure.com/openai/v1/models',
              status: 200,
              ms: 212,
              message: 'It answers, with 14 models.',
            },
      ),
      testDraft: os.instances.testDraft.handler(({ input }) => ({
        ok: true,
        request: `GET ${input.instance.api_base ?? ''}/openai/v1/models`,
        status: 200,
        ms: 212,
        message: 'Address and key work; 14 models are listed.',
      })),
      discover: os.instances.discover.handler(() => ({
        listed: true as const,
        deployments: [
          { id: 'gpt-5-1-prod', model: 'gpt-5.1', status: 'succeeded' },
          { id: 'gpt-5-mini', model: 'gpt-5-mini', status: 'succeeded' },
          { id: 'sonnet-prod', model: 'claude-sonnet-4-5', status: 'succeeded' },
        ],
      })),
      read: os.instances.read.handler(({ input }) => models.read(input.text)),
      live: os.instances.live.handler(async function* ({ signal }) {
        yield models.live(Date.now())
        await until(signal, 60_000)
      }),
      understand: os.instances.understand.handler(({ input }) => ({
        understood: `${new URL(input.address.includes('://') ? input.address : `https://${input.address}`).host} · v1`,
        apiBase: 'https://contoso-ai-eastus2.openai.azure.com',
        providerType: 'azure' as const,
        apiVersion: 'v1',
        deployment: 'gpt-5-1-prod',
        nameHint: 'contoso-ai-eastus2',
      })),
    },
    rules: {
      list: os.rules.list.handler(() => ({
        rules,
        source,
        ...(script.fixed ? { where: 'AZURE_OPENAI_MODEL_MAPPER' } : {}),
      })),
      save: os.rules.save.handler(({ input }) => {
        rules = input.rules
        return { rules, source }
      }),
      readImport: os.rules.readImport.handler(({ input }) => models.importPreview(input.text)),
      import: os.rules.import.handler(() => ({ rules: { rules, source }, instances: views })),
      export: os.rules.export.handler(() => ({ yaml: 'models:\n  - model: gpt-5*\n', variables: [] })),
    },
    playground: {
      send: os.playground.send.handler(async function* ({ input, signal }) {
        const { answer = wholeAnswer } = script
        for (const event of typeof answer === 'function' ? answer(input) : answer) {
          if (signal?.aborted === true) return
          yield event
        }
        while (script.endless === true && signal?.aborted !== true) await until(signal, 250)
      }),
      options: os.playground.options.handler(({ input }) => optionsFor(input.model)),
      compose: os.playground.compose.handler(({ input }) => ({
        dialect: 'chat' as const,
        path: '/v1/chat/completions',
        body: { model: input.model, messages: [{ role: 'user', content: 'Hello' }], stream: true },
      })),
    },
    chats: {
      list: os.chats.list.handler(({ input }) => chats.list(input.search)),
      get: os.chats.get.handler(({ input }) => chats.get(input.id)),
      save: os.chats.save.handler(({ input }) => chats.save(input)),
      rename: os.chats.rename.handler(({ input }) => chats.rename(input.id, input.title)),
      duplicate: os.chats.duplicate.handler(({ input }) => chats.duplicate(input.id)),
      remove: os.chats.remove.handler(({ input }) => chats.remove(input.id)),
      restore: os.chats.restore.handler(({ input }) => chats.restore(input.id)),
    },
    ...toolRoutes(script.container === true),
    ...moneyRoutes(rows.length > 0, source, models.sumsToday),
    settings: settingsRoutes(script),
  }
}

function failed(failure: Failure): ORPCError<'FAILED', Failure> {
  return new ORPCError('FAILED', { status: 400, data: failure, defined: true })
}

function until(signal: AbortSignal | undefined, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
