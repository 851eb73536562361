#!/usr/bin/env node
/** The headless entry and the command line: the same engine without Electron. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openConfStore } from './config/conf-store.ts'
import { defaultDataFolder, openDataFolder } from './config/data-folder.ts'
import { FLAGS, flagValues, type FlagTexts } from './config/flags.ts'
import { openKeychain } from './config/keychain.ts'
import { LazuliError } from './core/error.ts'
import { startEngine, type Engine } from './engine.ts'
import packageJson from '../package.json' with { type: 'json' }

const USAGE = `Usage: lazuli serve [options]

Serves the models behind Azure OpenAI and Azure AI Foundry to local tools, and a window at the same address.

  --config FILE      YAML file with server, instances and models
  --host HOST        address to listen on (127.0.0.1)
  --port PORT        port to listen on (11437; 0 = any free one)
  --data-dir DIR     folder for settings and recorded traffic
  --token TOKEN      local key that callers must send
  --log-level LEVEL  debug, info, warn or error (info)
  --help, --version
`

/** Streams may go on this long after the first signal, in milliseconds; contract: an end within 60 s. */
const GRACE_MS = 50_000

const OPTIONS = {
  ...FLAGS,
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

await main(process.argv.slice(2))

async function main(args: string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
    if (values.help === true) return void process.stdout.write(USAGE)
    if (values.version === true) return void process.stdout.write(`${packageJson.version}\n`)
    const [command = 'serve', ...surplus] = positionals
    if (command !== 'serve' || surplus.length > 0) throw new TypeError(`Unknown command: ${positionals.join(' ')}`)
    await serve(values)
  } catch (error) {
    process.stderr.write(`lazuli: ${sentenceOf(error)}\n`)
    process.exit(1)
  }
}

async function serve(flags: FlagTexts): Promise<void> {
  // Under npm the process starts in the package; the user stood in INIT_CWD.
  const cwd = process.env['INIT_CWD'] ?? process.cwd()
  const folder = openDataFolder(flags['data-dir'] ?? defaultDataFolder(process.env, process.platform))
  const engine = await startEngine({
    host: 'headless',
    version: packageJson.version,
    folder,
    settings: openConfStore(folder.path),
    secrets: openKeychain(),
    sources: {
      configFile: flags.config,
      flags: flagValues(flags),
      env: process.env,
      cwd,
    },
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
  })
  stopOnSignals(engine, () => folder.release())
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

function stopOnSignals(engine: Engine, release: () => void): void {
  let asked = false
  const stop = (): void => {
    if (asked) process.exit(1)
    asked = true
    engine
      .stop(GRACE_MS)
      .catch((error: unknown) => process.stderr.write(`lazuli: ${sentenceOf(error)}\n`))
      .finally(() => {
        release()
        process.exit(0)
      })
  }
  // conf's file writer listens too and raises each signal a second time, which would end us without draining. What it
  // cleans up, it also cleans up on exit.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).on(signal, stop)
  // The start script holds a channel to us; when it is killed, nobody is left to forward a signal.
  if (process.connected) process.on('disconnect', stop)
  // Node opens its inspector on this signal, which would show every secret in memory to whoever may send it.
  process.on('SIGUSR1', () => {})
}

function sentenceOf(error: unknown): string {
  if (error instanceof LazuliError) return error.fix === undefined ? error.message : `${error.message}\n  ${error.fix}`
  return error instanceof Error ? error.message : String(error)
}
