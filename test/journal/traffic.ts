/** Traffic for the journal's tests: a journal in a folder of its own, and exchanges as the proxy reports them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ExchangeTap, Tap } from '../../electron/core/tap.ts'
import { type Journal, type JournalOptions, openJournal } from '../../electron/journal/journal.ts'
import type { DialectId, Header } from '../../shared/exchange.ts'

export const workerUrl = new URL('../../electron/journal/worker.ts', import.meta.url)
export const generous = { keepDays: 14, maxBytes: 64 * 1024 * 1024, bodies: true }
export const silent = { debug() {}, info() {}, warn() {}, error() {} }

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A journal that is closed when the test ends. */
export async function journalIn(
  directory: string | undefined,
  options: Partial<JournalOptions> = {},
): Promise<Journal> {
  const journal = await openJournal({
    directory,
    workerUrl,
    limits: generous,
    secrets: () => [],
    log: silent,
    retryMs: 50,
    ...options,
  })
  onTestFinished(() => journal.close())
  return journal
}

export interface Script {
  dialect?: DialectId
  path?: string
  headers?: Header[]
  request?: string
  contentType?: string
  chunks?: readonly (string | Uint8Array)[]
}

const bytes = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text)

/** Begins an exchange and gets as far as the answer's head. */
export function beginExchange(
  tap: Tap,
  script: Script = {},
): { tap: ExchangeTap; relay: (chunk: string | Uint8Array) => void } {
  const dialect = script.dialect ?? 'chat'
  const exchange = tap.begin({
    method: 'POST',
    path: script.path ?? '/v1/chat/completions',
    headers: script.headers ?? [['User-Agent', 'curl/8.0']],
  })
  const body = [bytes(script.request ?? '{"model":"gpt-5"}')]
  exchange.describe({ clientDialect: dialect, askedModel: 'gpt-5', stream: true })
  exchange.requestBody(body)
  exchange.describe({ upstreamDialect: dialect, instance: 'main', deployment: 'gpt-5-prod' })
  const attempt = exchange.attempt({
    instance: 'main',
    deployment: 'gpt-5-prod',
    method: 'POST',
    url: 'https://contoso.openai.azure.com/openai/v1/chat/completions',
    headers: [['content-type', 'application/json']],
    body,
  })
  const headers: Header[] = [['content-type', script.contentType ?? 'text/event-stream; charset=utf-8']]
  attempt.head(200, headers)
  exchange.clientHead(200, headers)
  const relay = (chunk: string | Uint8Array): void => {
    attempt.bytes(bytes(chunk))
    exchange.clientBytes(bytes(chunk))
  }
  return {
    relay,
    tap: {
      id: exchange.id,
      requestBody: (pieces) => exchange.requestBody(pieces),
      describe: (what) => exchange.describe(what),
      decided: (decision) => exchange.decided(decision),
      lost: (losses) => exchange.lost(losses),
      attempt: (start) => exchange.attempt(start),
      clientHead: (status, head) => exchange.clientHead(status, head),
      clientBytes: (chunk) => exchange.clientBytes(chunk),
      usage: (usage) => exchange.usage(usage),
      end: (state, failure) => {
        attempt.end(failure)
        exchange.end(state, failure)
      },
    },
  }
}

/** A whole exchange; returns its id. */
export function exchange(tap: Tap, script: Script = {}): string {
  const running = beginExchange(tap, script)
  for (const chunk of script.chunks ?? [chatEvent('Hello'), 'data: [DONE]\n\n']) running.relay(chunk)
  running.tap.end('done')
  return running.tap.id
}

export const chatEvent = (text: string): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: text } }] })}\n\n`

/** Waits until something holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}
