/** Anthropic's own SDK reading from a local server: what it assembles is the truth that the codecs are measured by. */
import Anthropic from '@anthropic-ai/sdk'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Message = Anthropic.Message

export interface Answer {
  status?: number
  contentType: string
  chunks: readonly Uint8Array[]
  headers?: Record<string, string>
}

/** Serves one answer for every request; `read` lets the SDK read it. */
export class AnswerServer {
  #server: Server | undefined
  #answer: Answer = { contentType: 'text/event-stream', chunks: [] }
  #client: Anthropic | undefined

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(this.#answer.status ?? 200, {
          'content-type': this.#answer.contentType,
          ...this.#answer.headers,
        })
        for (const chunk of this.#answer.chunks) response.write(chunk)
        response.end()
      })
    })
    await new Promise<void>((resolve) => {
      this.#server?.listen(0, '127.0.0.1', resolve)
    })
    const { port } = this.#server.address() as AddressInfo
    this.#client = new Anthropic({ apiKey: 'test', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 })
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server?.close(resolve))
  }

  async readStream(body: Uint8Array | string): Promise<Message> {
    this.#answer = { contentType: 'text/event-stream', chunks: [Buffer.from(body)] }
    return this.client.messages.stream(question).finalMessage()
  }

  async readWhole(body: unknown): Promise<Message> {
    this.#answer = { contentType: 'application/json', chunks: [Buffer.from(JSON.stringify(body))] }
    return this.client.messages.create(question)
  }

  async readError(status: number, body: unknown, headers: Record<string, string>): Promise<unknown> {
    this.#answer = {
      status,
      contentType: 'application/json',
      chunks: [Buffer.from(JSON.stringify(body))],
      headers,
    }
    try {
      return await this.client.messages.create(question)
    } catch (error) {
      return error
    }
  }

  get client(): Anthropic {
    if (!this.#client) throw new Error('The server was not started.')
    return this.#client
  }
}

const question = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] }
