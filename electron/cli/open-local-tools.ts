import { mkdirSync } from 'node:fs'
import { LOCAL_KEY } from '../config/configuration-service.ts'
import { runningIn } from '../config/data-folder.ts'
import { LazuliError } from '../core/error.ts'
import { listModels, type ListedModel } from '../routing/list-models.ts'
import { LocalTools, type Connection } from '../tools/local-tools.ts'
import { thisMachine } from '../tools/this-machine.ts'
import type { ChosenModel } from '../tools/tool.ts'
import { openConfiguration, type CommandContext } from './open-configuration.ts'

export interface ToolsFromHere {
  tools: LocalTools
  connection: Connection
}

/** A Lazuli on this machine answers within this time, in milliseconds. */
const ANSWER_MS = 3000

/**
 * The local tools as a command sees them: pointed at the Lazuli that runs on this data folder, else at the address that
 * the configuration names.
 *
 * @throws ConfigError, LazuliError, as the start of `lazuli serve` would
 */
export async function openLocalTools(context: CommandContext): Promise<ToolsFromHere> {
  const current = (await openConfiguration(context)).current()
  const { host, port } = current.config.server
  const running = runningAddress(context.dataFolder)
  const baseUrl = running ?? `http://${loopbackOf(host)}:${port}`
  const key = current.auth === 'token' ? current.token : await desktopKey(context, running)
  const connection: Connection = { baseUrl, key }
  const models = listModels(current).map(chosenModel)
  mkdirSync(context.dataFolder, { recursive: true, mode: 0o700 })
  const tools = new LocalTools({
    machine: thisMachine(process.env, process.platform),
    folder: context.dataFolder,
    connection: () => connection,
    models: async () => models,
    now: Date.now,
  })
  return { tools, connection }
}

/** Model requests since Lazuli's start: all that have ended, and those that succeeded. */
export interface Count {
  all: number
  succeeded: number
}

/**
 * Asks the running Lazuli what it has served.
 *
 * @throws LazuliError `not_running`, `key_refused`
 */
export async function countRequests({ baseUrl, key }: Connection): Promise<Count> {
  const response = await ask(baseUrl, '/stats', key)
  if (response === undefined) {
    throw new LazuliError({
      code: 'not_running',
      status: 503,
      message: `No Lazuli answers at ${baseUrl}.`,
      fix: 'Start it (lazuli serve, or the app), then check again.',
    })
  }
  if (!response.ok) {
    throw new LazuliError({
      code: 'key_refused',
      status: response.status,
      message: `Lazuli at ${baseUrl} refuses the local key of this configuration (${response.status}).`,
      fix: 'Name the same key as for lazuli serve: --token, LAZULI_SERVER_TOKEN or the configuration file.',
    })
  }
  const { metrics } = (await response.json()) as { metrics?: Record<string, unknown> }
  return {
    all: Number(metrics?.['total_requests'] ?? 0),
    succeeded: Number(metrics?.['total_successful_requests'] ?? 0),
  }
}

/** Of the program that holds this data folder; undefined when none does any more. */
function runningAddress(folder: string): string | undefined {
  const running = runningIn(folder)
  if (running === undefined || !Number.isInteger(running.pid)) return undefined
  try {
    process.kill(running.pid, 0)
    return running.baseUrl
  } catch {
    return undefined
  }
}

/** The app makes its key itself and keeps it in the keychain; a program that asks for none takes any. */
async function desktopKey({ secrets }: CommandContext, running: string | undefined): Promise<string | undefined> {
  if (running !== undefined && (await ask(running, '/v1/models', undefined))?.ok === true) return undefined
  return secrets.get(LOCAL_KEY).catch(() => undefined)
}

async function ask(baseUrl: string, path: string, key: string | undefined): Promise<Response | undefined> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return fetch(baseUrl + path, { headers, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined)
}

function chosenModel({ id: name, profile: { contextWindow, outputCap } }: ListedModel): ChosenModel {
  return {
    name,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(outputCap === undefined ? {} : { outputCap }),
  }
}

function loopbackOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
