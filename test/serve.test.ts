/** The headless program as a user starts it: a process of its own, run from source. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
let folder: string
let running: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-serve-'))
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running = []
  rmSync(folder, { recursive: true, force: true })
})

interface Program {
  child: ChildProcess
  stdout: () => string
  stderr: () => string
  /** Base URL, once the program says that it listens. */
  ready: Promise<string>
  exit: Promise<number | null>
}

function start(args: string[] = [], env: Record<string, string> = {}): Program {
  const child = spawn(
    process.execPath,
    [join(root, 'electron/serve.ts'), 'serve', '--port', '0', '--data-dir', join(folder, 'data'), ...args],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  running.push(child)
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      const match = /^lazuli listening on (\S+)$/m.exec(stdout)
      if (match !== null) resolve(match[1]!)
    })
    void exit.then((code) => reject(new Error(`ended with ${code}: ${stderr}`)))
  })
  ready.catch(() => {})
  return { child, stdout: () => stdout, stderr: () => stderr, ready, exit }
}

const chat = (content: string, stream = true) => ({
  model: 'gpt-4.1-mini',
  stream,
  messages: [{ role: 'user' as const, content }],
})

describe('lazuli serve', () => {
  it('says where it listens, answers /healthz, and streams a chat from the simulator with nothing configured', async () => {
    const program = start()
    const url = await program.ready
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'healthy' })
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any' })
    const stream = await client.chat.completions.create({ ...chat('Hello'), stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text.toLowerCase()).toContain('simulator')
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(0)
  })

  it('keeps its folder to the user alone', async () => {
    await start().ready
    const data = join(folder, 'data')
    expect(statSync(data).mode & 0o777).toBe(0o700)
    for (const file of readdirSync(data)) expect([file, statSync(join(data, file)).mode & 0o077]).toEqual([file, 0])
  })

  it('ends with the reason when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const program = start(['--port', String(port)])
    expect(await program.exit).toBe(1)
    expect(program.stderr()).toContain(String(port))
    expect(program.stderr()).toMatch(/in use/)
    other.close()
  })

  it('ends with the reason when another Lazuli has the data folder', async () => {
    const url = await start().ready
    const second = start()
    expect(await second.exit).toBe(1)
    expect(second.stderr()).toContain(`already running`)
    expect(second.stderr()).toContain(url)
  })

  it('refuses to listen beyond loopback without a token', async () => {
    const program = start(['--host', '0.0.0.0'])
    expect(await program.exit).toBe(1)
    expect(program.stderr()).toMatch(/will not listen on 0\.0\.0\.0 without a local token/)
    expect(program.stdout()).not.toContain('listening')
  })

  it('asks for the token that was set, and gives a browser a link that works once', async () => {
    const program = start([], { LAZULI_SERVER_TOKEN: 'local-token-1' })
    const url = await program.ready
    const refused = await fetch(`${url}/v1/models`)
    expect(refused.status).toBe(401)
    const allowed = await fetch(`${url}/v1/models`, { headers: { 'x-api-key': 'local-token-1' } })
    expect(allowed.status).toBe(200)
    await expect.poll(() => program.stdout()).toMatch(/Open http:\S+/)
    const link = /Open (http:\S+)/.exec(program.stdout())![1]!
    expect(link).not.toContain('local-token-1')
    expect((await fetch(`${url}/`)).status).toBe(401)
    const login = await fetch(link, { redirect: 'manual' })
    const cookie = login.headers.get('set-cookie')!
    expect(cookie).toMatch(/HttpOnly/i)
    expect((await fetch(`${url}/`, { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(200)
    expect((await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')).toBeNull()
    // The cookie opens the window only: a web page must not be able to spend it on the models.
    expect((await fetch(`${url}/v1/models`, { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(401)
  })

  it('names file and line of a broken configuration', async () => {
    writeFileSync(join(folder, 'lazuli.yaml'), 'server:\n  port: none\n')
    const program = start(['--config', 'lazuli.yaml'])
    expect(await program.exit).toBe(1)
    expect(program.stderr()).toMatch(/lazuli\.yaml, line 2: server\.port: must be a number/)
  })

  it('says that a settings file is broken instead of overwriting it', async () => {
    const data = join(folder, 'data')
    await start().ready.then(() => running.pop()!.kill('SIGKILL'))
    writeFileSync(join(data, 'config.json'), '{ "theme": ')
    const program = start()
    expect(await program.exit).toBe(1)
    expect(program.stderr()).toMatch(/config\.json cannot be read/)
  })

  it('lets a stream go on after SIGTERM while new calls are refused, and ends at once at the second signal', async () => {
    const program = start()
    const url = await program.ready
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
    const stream = await client.chat.completions.create({ ...chat('simulate slow'), stream: true })
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    program.child.kill('SIGTERM')
    await expect
      .poll(async () =>
        fetch(`${url}/healthz`).then(
          (answer) => answer.status,
          () => 'refused',
        ),
      )
      .not.toBe(200)
    expect((await iterator.next()).done).toBe(false)
    program.child.kill('SIGTERM')
    expect(await program.exit).not.toBeNull()
  })

  it('opens no inspector on SIGUSR1', async () => {
    const program = start()
    const url = await program.ready
    program.child.kill('SIGUSR1')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const inspector = connect(9229, '127.0.0.1')
    await expect(once(inspector, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(program.stderr()).not.toContain('Debugger')
  })

  it('never writes a key to its output, its folder or its answers', async () => {
    const key = 'canary-key-0123456789'
    const upstream = createServer((socket) =>
      socket.end(`HTTP/1.1 401 Unauthorized\r\ncontent-length: ${key.length}\r\n\r\n${key}`),
    ).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const { port } = upstream.address() as AddressInfo
    const program = start(['--log-level', 'debug'], {
      AZURE_OPENAI_ENDPOINT: `http://127.0.0.1:${port}`,
      AZURE_OPENAI_API_KEY: key,
    })
    const url = await program.ready
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chat('hi')),
    })
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toContain(key)
    program.child.kill('SIGTERM')
    await program.exit
    upstream.close()
    expect(program.stdout() + program.stderr()).not.toContain(key)
    expect(() => execFileSync('grep', ['-r', '-l', '-a', key, join(folder, 'data')])).toThrow()
  })
})
