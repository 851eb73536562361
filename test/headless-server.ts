import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A running `lazuli serve` from the build, alone with a data folder of its own. */
export interface Server {
  /** Its address without a slash at the end, e.g. `http://127.0.0.1:41234`. */
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Everything that it has printed so far, stdout and stderr. */
  output(): string
  /** Sends SIGTERM and resolves to the exit code. */
  stop(): Promise<number | null>
}

export interface ServerOptions {
  /** Further arguments of `serve`. */
  serveArgs: string[]
  /** Further environment variables of `serve`. */
  serveEnv: Record<string, string>
}

const root = join(import.meta.dirname, '..')
const READY = /^lazuli listening on (http:\/\/\S+)$/

/**
 * Starts the built headless entry on a free port and waits for its ready line.
 *
 * @throws Error with what it printed, when it ends before it is ready
 */
export async function startServer(dataDir: string, options: Partial<ServerOptions> = {}): Promise<Server> {
  const serve = join(root, 'out/main/serve.js')
  const args = [serve, '--port', '0', '--data-dir', dataDir, ...(options.serveArgs ?? [])]
  const child = spawn(process.execPath, args, {
    cwd: dataDir,
    env: { ...process.env, INIT_CWD: dataDir, ...options.serveEnv },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const exited = once(child, 'exit').then(([code]) => code as number | null)

  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed += `${line}\n`
      const ready = READY.exec(line)?.[1]
      if (ready !== undefined) resolve(ready)
    })
    void exited.then((code) => reject(new Error(`serve ended with ${code} before it was ready:\n${printed}`)))
    child.once('error', reject)
  })

  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    output: () => printed,
    stop: () => {
      if (child.exitCode === null) child.kill('SIGTERM')
      return exited
    },
  }
}
