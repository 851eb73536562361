/** What is measured: the same way to the same upstream, straight, through the bare pipe, nginx and Lazuli. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { HEAP_FLAGS } from '../../electron/start/heap.mjs'
import type { DialectId } from '../../shared/exchange.ts'
import { Accounting, measuredChannel, measuredFlags } from './accounting.ts'
import type { Order, Seen, Target } from './load.ts'
import type { UpstreamReport } from './upstream.ts'

export type SubjectName = 'direct' | 'nginx' | 'bare' | 'lazuli'

export interface Subject {
  name: SubjectName
  to: Target
  /** Absent for `direct`. */
  accounting?: Accounting
}

/** Everything that runs during a benchmark. */
export interface Stage {
  subjects: Subject[]
  /** Has the load do something. */
  load(order: Order): Promise<Seen>
  /** Streams that the upstream still sends. */
  upstreamStreams(): Promise<number>
  /** For subjects of their own that have not been used yet: they are stopped again after `use`. */
  fresh<T>(use: (launch: (name: SubjectName) => Promise<Subject>) => Promise<T>): Promise<T>
  stop(): void
}

export interface StageOptions {
  /** Of the repository. */
  root: string
  /** For configuration, data and logs; the caller removes it. */
  folder: string
}

/** Lazuli's name for a model whose upstream speaks this API. */
export function modelOn(api: DialectId): string {
  return `on-${api}`
}

const TOKEN = 'local-token-for-the-bench'

export async function openStage({ root, folder }: StageOptions): Promise<Stage> {
  const started: ChildProcess[] = []
  const node = (args: readonly string[], stdio: StdioOptions, env: NodeJS.ProcessEnv = process.env): ChildProcess => {
    const child = spawn(process.execPath, args, { stdio, env, cwd: folder })
    started.push(child)
    return child
  }
  const file = (name: string): string => join(root, 'test/bench', name)
  const upstream = node([file('upstream.ts')], ['ignore', 'inherit', 'inherit', 'ipc'])
  const [report] = (await once(upstream, 'message')) as [UpstreamReport]
  if (report.type !== 'listening') throw new Error('The upstream did not start.')
  const upstreamPort = report.port
  const load = node([file('load.ts')], ['ignore', 'inherit', 'inherit', 'ipc'])
  const measured = (args: readonly string[], name: string, env?: NodeJS.ProcessEnv): ChildProcess => {
    const log = openSync(join(folder, `${name}.log`), 'w')
    return node([...measuredFlags, ...args], ['ignore', log, log, measuredChannel], env)
  }

  const bare = async (name: string): Promise<Subject> => {
    const port = await freePort()
    const child = measured([file('bare.ts'), `http://127.0.0.1:${upstreamPort}`, String(port)], name)
    await listening(port, child)
    return { name: 'bare', to: { port, paths: 'upstream' }, accounting: new Accounting([child]) }
  }
  const lazuli = async (name: string): Promise<Subject> => {
    const port = await freePort()
    const config = join(folder, `${name}.yaml`)
    writeFileSync(config, configuration(upstreamPort))
    const args = [
      'serve',
      '--config',
      config,
      '--data-dir',
      join(folder, name),
      '--port',
      String(port),
      '--token',
      TOKEN,
    ]
    const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder }
    const child = measured([...HEAP_FLAGS, join(root, 'out/main/serve.js'), ...args], name, env)
    await listening(port, child)
    return { name: 'lazuli', to: { port, paths: 'lazuli' }, accounting: new Accounting([child]) }
  }
  const nginx = async (): Promise<Subject[]> => {
    if (spawnSync('nginx', ['-v']).status !== 0) return []
    const port = await freePort()
    const prefix = join(folder, 'nginx')
    mkdirSync(join(prefix, 'logs'), { recursive: true })
    writeFileSync(join(prefix, 'nginx.conf'), nginxConfiguration(port, upstreamPort))
    const args = ['-p', prefix, '-c', join(prefix, 'nginx.conf')]
    const child = spawn('nginx', args, { stdio: 'ignore' })
    started.push(child)
    await listening(port, child)
    return [{ name: 'nginx', to: { port, paths: 'upstream' }, accounting: new Accounting([child]) }]
  }
  const stop = (): void => {
    for (const child of started) child.kill('SIGTERM')
  }
  try {
    const subjects: Subject[] = [
      { name: 'direct', to: { port: upstreamPort, paths: 'upstream' } },
      ...(await nginx()),
      await bare('bare'),
      await lazuli('lazuli'),
    ]
    let more = 0
    return {
      subjects,
      async load(order) {
        load.send(order)
        const [seen] = (await once(load, 'message')) as [Seen]
        return seen
      },
      async upstreamStreams() {
        upstream.send('busy')
        const [told] = (await once(upstream, 'message')) as [UpstreamReport]
        return told.type === 'busy' ? told.streams : 0
      },
      async fresh(use) {
        const before = started.length
        const launch = (name: SubjectName): Promise<Subject> => {
          const label = `${name}-${++more}`
          if (name === 'lazuli') return lazuli(label)
          if (name === 'bare') return bare(label)
          return Promise.resolve(subjects.find((subject) => subject.name === name)!)
        }
        try {
          return await use(launch)
        } finally {
          await Promise.all(started.splice(before).map(ended))
        }
      },
      stop,
    }
  } catch (error) {
    stop()
    throw error
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

/** One Azure resource, and a name for each of the APIs that it is asked in. */
function configuration(port: number): string {
  const rule = (api: DialectId, base: string): string =>
    `  - { model: ${modelOn(api)}, instances: [azure], deployment: ${base}, base_model: ${base}, api: ${api} }\n`
  return (
    `instances:\n  - { name: azure, provider_type: azure, api_base: "http://127.0.0.1:${port}", api_key: a-key-of-azure-itself }\n` +
    `models:\n${rule('chat', 'gpt-4.1')}${rule('responses', 'gpt-4.1')}${rule('messages', 'claude-sonnet-4-5')}`
  )
}

function nginxConfiguration(port: number, upstreamPort: number): string {
  return `worker_processes 1; daemon off; pid nginx.pid; error_log logs/error.log;
events { worker_connections 4096; }
http {
  access_log off; client_max_body_size 0; client_body_temp_path bodies; proxy_temp_path parts;
  fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s; keepalive_requests 1000000;
  upstream there { server 127.0.0.1:${upstreamPort}; keepalive 2000; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://there; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 600s;
    }
  }
}
`
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Resolves when something takes connections there. */
export async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isOpen) return
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}.`)
    await new Promise((resolve) => {
      setTimeout(resolve, 2)
    })
  }
}
