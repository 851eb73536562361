import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { countTexts } from '../../electron/proxy/tokens/count-text.ts'
import { createTokenCounter } from '../../electron/proxy/tokens/token-counter.ts'
import type { TokenCounter } from '../../electron/proxy/tokens/token-counter.ts'

const WORKER = new URL('../../electron/proxy/tokens/worker.ts', import.meta.url)
const body = (text: string): Uint8Array => Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: text }] }))

let counter: TokenCounter
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await counter.close()
})

describe('the counting thread', () => {
  test('takes no more than may wait, and goes on after that', async () => {
    counter = createTokenCounter({ workerUrl: WORKER, maxWaiting: 2 })
    const [first, second, third] = [counter.count(body('a')), counter.count(body('b')), counter.count(body('c'))]
    await expect(third).rejects.toMatchObject({ code: 'proxy_busy', status: 503 })
    expect(await first).toBe(await second)
    expect(await counter.count(body('d'))).toBe(await first)
  })

  test('ends when nobody asks, and is started again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const ended = vi.spyOn(Worker.prototype, 'terminate')
    counter = createTokenCounter({ workerUrl: WORKER, idleMs: 1000 })
    const first = await counter.count(body('hello'))
    vi.advanceTimersByTime(999)
    expect(ended).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(ended).toHaveBeenCalledOnce()
    expect(await counter.count(body('hello'))).toBe(first)
  })

  test('is told as failed when it cannot start, and not waited for', async () => {
    counter = createTokenCounter({ workerUrl: new URL('./no-such-worker.ts', import.meta.url) })
    await expect(counter.count(body('a'))).rejects.toMatchObject({ code: 'proxy_count_failed', status: 500 })
  })

  test('does not outlive its owner', async () => {
    counter = createTokenCounter({ workerUrl: WORKER })
    const open = counter.count(body('a'))
    const refused = expect(open).rejects.toMatchObject({ code: 'proxy_count_failed' })
    await counter.close()
    await refused
  })

  test('counts what would take a tokenizer minutes: a long run of spaces or of letters', async () => {
    counter = createTokenCounter({ workerUrl: WORKER })
    const started = performance.now()
    expect(await counter.count(body(' '.repeat(200_000)))).toBeGreaterThan(1000)
    expect(await counter.count(body('aZ9+'.repeat(50_000)))).toBeGreaterThan(50_000)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('pieces of a text', () => {
  test('join to the whole text', () => {
    counter = createTokenCounter({ workerUrl: WORKER })
    const texts = ['a b c', 'x'.repeat(1000), `${'word '.repeat(20_000)}${' '.repeat(300)}end`, '']
    const seen: string[] = []
    const total = countTexts(texts, (piece) => seen.push(piece) && piece.length, Infinity)
    expect(seen.join('')).toBe(texts.join(''))
    expect(total).toBe(texts.join('').length)
    expect(Math.max(...seen.map((piece) => piece.length))).toBeLessThanOrEqual(16 * 1024)
  })

  test('beyond the limit the rest is taken to be alike', () => {
    counter = createTokenCounter({ workerUrl: WORKER })
    expect(countTexts(['a'.repeat(100), 'a'.repeat(300)], (piece) => piece.length / 4, 40)).toBe(100)
  })
})
