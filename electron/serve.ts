#!/usr/bin/env node
/** The headless entry and the command line: the same engine without Electron. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { CommandContext } from './cli/open-configuration.ts'
import { withRecording, type RecordingFlags } from './cli/recording-flags.ts'
import type { BundleRecorder } from './cli/record.ts'
import { openConfStore } from './config/conf-store.ts'
import { defaultDataFolder, openDataFolder } from './config/data-folder.ts'
import { FLAGS, flagValues, type FlagTexts } from './config/flags.ts'
import { openKeychain } from './config/keychain.ts'
import { LazuliError } from './core/error.ts'
import { startEngine, type Engine } from './engine.ts'
import packageJson from '../package.json' with { type: 'json' }

const USAGE = `Usage: lazuli [serve] [--recording FILE [--speed N] [--match HOW]] [options]
       lazuli record --out FILE [options]
       lazuli check [options]
       lazuli models [NAME] [--dialect chat|responses|messages] [options]
       lazuli traffic [FILTER…] [--follow] [--limit N] [--json] [--show ID] [options]
       lazuli tools [plan|apply|verify|undo TOOL] [--model NAME]… [--yes] [options]

serve   serves the models behind Azure OpenAI and Azure AI Foundry to local tools, and a window at the same address
record  serves, and writes each exchange into a bundle as soon as it has ended
check   tells whether the configuration is valid and what was understood of it, without a key in it
models  lists the names that can be asked for, or tells where one leads and why
traffic lists recorded exchanges that match, the latest last: model:gpt-5* status:>=400 not client:curl "bare words"
tools   lists local tools, shows and writes the settings that point one here, tries it, and takes it back

  --config FILE      YAML file with server, instances and models
  --host HOST        address to listen on (127.0.0.1)
  --port PORT        port to listen on (11437; 0 = any free one)
  --data-dir DIR     folder for settings and recorded traffic
  --token TOKEN      local key that callers must send
  --log-level LEVEL  debug, info, warn or error (info)
  --recording FILE   serve this bundle alone: no other instance, no key, a data folder that is gone at the end
  --speed N          1 as recorded, 2 twice as fast, 0 at once (1)
  --match HOW        conversation, last_message or sequence (conversation)
  --out FILE         the bundle that lazuli record writes; it must not be there yet
  --help, --version
`

/** Streams may go on this long after the first signal, in milliseconds; contract: an end within 60 s. */
const GRACE_MS = 50_000

const OPTIONS = {
  ...FLAGS,
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  dialect: { type: 'string' },
  model: { type: 'string', multiple: true },
  yes: { type: 'boolean', short: 'y' },
  follow: { type: 'boolean', short: 'f' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
  show: { type: 'string' },
  recording: { type: 'string' },
  speed: { type: 'string' },
  match: { type: 'string' },
  out: { type: 'string' },
} as const

/** The commands, each with how many words may follow. */
const POSITIONALS: ReadonlyMap<string, number> = new Map([
  ['serve', 0],
  ['record', 0],
  ['check', 0],
  ['models', 1],
  ['tools', 2],
  ['traffic', Infinity],
])

await main(process.argv.slice(2))

async function main(args: string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
    if (values.help === true) return void process.stdout.write(USAGE)
    if (values.version === true) return void process.stdout.write(`${packageJson.version}\n`)
    const [command = 'serve', ...surplus] = positionals
    if (surplus.length > (POSITIONALS.get(command) ?? -1))
      throw new TypeError(`Unknown command: ${positionals.join(' ')}`)
    const [first, second] = surplus
    if (values.dialect !== undefined && command !== 'models') throw new TypeError('--dialect belongs to lazuli models')
    if ((values.model ?? values.yes) !== undefined && command !== 'tools') {
      throw new TypeError('--model and --yes belong to lazuli tools')
    }
    if ((values.follow ?? values.limit ?? values.json ?? values.show) !== undefined && command !== 'traffic') {
      throw new TypeError('--follow, --limit, --json and --show belong to lazuli traffic')
    }
    refuseMisplaced(command, values)
    // Each command loads what it needs: to serve, nothing of the others.
    if (command === 'check') {
      const { runCheck } = await import('./cli/check.ts')
      await runCheck(contextOf(values))
    } else if (command === 'models') {
      const { runModels } = await import('./cli/models.ts')
      await runModels(contextOf(values), { name: first, dialect: values.dialect })
    } else if (command === 'tools') {
      const { runTools } = await import('./cli/tools.ts')
      const { model = [], yes = false } = values
      await runTools(contextOf(values), { action: first, tool: second, models: model, yes })
    } else if (command === 'traffic') await traffic(values, surplus)
    else if (command === 'record') await record(values)
    else await serve(values)
  } catch (error) {
    process.stderr.write(`lazuli: ${sentenceOf(error)}\n`)
    process.exit(1)
  }
}

/** Flags that one command alone has. */
function refuseMisplaced(command: string, { recording, speed, match, out }: RecordingFlags & { out?: string }): void {
  if (recording !== undefined && command !== 'serve' && command !== 'check') {
    throw new TypeError('--recording belongs to lazuli serve')
  }
  if ((speed ?? match) !== undefined && recording === undefined) {
    throw new TypeError('--speed and --match belong to lazuli serve --recording FILE')
  }
  if (out !== undefined && command !== 'record') throw new TypeError('--out belongs to lazuli record')
  if (out === undefined && command === 'record') throw new TypeError('lazuli record needs --out FILE')
}

/** All that tells what the configuration is; every command reads it alike. */
function contextOf(flags: FlagTexts & RecordingFlags): CommandContext {
  // Under npm the process starts in the package; the user stood in INIT_CWD.
  const cwd = process.env['INIT_CWD'] ?? process.cwd()
  const { 'data-dir': folder } = flags
  return {
    sources: withRecording({ configFile: flags.config, flags: flagValues(flags), env: process.env, cwd }, flags),
    dataFolder: folder === undefined ? defaultDataFolder(process.env, process.platform) : resolve(cwd, folder),
    secrets: openKeychain(),
    write: (text) => void process.stdout.write(text),
  }
}

async function traffic(
  values: FlagTexts & { follow?: boolean; limit?: string; json?: boolean; show?: string },
  filter: readonly string[],
): Promise<void> {
  const limit = Number(values.limit ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new TypeError('--limit is a number from 1 to 1000')
  const stopped = new AbortController()
  process.once('SIGINT', () => stopped.abort()).once('SIGTERM', () => stopped.abort())
  // Who reads only the first lines (`| head`) has not made an error.
  process.stdout.on('error', () => process.exit(0))
  const { dataFolder, write } = contextOf(values)
  const { runTraffic } = await import('./cli/traffic.ts')
  await runTraffic({
    dataFolder,
    filter,
    follow: values.follow ?? false,
    limit,
    json: values.json ?? !process.stdout.isTTY,
    show: values.show,
    write,
    signal: stopped.signal,
    now: Date.now,
  })
}

async function record(values: FlagTexts & { out?: string }): Promise<void> {
  const { BundleRecorder } = await import('./cli/record.ts')
  const { sources } = contextOf(values)
  const recorder = new BundleRecorder(values.out ?? '', sources.cwd)
  try {
    await serve(values, recorder)
  } catch (error) {
    recorder.discard()
    throw error
  }
  process.stdout.write(`lazuli records into ${recorder.path}\n`)
}

async function serve(flags: FlagTexts & RecordingFlags, recorder?: BundleRecorder): Promise<void> {
  const { sources, dataFolder, secrets } = contextOf(flags)
  // Without bodies there would be nothing to play.
  if (recorder !== undefined) sources.flags['journal'] = { bodies: true }
  // A test run is nobody's traffic, and runs beside whatever else runs.
  const isFleeting = flags.recording !== undefined && flags['data-dir'] === undefined
  const folder = openDataFolder(isFleeting ? mkdtempSync(join(tmpdir(), 'lazuli-')) : dataFolder)
  const release = (): void => {
    folder.release()
    if (isFleeting) rmSync(folder.path, { recursive: true, force: true })
  }
  const engine = await startEngine({
    host: 'headless',
    version: packageJson.version,
    folder,
    settings: openConfStore(folder.path),
    secrets,
    sources,
    ...(recorder === undefined ? {} : { recorder }),
    paths: {
      journalWorker: new URL(
        import.meta.url.endsWith('.ts') ? './journal/worker.ts' : './journal-worker.js',
        import.meta.url,
      ),
      tokenWorker: new URL(
        import.meta.url.endsWith('.ts') ? './proxy/tokens/worker.ts' : './token-worker.js',
        import.meta.url,
      ),
      renderer: fileURLToPath(
        new URL(import.meta.url.endsWith('.ts') ? '../out/renderer' : '../renderer', import.meta.url),
      ),
    },
  }).catch((error: unknown) => {
    release()
    throw error
  })
  stopOnSignals(engine, () => {
    release()
    return recorder === undefined ? 0 : recorder.tell(process)
  })
  announce(engine)
}

function announce(engine: Engine): void {
  process.stdout.write(`lazuli listening on ${engine.baseUrl}\n`)
  const page =
    engine.configuration.current().auth === 'token' ? `${engine.baseUrl}${engine.loginPath()}` : engine.baseUrl
  const reason = process.env['LAZULI_START_REASON']
  if (reason !== undefined && reason !== '')
    process.stdout.write(`Lazuli runs without its window here: ${reason}. Open ${page} in a browser.\n`)
  else if (page !== engine.baseUrl) process.stdout.write(`Open ${page} in a browser (the link works once).\n`)
}

/** @param release returns the exit code */
function stopOnSignals(engine: Engine, release: () => number): void {
  let asked = false
  const stop = (): void => {
    if (asked) process.exit(1)
    asked = true
    engine
      .stop(GRACE_MS)
      .catch((error: unknown) => process.stderr.write(`lazuli: ${sentenceOf(error)}\n`))
      .finally(() => {
        process.exit(release())
      })
  }
  // conf's file writer listens too and raises each signal a second time, which would end us without draining. What it
  // cleans up, it also cleans up on exit.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).on(signal, stop)
  process.removeAllListeners('SIGHUP').on('SIGHUP', () => {
    if (terminalIsGone()) stop()
    else void reload(engine)
  })
  // The start script holds a channel to us; when it is killed, nobody is left to forward a signal.
  if (process.connected) process.on('disconnect', stop)
  // Node opens its inspector on this signal, which would show every secret in memory to whoever may send it.
  process.on('SIGUSR1', () => {})
}

/** A hangup asks a service to read its configuration again; of a terminal's program it means that the terminal closed. */
function terminalIsGone(): boolean {
  if (!process.stdout.isTTY) return false
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return false
  } catch {
    return true
  }
}

async function reload(engine: Engine): Promise<void> {
  try {
    const { version } = await engine.configuration.reload()
    process.stdout.write(`lazuli has read its configuration again (version ${version})\n`)
  } catch (error) {
    process.stderr.write(`lazuli: The configuration was not changed. ${sentenceOf(error)}\n`)
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof LazuliError) return error.fix === undefined ? error.message : `${error.message}\n  ${error.fix}`
  return error instanceof Error ? error.message : String(error)
}
