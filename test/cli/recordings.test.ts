/** `lazuli record` and `lazuli serve --recording`, as the programs that they are. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBundle } from '../../shared/bundle.ts'
import { post } from '../proxy/harness.ts'
import { startUpstream, type ScriptedUpstream } from '../proxy/scripted-upstream.ts'
import { ASK, fine, PATH } from '../proxy/several-upstreams.ts'

const entry = join(import.meta.dirname, '../../electron/serve.ts')
const CANARY = 'canary-0123456789abcdef0123456789'
const TIMEOUT = 90_000

let folder: string
let upstream: ScriptedUpstream
let programs: ChildProcess[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-recordings-'))
  upstream = await startUpstream(fine)
  programs = []
  const instance = `  - {name: real, api_base: "${upstream.origin}", api_key: ${CANARY}}\n`
  writeFileSync(join(folder, 'lazuli.yaml'), `server: {port: 0}\njournal: {bodies: false}\ninstances:\n${instance}`)
})
afterEach(async () => {
  for (const program of programs) {
    if (program.exitCode !== null || program.signalCode !== null) continue
    program.kill('SIGKILL')
    await once(program, 'close')
  }
  await upstream.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Running {
  program: ChildProcess
  said: () => string
}

function lazuli(args: readonly string[], env: Record<string, string> = {}): Running {
  const program = spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  programs.push(program)
  let text = ''
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { program, said: () => text }
}

async function listening({ program, said }: Running): Promise<string> {
  for (;;) {
    const found = /listening on (http:\S+)/.exec(said())?.[1]
    if (found !== undefined) return found
    if (program.exitCode !== null) throw new Error(said())
    await Promise.race([once(program.stdout!, 'data'), once(program, 'close')])
  }
}

async function ended(running: Running, signal?: NodeJS.Signals): Promise<{ code: number | null; said: string }> {
  const closed = once(running.program, 'close')
  if (signal !== undefined) running.program.kill(signal)
  const [code] = (await closed) as [number | null]
  return { code, said: running.said() }
}

const run = (...args: string[]): Promise<{ code: number | null; said: string }> => ended(lazuli(args))
const here = (name: string): string => join(folder, name)
const recordArgs = ['record', '--out', 'taken.jsonl', '--config', 'lazuli.yaml', '--data-dir', 'data']

async function recorded(signal: NodeJS.Signals): Promise<{ code: number | null; said: string }> {
  const running = lazuli(recordArgs)
  const origin = await listening(running)
  await (await post(origin, PATH, ASK)).text()
  await (await post(origin, PATH, { ...ASK, messages: [{ role: 'user', content: `key ${CANARY}` }] })).text()
  return ended(running, signal)
}

it.each(['SIGINT', 'SIGTERM'] as const)(
  'what is recorded until %s is served alone, offline and without a key',
  async (signal) => {
    const { code, said } = await recorded(signal)
    expect([code, said]).toEqual([0, expect.stringContaining(`recorded 2 exchanges in ${here('taken.jsonl')}`)])
    const text = readFileSync(here('taken.jsonl'), 'utf8')
    expect(text).not.toContain(CANARY)
    expect(statSync(here('taken.jsonl')).mode & 0o777).toBe(0o600)
    const read = readBundle(text)
    expect('exchanges' in read && read.exchanges.map(({ detail }) => detail.summary.askedModel)).toEqual([
      'gpt-4o',
      'gpt-4o',
    ])

    // What else this machine has configured does not matter.
    const env = { AZURE_OPENAI_ENDPOINT: upstream.origin, AZURE_OPENAI_MODEL_MAPPER: 'gpt-4o=other' }
    const player = lazuli(['serve', '--recording', 'taken.jsonl', '--speed', '0', '--port', '0'], env)
    const origin = await listening(player)
    const answer = await post(origin, '/v1/messages', ASK)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-lazuli-recording')).toMatch(/^ex_/)
    expect(await answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text', text: 'Hello' }] })
    const models = (await (await fetch(`${origin}/v1/models`)).json()) as { data: { id: string }[] }
    expect(models.data.map(({ id }) => id)).toEqual(['gpt-4o'])
    expect((await post(origin, PATH, { ...ASK, messages: [{ role: 'user', content: 'other' }] })).status).toBe(404)
    expect(upstream.received).toHaveLength(2)
    expect((await ended(player, 'SIGTERM')).code).toBe(0)
    expect(readdirSync(folder).filter((name) => name.startsWith('lazuli-'))).toEqual([])
  },
  TIMEOUT,
)

it(
  'what was recorded is in the file at once: killed, it has all that had ended',
  async () => {
    const running = lazuli(recordArgs)
    const origin = await listening(running)
    await (await post(origin, PATH, ASK)).text()
    await expect.poll(() => readFileSync(here('taken.jsonl'), 'utf8').split('\n').length, { timeout: 30_000 }).toBe(3)
    await ended(running, 'SIGKILL')
    expect(readBundle(readFileSync(here('taken.jsonl'), 'utf8'))).toHaveProperty('exchanges.length', 1)
  },
  TIMEOUT,
)

describe('what cannot be is refused with exit code 1', () => {
  it(
    'a file that is there already is left as it is',
    async () => {
      writeFileSync(here('taken.jsonl'), 'precious')
      const { code, said } = await run(...recordArgs)
      expect([code, said]).toEqual([1, expect.stringContaining(`${here('taken.jsonl')} is there already.`)])
      expect(readFileSync(here('taken.jsonl'), 'utf8')).toBe('precious')
    },
    TIMEOUT,
  )

  it(
    'a recording that is missing or wrong, by file and line',
    async () => {
      const missing = await run('serve', '--recording', 'none.jsonl', '--port', '0')
      expect([missing.code, missing.said]).toEqual([
        1,
        expect.stringContaining(`${here('none.jsonl')}: does not exist`),
      ])
      writeFileSync(here('wrong.jsonl'), '{"lazuli":"bundle","version":1}\n{"detail":{}}\n')
      const wrong = await run('serve', '--recording', 'wrong.jsonl', '--port', '0')
      expect(wrong.code).toBe(1)
      expect(wrong.said).toContain(`${here('wrong.jsonl')}, line 2: detail.summary is not what a bundle holds there`)
      expect(readdirSync(folder).filter((name) => name.startsWith('lazuli-'))).toEqual([])
    },
    TIMEOUT,
  )

  it(
    'a flag at the wrong command, or with an impossible value',
    async () => {
      const all = await Promise.all([
        run('record'),
        run('serve', '--out', 'x.jsonl'),
        run('serve', '--speed', '2'),
        run('models', '--recording', 'x.jsonl'),
      ])
      expect(all.map(({ code, said }) => `${code} ${said.trim()}`)).toEqual([
        '1 lazuli: lazuli record needs --out FILE',
        '1 lazuli: --out belongs to lazuli record',
        '1 lazuli: --speed and --match belong to lazuli serve --recording FILE',
        '1 lazuli: --recording belongs to lazuli serve',
      ])
      writeFileSync(here('empty.jsonl'), '{"lazuli":"bundle","version":1}\n')
      const speed = await run('serve', '--recording', 'empty.jsonl', '--speed', 'fast', '--port', '0')
      expect([speed.code, speed.said]).toEqual([
        1,
        expect.stringContaining('--speed: instances[0].speed: must be a number'),
      ])
      const match = await run('serve', '--recording', 'empty.jsonl', '--match', 'last-word', '--port', '0')
      expect(match.said).toContain('must be one of conversation, last_message, sequence')
    },
    TIMEOUT,
  )
})
