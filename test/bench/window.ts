/**
 * `npm run bench:window [-- --exchanges 100000 --events 10000]`: the window of the built headless program in a real
 * browser, over a store of that many exchanges and a stream of that many events. Prints what a person would feel: the
 * first paint, the times between frames while the list and the stream scroll and while events come in live, and the memory
 * of the page. Frames are drawn without a graphics card where there is none, which says more about the machine than
 * figures of a desktop would.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Page } from '@playwright/test'
import { finishRecord } from '../../electron/journal/finish-record.ts'
import { Memory } from '../../electron/journal/findings/memory.ts'
import { Redactor } from '../../electron/journal/redact.ts'
import { Store, storeFile } from '../../electron/journal/store.ts'
import { startServer } from '../headless-server.ts'
import { randomSource } from '../proxy/recordings.ts'
import { madeExchange } from './made-exchange.ts'

const { values } = parseArgs({
  options: { exchanges: { type: 'string', default: '100000' }, events: { type: 'string', default: '10000' } },
})
const [exchanges, events] = [Number(values.exchanges), Number(values.events)]
const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Times between frames, in milliseconds. */
interface Frames {
  count: number
  p50: number
  p99: number
  longest: number
}

const told = ({ count, p50, p99, longest }: Frames): string =>
  `${count} frames, median ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`

function fill(folder: string): void {
  const random = randomSource(7)
  const store = new Store(storeFile(folder))
  const [redactor, memory] = [new Redactor([]), new Memory()]
  for (let first = 0; first < exchanges; first += 500) {
    const numbers = Array.from({ length: Math.min(500, exchanges - first) }, (_, index) => first + index)
    store.insert(
      numbers.map((number) =>
        // The newest is the one with the long stream.
        finishRecord(
          madeExchange(number, { of: exchanges, random, ...(number === exchanges - 1 ? { events } : {}) }),
          redactor,
          1e9,
          memory,
        ),
      ),
    )
  }
  store.close()
}

/** Moves what scrolls by so many pixels in each frame, for a while. */
function scroll(page: Page, selector: string, pixels: number, ms: number): Promise<Frames> {
  return page.evaluate(
    ([name, step, duration]) =>
      new Promise<{ count: number; p50: number; p99: number; longest: number }>((resolve, reject) => {
        const start = document.querySelector(name)
        let scroller: Element | null = start
        while (scroller !== null && scroller.scrollHeight <= scroller.clientHeight + 1)
          scroller = scroller.parentElement
        if (scroller === null) return reject(new Error(`nothing scrolls around ${name}`))
        const box = scroller
        const gaps: number[] = []
        let [last, direction] = [performance.now(), -1]
        const end = last + duration
        const frame = (now: number): void => {
          gaps.push(now - last)
          last = now
          const before = box.scrollTop
          box.scrollTop += step * direction
          if (box.scrollTop === before) direction = -direction
          if (now < end) return void requestAnimationFrame(frame)
          const sorted = gaps.slice(1).toSorted((a, b) => a - b)
          const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
          resolve({ count: sorted.length, p50: at(0.5), p99: at(0.99), longest: at(1) })
        }
        requestAnimationFrame(frame)
      }),
    [selector, pixels, ms] as const,
  )
}

async function heap(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.enable').then(() => session.send('Performance.getMetrics'))
  const used = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0
  await session.detach()
  return `${(used / 1024 / 1024).toFixed(0)} MB of JavaScript's heap`
}

/** An upstream that sends so many events a second, until its client leaves. */
async function startUpstream(perSecond: number): Promise<{ port: number; close: () => void }> {
  const event = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta: { content: ' blue' }, finish_reason: null }] })}\n\n`
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const sending = setInterval(() => response.write(event.repeat(perSecond / 100)), 10)
    response.once('close', () => clearInterval(sending))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Reads a stream for a while and gives the times between its reads. */
async function readFor(url: string, ms: number): Promise<Frames> {
  const leaving = new AbortController()
  const timer = setTimeout(() => leaving.abort(), ms)
  const gaps: number[] = []
  let last = performance.now()
  try {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
      signal: leaving.signal,
    })
    for await (const part of answer.body ?? []) {
      if (part.length === 0) continue
      gaps.push(performance.now() - last)
      last = performance.now()
    }
  } catch (error) {
    if (!leaving.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  const sorted = gaps.slice(2).toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), longest: at(1) }
}

const folder = mkdtempSync(join(tmpdir(), 'lazuli-window-'))
const upstream = await startUpstream(10_000)
try {
  fill(folder)
  const config = join(folder, 'lazuli.yaml')
  const instance = {
    name: 'up',
    provider_type: 'generic',
    api_base: `http://127.0.0.1:${upstream.port}/v1`,
    api_key: 'k',
  }
  writeFileSync(config, JSON.stringify({ instances: [instance], journal: { keep_days: 3650 } }))
  const server = await startServer(folder, { serveArgs: ['--config', config] })
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-dev-shm-usage'],
  })
  try {
    say(`${exchanges} exchanges stored, a stream of ${events} events`)
    const alone = await readFor(server.url, 5000)
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(server.url)
    const grid = page.getByRole('grid', { name: 'Exchanges' })
    await grid.getByRole('row').nth(5).waitFor()
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)
    say(`first paint: ${paint.toFixed(0)} ms`)
    say(`list: ${told(await scroll(page, '[role=grid] [role=row]:nth-child(3)', 400, 8000))}; ${await heap(page)}`)

    await grid.press('Home')
    await page.goto(`${server.url}/#/traffic`)
    const reading = readFor(server.url, 6000)
    await page.waitForTimeout(500)
    await grid.press('End')
    await grid.press('Enter')
    await page.getByRole('tab', { name: 'Stream' }).click()
    await page.getByRole('list', { name: 'Upstream events' }).getByRole('listitem').nth(3).waitFor()
    const live = await scroll(page, '[aria-label="Upstream events"]', 0, 4000)
    const beside = await reading
    say(`live at 10,000 events/s: ${told(live)}`)
    say(`the client's reads beside it: p99 ${beside.p99.toFixed(1)} ms; without a window ${alone.p99.toFixed(1)} ms`)
    say(
      `stream of the live exchange: ${told(await scroll(page, '[aria-label="Upstream events"]', 300, 6000))}; ${await heap(page)}`,
    )
  } finally {
    await browser.close()
    await server.stop()
  }
} finally {
  upstream.close()
  rmSync(folder, { recursive: true, force: true })
}
