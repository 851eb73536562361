/** OpenAI's own SDK reading from a local server: what it assembles is the truth that the codecs are measured by. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'

export type Response = OpenAI.Responses.Response

export class AnswerServer {
  #server: Server | undefined
  #answer: { status: number; type: string; body: Uint8Array | string } = { status: 200, type: '', body: '' }
  #client: OpenAI | undefined

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(this.#answer.status, { 'content-type': this.#answer.type }).end(this.#answer.body)
      })
    })
    await new Promise<void>((resolve) => {
      this.#server?.listen(0, '127.0.0.1', resolve)
    })
    const { port } = this.#server.address() as AddressInfo
    this.#client = new OpenAI({ apiKey: 'test', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 })
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }

  async readStream(body: Uint8Array | string): Promise<Response> {
    this.#answer = { status: 200, type: 'text/event-stream', body }
    return this.#sdk.responses.stream({ model: 'm', input: 'Hello' }).finalResponse()
  }

  async readWhole(body: unknown, status = 200): Promise<Response> {
    this.#answer = { status, type: 'application/json', body: JSON.stringify(body) }
    return this.#sdk.responses.create({ model: 'm', input: 'Hello' })
  }

  /** A Chat stream as the same SDK assembles it. */
  async readChat(body: Uint8Array | string): Promise<OpenAI.ChatCompletion> {
    this.#answer = { status: 200, type: 'text/event-stream', body }
    return this.#sdk.chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion()
  }

  get #sdk(): OpenAI {
    if (!this.#client) throw new Error('The server was not started.')
    return this.#client
  }
}
