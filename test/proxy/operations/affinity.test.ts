/** What a resource holds is asked of that resource, also after a restart (R30). */
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOwnership } from '../../../electron/routing/ownership.ts'
import type { Held } from '../../../electron/routing/ownership.ts'
import { GivenIds, namedIds, opaqueId } from '../../../electron/proxy/operations/named-ids.ts'
import { openOwnershipFile } from '../../../electron/proxy/operations/ownership-file.ts'
import { post, startProxy } from '../harness.ts'
import type { TestProxy } from '../harness.ts'
import { cutAt, json, startUpstream } from '../scripted-upstream.ts'
import type { Play, ScriptedUpstream } from '../scripted-upstream.ts'

let folder: string
let file: string
let west: ScriptedUpstream
let east: ScriptedUpstream
let proxy: TestProxy
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-owners-'))
  file = join(folder, 'owners.jsonl')
})
afterEach(async () => {
  await proxy?.close()
  await west?.close()
  await east?.close()
  rmSync(folder, { recursive: true })
})

/** A resource with these things; everything else is unknown to it. */
function resource(name: string, things: Set<string>) {
  let made = 0
  return ({ received, response, socket }: Play): void | Promise<void> => {
    const play = { received, response, socket }
    const { method, url } = received
    const path = url.split('?')[0]!.replace('/openai/v1', '')
    if (method === 'POST' && /^\/(?:files|batches|vector_stores|fine_tuning\/jobs)$/.test(path)) {
      const kind = { '/files': 'file-', '/batches': 'batch_', '/vector_stores': 'vs_', '/fine_tuning/jobs': 'ftjob-' }[
        path
      ]!
      const id = `${kind}${name}${++made}`
      things.add(id)
      return json({ id, object: 'thing' })(play)
    }
    if (method === 'GET' && path === '/files') {
      const after = new URLSearchParams(url.split('?')[1]).get('after')
      const all = [...things].filter((id) => id.startsWith('file-'))
      const rest = after === null ? all : all.slice(all.indexOf(after) + 1)
      const data = rest.slice(0, 2).map((id) => ({ id, object: 'file' }))
      return json({ object: 'list', data, has_more: rest.length > 2 })(play)
    }
    if (path === '/responses' || path === '/chat/completions') {
      return json({ id: `resp_${name}${++made}`, object: 'response', status: 'completed', output: [], choices: [] })(
        play,
      )
    }
    const id = path.split('/').find((segment) => things.has(segment))
    return id === undefined
      ? json({ error: { code: 'not_found', message: `${name} has no such thing` } }, 404)(play)
      : json({ id, object: 'thing', from: name })(play)
  }
}

async function start(things: { west?: string[]; east?: string[] } = {}): Promise<void> {
  west = await startUpstream(resource('west', new Set(things.west)))
  east = await startUpstream(resource('east', new Set(things.east)))
  await startAgain()
}

async function startAgain(): Promise<void> {
  proxy = await startProxy({
    instances: [
      { name: 'west', base: west.origin },
      { name: 'east', base: east.origin },
    ],
    ownershipFile: file,
  })
}

const urls = (upstream: ScriptedUpstream): string[] => upstream.received.map(({ method, url }) => `${method} ${url}`)
const call = (route: string): Promise<Response> => {
  const [method, path] = route.split(' ') as [string, string]
  return fetch(proxy.origin + path, { method })
}

describe('an id whose owner is not known', () => {
  test('is asked of each instance in turn, and its owner remembered', async () => {
    await start({ east: ['file-e'] })
    expect(await (await call('GET /v1/files/file-e')).json()).toMatchObject({ from: 'east' })
    await call('GET /v1/files/file-e')
    expect(urls(west)).toEqual(['GET /openai/v1/files/file-e'])
    expect(urls(east)).toEqual(['GET /openai/v1/files/file-e', 'GET /openai/v1/files/file-e'])
    expect((await proxy.exchange()).attempts.map(({ status }) => status)).toEqual([404, 200])
  })

  test('is looked up before anything is done to it', async () => {
    await start({ east: ['file-e', 'batch_e'] })
    expect((await call('DELETE /v1/files/file-e')).status).toBe(200)
    expect((await call('POST /v1/batches/batch_e/cancel')).status).toBe(200)
    expect(urls(west)).toEqual(['GET /openai/v1/files/file-e', 'GET /openai/v1/batches/batch_e'])
    expect(urls(east)).toEqual([
      'GET /openai/v1/files/file-e',
      'DELETE /openai/v1/files/file-e',
      'GET /openai/v1/batches/batch_e',
      'POST /openai/v1/batches/batch_e/cancel',
    ])
  })

  test('that nobody knows is a 404 that says who was asked', async () => {
    await start()
    const response = await call('GET /v1/responses/resp_nobody')
    expect(response.status).toBe(404)
    expect(await response.text()).toMatch(/west, east/)
    expect((await call('DELETE /v1/files/file-nobody')).status).toBe(404)
    expect(
      urls(west)
        .concat(urls(east))
        .filter((url) => url.startsWith('DELETE')),
    ).toEqual([])
  })

  test('is not called unknown while an instance could not be asked', async () => {
    await start()
    await west.close()
    expect((await call('GET /v1/files/file-x')).status).toBe(502)
    west = await startUpstream(json({}))
  })
})

describe('what was created here', () => {
  test('goes back to its owner, also after a restart, and what refers to it goes there too', async () => {
    await start({ east: ['file-e'] })
    await call('GET /v1/files/file-e')
    await proxy.close()
    await startAgain()
    west.received.length = 0
    const batch = await post(proxy.origin, '/v1/batches', { input_file_id: 'file-e', endpoint: '/v1/chat/completions' })
    expect(await batch.json()).toMatchObject({ id: 'batch_east1' })
    await proxy.close()
    await startAgain()
    expect((await call('GET /v1/batches/batch_east1')).status).toBe(200)
    expect((await call('POST /v1/batches/batch_east1/cancel')).status).toBe(200)
    const job = await post(proxy.origin, '/v1/fine_tuning/jobs', { training_file: 'file-e', model: 'gpt-4o-mini' })
    expect(await job.json()).toMatchObject({ id: 'ftjob-east2' })
    expect(urls(west)).toEqual([])
  })

  test('is kept before the client hears of it', async () => {
    await start()
    await post(proxy.origin, '/v1/vector_stores', { name: 'x' })
    expect(readFileSync(file, 'utf8')).toContain('["vs_west1","west"]')
  })

  test('is created once, even if the answer is a failure', async () => {
    west = await startUpstream(json({ error: { message: 'busy' } }, 503))
    east = await startUpstream(json({ id: 'vs_2' }))
    await startAgain()
    expect((await post(proxy.origin, '/v1/vector_stores', {})).status).toBe(503)
    expect([west.received.length, east.received.length]).toEqual([1, 0])
  })

  test('whose owner is not configured any more gets a clear answer and no call', async () => {
    await start({ east: ['file-e'] })
    await call('GET /v1/files/file-e')
    await proxy.close()
    proxy = await startProxy({ instances: [{ name: 'west', base: west.origin }], ownershipFile: file })
    west.received.length = 0
    const response = await call('GET /v1/files/file-e')
    expect(response.status).toBe(503)
    expect(await response.text()).toMatch(/east.*not configured any more/)
    expect(west.received).toEqual([])
  })
})

describe('requests to a model', () => {
  test('go to the instance that holds the file that they name', async () => {
    await start({ east: ['file-e'] })
    await call('GET /v1/files/file-e')
    west.received.length = 0
    const content = [{ type: 'file', file: { file_id: 'file-e' } }]
    await post(proxy.origin, '/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: 'user', content }] })
    expect(urls(west)).toEqual([])
    expect(urls(east).at(-1)).toBe('POST /openai/v1/chat/completions')
    const { decision } = await proxy.exchange(1)
    expect(decision?.steps).toContainEqual(
      expect.objectContaining({ text: 'Instance east', why: expect.stringContaining('file-e') }),
    )
  })

  test('that go on with a response, or carry its reasoning, go where it was made, after a restart too', async () => {
    west = await startUpstream(json({ error: { message: 'not mine' } }, 404))
    const made = {
      id: 'resp_e1',
      object: 'response',
      status: 'completed',
      model: 'gpt-5',
      output: [{ type: 'reasoning', id: 'rs_e1', summary: [], encrypted_content: 'gAAAAAB-of-the-east' }],
    }
    east = await startUpstream(json(made))
    proxy = await startProxy({ instances: [{ name: 'east', base: east.origin }], ownershipFile: file })
    await post(proxy.origin, '/v1/responses', { model: 'gpt-5', input: 'hi' })
    await proxy.close()
    await startAgain()
    const asked = [
      { previous_response_id: 'resp_e1', input: 'on' },
      { input: [{ type: 'item_reference', id: 'rs_e1' }] },
      { store: false, input: [{ type: 'reasoning', summary: [], encrypted_content: 'gAAAAAB-of-the-east' }] },
    ]
    for (const body of asked) {
      expect((await post(proxy.origin, '/v1/responses', { model: 'gpt-5', ...body })).status).toBe(200)
    }
    expect((await call('GET /v1/responses/resp_e1/input_items')).status).toBe(200)
    expect([west.received.length, east.received.length]).toEqual([0, 5])
  })

  test('that need an instance which is switched off get a clear answer', async () => {
    await start({ east: ['file-e'] })
    await call('GET /v1/files/file-e')
    await proxy.close()
    proxy = await startProxy({
      instances: [
        { name: 'west', base: west.origin },
        { name: 'east', base: east.origin, models: ['other'] },
      ],
      ownershipFile: file,
    })
    const content = [{ type: 'file', file: { file_id: 'file-e' } }]
    const messages = [{ role: 'user', content }]
    const response = await post(proxy.origin, '/v1/chat/completions', { model: 'gpt-4o', messages })
    expect(response.status).toBe(503)
    expect(await response.text()).toMatch(/file-e.*east/)
  })

  test('that only quote an id go where they always go', async () => {
    await start({ east: ['file-e'] })
    await call('GET /v1/files/file-e')
    await post(proxy.origin, '/v1/chat/completions', {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'what is "file-e"?' }],
    })
    expect(urls(west).at(-1)).toBe('POST /openai/v1/chat/completions')
  })
})

describe('lists', () => {
  test('have the entries of all instances, once, page by page', async () => {
    await start({ west: ['file-w1', 'file-w2', 'file-w3'], east: ['file-e1', 'file-e2', 'file-e3'] })
    const seen: string[] = []
    let after = ''
    for (let page = 0; page < 6; page++) {
      const list = (await (await call(`GET /v1/files${after}`)).json()) as {
        data: { id: string }[]
        has_more: boolean
        last_id: string
      }
      seen.push(...list.data.map(({ id }) => id))
      if (!list.has_more) break
      after = `?after=${list.last_id}`
    }
    expect(seen).toEqual(['file-w1', 'file-w2', 'file-w3', 'file-e1', 'file-e2', 'file-e3'])
  })

  test('say so when an instance is missing', async () => {
    await start({ east: ['file-e1'] })
    await west.close()
    const response = await call('GET /v1/files')
    expect([response.status, response.headers.get('x-lazuli-degraded')]).toEqual([200, 'without west'])
    west = await startUpstream(json({}))
  })
})

describe('the memory', () => {
  test('is bounded: answers push out answers, never files', () => {
    const ownership = createOwnership()
    ownership.remember(['file-1'], 'a')
    for (let index = 0; index < 50_000; index++) ownership.remember([`resp_${index}`], 'b')
    expect(ownership.ownerOf('file-1')).toBe('a')
    expect(ownership.ownerOf('resp_0')).toBeUndefined()
    expect(ownership.ownerOf('resp_49999')).toBe('b')
  })

  test('is written anew once most of what was written is history', () => {
    let lines: Held[] = []
    let replaced = 0
    const ownership = createOwnership({
      load: () => [],
      append: (facts) => lines.push(...facts),
      replace: (facts) => {
        replaced++
        lines = [...facts]
      },
    })
    for (let index = 0; index < 90_000; index++) ownership.remember(['vs_1'], `instance-${index % 2}`)
    expect(replaced).toBe(1)
    expect(lines.length).toBeLessThan(20_000)
    expect(createOwnership({ load: () => lines, append() {}, replace() {} }).ownerOf('vs_1')).toBe('instance-1')
  })

  test('survives a line that was cut off, a line of nonsense, and what was forgotten stays so', () => {
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const first = createOwnership(openOwnershipFile(file, log))
    first.remember(['file-1', 'file-2'], 'a')
    first.forget('file-2')
    appendFileSync(file, 'nonsense\n{"x":1}\n["file-3","b')
    const second = createOwnership(openOwnershipFile(file, log))
    expect(['file-1', 'file-2', 'file-3'].map((id) => second.ownerOf(id))).toEqual(['a', undefined, undefined])
    second.remember(['file-4'], 'b')
    expect(createOwnership(openOwnershipFile(file, log)).ownerOf('file-4')).toBe('b')
  })

  test('has everything that a client was told, even when the program is killed', async () => {
    const script = `
      import { writeSync } from 'node:fs'
      const [{ createOwnership }, { openOwnershipFile }] = await Promise.all(process.argv.slice(1).map((url) => import(url)))
      const log = { debug() {}, info() {}, warn() {}, error() {} }
      const ownership = createOwnership(openOwnershipFile(${JSON.stringify(file)}, log))
      for (let index = 0; ; index++) {
        ownership.remember(['file-' + index], 'a')
        writeSync(1, 'file-' + index + '\\n')
      }`
    const modules = ['routing/ownership.ts', 'proxy/operations/ownership-file.ts']
    const urls = modules.map((path) => new URL(`../../../electron/${path}`, import.meta.url).href)
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...urls], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (told.length > 20_000) child.kill('SIGKILL')
    })
    await new Promise((resolve) => {
      child.once('close', resolve)
    })
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const after = createOwnership(openOwnershipFile(file, log))
    const whole = told.slice(0, told.lastIndexOf('\n')).split('\n').slice(-1000)
    expect(whole).toHaveLength(1000)
    expect(whole.filter((id) => after.ownerOf(id) !== 'a')).toEqual([])
  })

  test('goes on without a disk, and says so once', () => {
    const warned: string[] = []
    const log = { debug() {}, info() {}, warn: (_: unknown, message: string) => void warned.push(message), error() {} }
    const ownership = createOwnership(openOwnershipFile(join(folder, 'missing', 'owners.jsonl'), log))
    ownership.remember(['file-1'], 'a')
    ownership.remember(['file-2'], 'a')
    expect(ownership.ownerOf('file-1')).toBe('a')
    expect(warned).toHaveLength(1)
  })
})

describe('ids in bytes', () => {
  const secret = `gAAAAAB${'x'.repeat(40)}${'y'.repeat(200)}`
  const stream = Buffer.from(
    `data: {"type":"response.created","response":{"id":"resp_1"}}\n\ndata: {"item":{ "id": "rs_1","encrypted_content":"${secret}"}}\n\n` +
      'data: {"type":"response.output_text.delta","item_id":"msg_9","delta":"\\"id\\":\\"file-1\\""}\n\n' +
      'data: {"item":{"id":"msg_1","encrypted_content":"short"}}\n\n',
  )

  test('are found in an answer however it is cut', () => {
    for (let size = 1; size < stream.length; size += 7) {
      const found = new Set<string>()
      const ids = new GivenIds((some) => some.forEach((id) => found.add(id)))
      for (const piece of cutAt(
        stream,
        Array.from({ length: Math.ceil(stream.length / size) - 1 }, (_, i) => (i + 1) * size),
      ))
        ids.push(piece)
      expect([...found].toSorted()).toEqual(['resp_1', 'rs_1', 'msg_1', opaqueId(secret), opaqueId('short')].toSorted())
    }
  })

  test('are found in a request, the latest last', () => {
    const body = {
      previous_response_id: 'resp_1',
      input: [
        { type: 'reasoning', id: 'rs_1', encrypted_content: secret },
        { type: 'item_reference', id: 'msg_1' },
      ],
      tools: [{ vector_store_ids: ['vs_1'] }],
    }
    expect(namedIds(Buffer.from(JSON.stringify(body)))).toEqual([opaqueId(secret), 'resp_1', 'rs_1', 'msg_1', 'vs_1'])
    expect(namedIds(Buffer.from(JSON.stringify(body, null, 2)))).toEqual([
      opaqueId(secret),
      'resp_1',
      'rs_1',
      'msg_1',
      'vs_1',
    ])
  })
})
