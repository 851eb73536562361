import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FollowBatch } from '../../shared/contract.ts'
import { beginExchange, chatEvent, exchange, journalIn, temporaryFolder } from './traffic.ts'

/** One that the configuration knows, one that only the caller knows. */
const known = 'CANARY-known/9f8e7d+6c5b=4a'
const callers = 'CANARY-caller-0123456789abcdef'
const secrets = (): readonly string[] => [known]

const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret).toLowerCase(),
  secret.replaceAll('/', '\\/'),
  ...['', 'x', 'xy'].flatMap((before) => {
    const encoded = Buffer.from(`${before}${secret}`).toString('base64')
    const core = encoded.slice(4, -4)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  }),
]
const traces = [known, callers].flatMap(spellings)
const expectClean = (text: string): void => {
  for (const trace of traces) expect(text.toLowerCase()).not.toContain(trace.toLowerCase())
}

const everywhere = [known, callers].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`user:${secret}`).toString('base64url'),
  JSON.stringify({ echo: secret }),
])
const script = {
  path: `/v1/chat/completions?api-key=${encodeURIComponent(known)}&q=${encodeURIComponent(known)}`,
  headers: [
    ['User-Agent', `${known}/1`],
    ['Authorization', `Bearer ${callers}`],
    ['x-session-id', known],
    ['x-odd', `v=${callers}`],
  ] as [string, string][],
  request: JSON.stringify({ model: 'gpt-5', messages: everywhere }),
  chunks: [...everywhere.map(chatEvent), chatEvent(known).slice(0, 120), chatEvent(known).slice(120)],
}

test('no secret is stored, in whatever spelling and place it came', async () => {
  const folder = temporaryFolder()
  const journal = await journalIn(folder, { secrets })
  const running = beginExchange(journal, script)
  running.tap.describe({ askedModel: known, deployment: callers })
  running.tap.decided({
    askedModel: known,
    steps: [{ verdict: 'ok', text: `Found ${known}`, why: callers }],
    target: {
      instance: 'main',
      providerType: 'azure',
      deployment: 'd',
      baseModel: 'gpt-5',
      api: 'chat',
      url: `https://u:p@contoso.example/x?sig=${callers}`,
    },
  })
  running.tap.lost([{ path: known, kind: 'dropped', reason: callers }])
  for (const chunk of script.chunks) running.relay(chunk)
  // Long ones, so that the block is compressed, and one that the client gets differently.
  for (let index = 0; index < 200; index++) running.relay(chatEvent(`${index} ${known}`))
  running.tap.clientBytes(Buffer.from(chatEvent(`only here: ${callers}`)))
  running.tap.end('failed', { code: 'x', message: `Key ${known} is wrong`, fix: callers })
  const { id } = running.tap
  await journal.flush()

  for (const name of readdirSync(folder)) expectClean(readFileSync(join(folder, name)).toString('latin1'))
  const answers = [
    await journal.list({ limit: 5 }),
    await journal.get(id),
    await journal.events({ id, lane: 'client', from: 0, limit: 1000 }),
    await journal.events({ id, lane: 'upstream', from: 0, limit: 1000 }),
  ]
  for (const answer of answers) expectClean(JSON.stringify(answer))
  await journal.close()
  for (const name of readdirSync(folder)) expectClean(readFileSync(join(folder, name)).toString('latin1'))
  const detail = JSON.stringify(answers[1])
  expect(detail).toContain('Bearer [redacted]')
  expect(detail).toContain('api-key=[redacted]')
  expect(detail).toContain('https://[redacted]@contoso.example/x?sig=[redacted]')
})

test('no secret is shown while the exchange runs, also when reads cut it apart', async () => {
  const journal = await journalIn(temporaryFolder(), { secrets })
  const running = beginExchange(journal, script)
  const feed = journal.feed()
  const firstRows = feed.next()
  running.tap.usage({ input: 1 })
  expectClean(JSON.stringify((await firstRows).value))
  const batches: FollowBatch[] = []
  const following = (async () => {
    for await (const batch of journal.follow(running.tap.id)) batches.push(batch)
  })()
  for (const byte of script.chunks.join('')) {
    running.relay(byte)
    if (byte === '-') await new Promise((resolve) => setImmediate(resolve))
  }
  expectClean(JSON.stringify(await journal.get(running.tap.id)))
  expectClean(JSON.stringify(await journal.list({ limit: 5 })))
  const live = await journal.events({ id: running.tap.id, lane: 'client', from: 0, limit: 1000 })
  expectClean(JSON.stringify(live))
  expect(live.events.length).toBeGreaterThan(5)
  running.tap.end('done')
  await following
  expectClean(JSON.stringify(batches))
  expect(batches.flatMap((batch) => batch.client)).toHaveLength(script.chunks.length - 1)
  await feed.return()
})

test('a plain body read byte by byte shows no secret while it comes', async () => {
  const journal = await journalIn(temporaryFolder(), { secrets })
  const running = beginExchange(journal, { contentType: 'text/plain' })
  const shown: string[] = []
  const following = (async () => {
    for await (const batch of journal.follow(running.tap.id)) shown.push(...batch.client.map((event) => event.raw))
  })()
  const text = `CANARY is no secret, ${known} is one, CANARY-kn`
  for (const [index, byte] of text.split('').entries()) {
    running.relay(byte)
    if (index % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  running.tap.end('done')
  await following
  expect(shown.join('')).toBe(text.replace(known, '*'.repeat(known.length)))
})

test('a secret that was renewed during an exchange is known at its end', async () => {
  let current = ['CANARY-old-token-1']
  const journal = await journalIn(temporaryFolder(), { secrets: () => current })
  const running = beginExchange(journal)
  current = ['CANARY-new-token-2']
  running.relay(chatEvent('CANARY-new-token-2'))
  running.tap.end('done')
  const page = await journal.events({ id: running.tap.id, lane: 'client', from: 0, limit: 5 })
  expect(page.events[0]?.raw).toContain('*'.repeat(18))
})

test('an exchange whose secrets cannot be known is not recorded, and the traffic goes on', async () => {
  let broken = true
  const journal = await journalIn(temporaryFolder(), {
    secrets: () => {
      if (broken) throw new Error('locked')
      return []
    },
  })
  exchange(journal)
  broken = false
  expect(await journal.list({ limit: 5 })).toEqual({ rows: [], total: 0, capped: false })
  expect(journal.stats().active).toBe(0)
})
