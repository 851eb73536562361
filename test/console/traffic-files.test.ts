import { ORPCError } from '@orpc/client'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { bundleHeader, readBundle, type BundledExchange } from '../../shared/bundle.ts'
import { startConsole, type TestConsole } from './console-for-tests.ts'

const CANARY = 'sk-canary-5f1d0c9e8b7a6d5c4b3a2f1e'

async function opened(setup: Parameters<typeof startConsole>[0] = {}): Promise<TestConsole> {
  const one = await startConsole(setup)
  onTestFinished(() => one.close())
  return one
}

async function ask({ engine }: TestConsole, path: string, body: unknown, headers = {}): Promise<string> {
  const answer = await fetch(engine.baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await answer.text()
  await engine.journal.flush()
  return answer.headers.get('x-lazuli-exchange') ?? ''
}

const question = (text: string): unknown[] => [{ role: 'user', content: text }]
const chat = (text: string, stream = true): unknown => ({ model: 'gpt-4.1-mini', stream, messages: question(text) })
const exchangesIn = (text: string): BundledExchange[] => {
  const read = readBundle(text)
  if ('problem' in read) throw new Error(`line ${read.problem.line}: ${read.problem.message}`)
  return read.exchanges
}
const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ORPCError)
  return (error as Error).message
}

let origin: TestConsole
let ids: string[]

beforeAll(async () => {
  origin = await startConsole({ env: { LAZULI_SERVER_TOKEN: CANARY } })
  const key = { authorization: `Bearer ${CANARY}` }
  ids = [
    await ask(origin, '/v1/chat/completions', chat('hello'), key),
    await ask(
      origin,
      '/v1/messages',
      { model: 'gpt-4.1-mini', max_tokens: 50, stream: true, messages: question(`My key is ${CANARY}`) },
      key,
    ),
    await ask(origin, '/v1/chat/completions', chat('whole', false), key),
    await ask(origin, `/v1/chat/completions?key=${CANARY}`, chat('refused'), key),
  ].filter((id) => id !== '')
  return () => origin.close()
})

test('a bundle taken in elsewhere and exported again is the same, with lanes, times and causes', async () => {
  const { text, filename } = await origin.console.traffic.export({ ids, format: 'bundle' })
  expect(filename).toMatch(/^lazuli-\d{4}-\d\d-\d\d-\d-exchanges\.jsonl$/)
  const elsewhere = await opened()
  const taken = await elsewhere.console.traffic.import({ text })
  expect(taken).toEqual({ ids, renamed: 0 })
  const again = await elsewhere.console.traffic.export({ ids, format: 'bundle' })
  expect(exchangesIn(again.text)).toEqual(exchangesIn(text))
  expect(again.text).toBe(text)
  const [, translated] = exchangesIn(again.text)
  expect(translated?.client.events.some(({ causes }) => causes !== undefined)).toBe(true)
  const { rows } = await elsewhere.console.traffic.list({ limit: 10 })
  expect(rows.map(({ id, imported }) => [id, imported])).toEqual(ids.toReversed().map((id) => [id, true]))
  expect(await elsewhere.console.accounting.sums({ from: '2000-01-01', to: '2100-01-01', by: ['day'] })).toMatchObject({
    rows: [],
  })
})

test('an exchange whose id is taken gets another, and stays where it was in time', async () => {
  const { text } = await origin.console.traffic.export({ ids: ids.slice(0, 1), format: 'bundle' })
  const elsewhere = await opened()
  await elsewhere.console.traffic.import({ text })
  const second = await elsewhere.console.traffic.import({ text })
  expect(second.renamed).toBe(1)
  expect(second.ids).not.toEqual(ids.slice(0, 1))
  const { rows } = await elsewhere.console.traffic.list({ limit: 10 })
  expect(new Set(rows.map(({ startedAt }) => startedAt)).size).toBe(1)
})

test('what came from a bundle stays as long as what begins when it came, however old it is', async () => {
  const { text } = await origin.console.traffic.export({ ids: ids.slice(0, 1), format: 'bundle' })
  const [exchange] = exchangesIn(text)
  const old = text.replaceAll(`"startedAt":${exchange?.detail.summary.startedAt}`, '"startedAt":1000')
  const elsewhere = await opened()
  await elsewhere.console.traffic.import({ text: old })
  await ask(elsewhere, '/v1/chat/completions', chat('one more'))
  const { rows } = await elsewhere.console.traffic.list({ limit: 10 })
  expect(rows.map(({ startedAt }) => startedAt)).toContain(1000)
})

test('a key is in no export, whatever the format, and in no import', async () => {
  for (const format of ['bundle', 'har'] as const) {
    const { text } = await origin.console.traffic.export({ ids, format })
    expect(text).not.toContain(CANARY)
    expect(text).toContain('[redacted]')
  }
  const { text } = await origin.console.traffic.export({ ids: ids.slice(0, 1), format: 'sse', lane: 'client' })
  expect(text).not.toContain(CANARY)

  const bundle = await origin.console.traffic.export({ ids: ids.slice(0, 1), format: 'bundle' })
  const careless = bundle.text.replace(/"requestHeaders":\[/, `"requestHeaders":[["x-api-key","${CANARY}"],`)
  const elsewhere = await opened()
  await elsewhere.console.traffic.import({ text: careless })
  const found = await elsewhere.console.traffic.get({ id: ids[0] ?? '' })
  expect(JSON.stringify(found)).not.toContain(CANARY)
})

test('a HAR has an entry for each request and each attempt, whose times add up', async () => {
  const { text, filename, mediaType } = await origin.console.traffic.export({ ids, format: 'har' })
  expect([filename.slice(-4), mediaType]).toEqual(['.har', 'application/json'])
  const { log } = JSON.parse(text) as { log: { version: string; entries: HarEntry[] } }
  expect(log.version).toBe('1.2')
  expect(log.entries).toHaveLength(2 * 3)
  for (const { time, timings, startedDateTime, comment, request, response } of log.entries) {
    expect(timings.send + timings.wait + timings.receive).toBeCloseTo(time)
    expect(Math.min(timings.send, timings.wait, timings.receive)).toBeGreaterThanOrEqual(0)
    expect(new Date(startedDateTime).toISOString()).toBe(startedDateTime)
    expect(comment).toMatch(/^ex_\w+: /)
    expect(() => new URL(request.url)).not.toThrow()
    expect(response.status).toBe(200)
  }
  expect(log.entries[0]?.response.content.text).toMatch(/^data: [^]*data: \[DONE\]\n\n$/)
  expect(log.entries[0]?.request.postData?.text).toContain('hello')
  expect(log.entries[1]?.comment).toContain('attempt 1 of 1 at simulator')
})

interface HarEntry {
  time: number
  startedDateTime: string
  comment: string
  timings: { send: number; wait: number; receive: number }
  request: { url: string; postData?: { text: string } }
  response: { status: number; content: { text?: string } }
}

test('one stream is exported as the bytes that it was, of the upstream or of the client', async () => {
  const id = ids[1] ?? ''
  const upstream = await origin.console.traffic.export({ ids: [id], format: 'sse' })
  expect(upstream.text).toMatch(/^data: \{"choices":\[[^]*data: \[DONE\]\n\n$/)
  const client = await origin.console.traffic.export({ ids: [id], format: 'sse', lane: 'client' })
  expect(client.text).toMatch(/^event: message_start\ndata: [^]*\n\n$/)
  expect(client.filename).toBe(upstream.filename.replace('upstream', 'client'))
  const whole = origin.console.traffic.export({ ids: ids.slice(2, 3), format: 'sse' })
  expect(await failureOf(whole)).toBe('The upstream sent no stream in this exchange, or it is not kept.')
})

test('a file that is wrong is refused as a whole, with the line that is wrong', async () => {
  const { text } = await origin.console.traffic.export({ ids: ids.slice(0, 2), format: 'bundle' })
  const [header = '', first = '', second = ''] = text.split('\n')
  const elsewhere = await opened()
  const told = (file: string): Promise<string> => failureOf(elsewhere.console.traffic.import({ text: file }))
  expect(await told('')).toBe('Line 1: The file is empty.')
  expect(await told('{"log":{}}')).toContain('Line 1: It is no bundle of Lazuli')
  expect(await told('{"lazuli":"bundle","version":2}')).toContain('versions up to 1')
  expect(await told(`${header}\n${first}\n${second.slice(0, -9)}\n`)).toBe('Line 3: It is not JSON.')
  expect(await told(`${header}\n\n${first.replace('"startedAt":', '"begun":')}\n`)).toMatch(
    /^Line 3: detail\.summary\.startedAt is not what a bundle holds there/,
  )
  expect(await told(`${header}\n${first}\n${first}\n`)).toContain('stands in line 2, too')
  expect((await elsewhere.console.traffic.list({ limit: 1 })).total).toBe(0)
  expect(await elsewhere.console.traffic.import({ text: `${bundleHeader}${first}` })).toMatchObject({ renamed: 0 })
})

test('what is not stored is named', async () => {
  expect(await failureOf(origin.console.traffic.export({ ids: ['ex_none'], format: 'har' }))).toBe(
    'The exchange ex_none is not stored (any more).',
  )
})
