import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

/** Stands for the built server: tells what it was given, and each signal that it gets. */
const SERVER = `
import { setTimeout } from 'node:timers'
const { LAZULI_START_REASON: reason, INIT_CWD: from } = process.env
const hold = setTimeout(() => {}, 60_000)
let ending
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {
  console.log('got ' + signal)
  ending ??= setTimeout(() => process.exit(7), process.argv.includes('--slow') ? 2000 : 400)
})
process.on('disconnect', () => { console.log('left alone'); process.exit(0) })
const { execArgv: flags, versions: { node } } = process
console.log('served ' + JSON.stringify({ args: process.argv.slice(2), flags, reason, from, node }))
if (process.argv.includes('--brief')) { clearTimeout(hold); process.exit(7) }
`

/** Stands for Electron's executable. */
export const WINDOW = `#!/bin/sh
echo "window $*"
exit 5
`

/**
 * A clone of the repository with the real start scripts, whose packages and bundles are tiny stand-ins, installed and
 * built unless a test changes that.
 */
export class Clone {
  readonly root: string
  readonly #started: Started[] = []

  private constructor(root: string) {
    this.root = root
  }

  static async make(): Promise<Clone> {
    const clone = new Clone(await mkdtemp(join(tmpdir(), 'lazuli-clone-')))
    await cp(join(repository, 'electron/start'), join(clone.root, 'electron/start'), { recursive: true })
    await cp(join(repository, 'electron/start.mjs'), join(clone.root, 'electron/start.mjs'))
    await clone.write('package.json', '{ "name": "lazuli", "type": "module" }')
    await clone.lock('package-lock.json', '1.0.0')
    await clone.write('node_modules/electron/package.json', '{ "version": "45.0.0" }')
    await mkdir(join(clone.root, 'node_modules/.bin'))
    await symlink(process.execPath, join(clone.root, 'node_modules/.bin/node'))
    await clone.lock('node_modules/.package-lock.json', '1.0.0')
    await clone.write('out/main/serve.js', SERVER)
    for (const file of ['out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html']) {
      await clone.write(file, '')
    }
    return clone
  }

  async write(path: string, text: string, mode = 0o644): Promise<string> {
    const file = join(this.root, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    await chmod(file, mode)
    return file
  }

  /** Writes a lock, or the trace of an installation, with one package of that version. */
  async lock(path: string, version: string): Promise<void> {
    await this.write(path, JSON.stringify({ packages: { '': {}, 'node_modules/one': { version } } }))
  }

  /** Makes a file, or a whole folder, newer than everything else. */
  async touch(path: string): Promise<void> {
    const later = new Date(Date.now() + 5000)
    await utimes(join(this.root, path), later, later)
  }

  /** Starts it as `npm start` does, without a display unless the environment names one. */
  start(args: string[], environment: NodeJS.ProcessEnv = {}): Started {
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, npm_lifecycle_event: _npm, ...inherited } = process.env
    // The machine's own Node, possibly an old one, as on a fresh clone.
    const node = process.env['npm_node_execpath'] ?? process.execPath
    const child = spawn(node, [join(this.root, 'electron/start.mjs'), ...args], {
      cwd: this.root,
      env: { ...inherited, ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = new Started(child)
    this.#started.push(started)
    return started
  }

  /** Files in a folder of the clone. */
  list(path: string): Promise<string[]> {
    return readdir(join(this.root, path))
  }

  /** Ends what is still running and removes the folder. */
  async remove(): Promise<void> {
    for (const started of this.#started) started.process.kill('SIGTERM')
    await Promise.all(this.#started.map((started) => started.ended))
    await rm(this.root, { recursive: true, force: true })
  }
}

/** One run of the start script. */
export class Started {
  readonly process: ChildProcess
  readonly ended: Promise<number | null>
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess) {
    this.process = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.ended = once(child, 'close').then(([code]) => code as number | null)
  }

  /** Resolves once that text is on stdout. */
  async prints(text: string): Promise<void> {
    let over = false
    const end = this.ended.finally(() => (over = true))
    while (!this.stdout.includes(text)) {
      if (over) throw new Error(`it ended without "${text}":\n${this.stdout}${this.stderr}`)
      await Promise.race([once(this.process.stdout!, 'data'), end])
    }
  }

  /** What the stand-in for the server was given. */
  get served(): { args: string[]; flags: string[]; reason?: string; from: string; node: string } {
    return JSON.parse(/^served (.*)$/m.exec(this.stdout)?.[1] ?? 'null')
  }
}
