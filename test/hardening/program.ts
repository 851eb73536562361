/** The built headless program as its users run it, between a client and an upstream of the test's own. */
import { readFileSync } from 'node:fs'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startServer, type Server } from '../headless-server.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface Program {
  server: Server
  port: number
  folder: string
  upstreamPort: number
}

export interface ProgramOptions {
  /** Further keys of the configuration. */
  config?: Record<string, unknown>
  /** Further keys of the one instance, which is named `up`. */
  instance?: Record<string, unknown>
  serveArgs?: string[]
  serveEnv?: Record<string, string>
}

/** Starts an upstream and the program in front of it; both end with the test. */
export async function program(handler: Handler, options: ProgramOptions = {}): Promise<Program> {
  const upstream = createServer((request, response) => {
    response.on('error', () => {})
    handler(request, response)
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const upstreamPort = (upstream.address() as AddressInfo).port
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-hardening-'))
  const config = {
    instances: [
      {
        name: 'up',
        provider_type: 'generic',
        api_base: `http://127.0.0.1:${upstreamPort}/v1`,
        api_key: 'upstream-key',
        ...options.instance,
      },
    ],
    routing: { retries: 0 },
    ...options.config,
  }
  const file = join(folder, 'lazuli.yaml')
  writeFileSync(file, JSON.stringify(config))
  const server = await startServer(folder, {
    serveArgs: ['--config', file, ...(options.serveArgs ?? [])],
    ...(options.serveEnv === undefined ? {} : { serveEnv: options.serveEnv }),
  })
  onTestFinished(async () => {
    await server.stop()
    upstream.closeAllConnections()
    upstream.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { server, port: Number(new URL(server.url).port), folder, upstreamPort }
}

/** Memory that the program holds now, in MB. */
export function memoryOf(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/** Runs the work, and tells by how many MB the program's memory grew at its peak. */
export async function growthDuring<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; growth: number }> {
  const before = memoryOf(pid)
  let peak = before
  const sampling = setInterval(() => (peak = Math.max(peak, memoryOf(pid))), 20)
  try {
    const result = await work()
    return { result, growth: Math.max(peak, memoryOf(pid)) - before }
  } finally {
    clearInterval(sampling)
  }
}

/** A small conversation. */
export const ask = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: 'Hi' }] })

export const json = { 'content-type': 'application/json' }

/** Warms the program up, so that what it loads once is not taken for growth. */
export async function warm({ server }: Program): Promise<void> {
  for (const stream of [true, false]) {
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: json,
      body: ask(stream),
    })
    await answer.text().catch(() => '')
  }
}

/** A whole answer of Chat Completions. */
export function answerWhole(response: ServerResponse, content = 'Hello'): void {
  response.writeHead(200, json)
  response.end(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4o',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
  )
}

/** One event of a stream of Chat Completions. */
export const delta = (content: string): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`

export const ending = `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`
