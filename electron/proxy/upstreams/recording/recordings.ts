/**
 * The upstream that plays recorded exchanges again: one loopback server for all instances of its type, started with the
 * first of them. It is reached over a real socket, as a resource of Azure's kind under the instance's name, so that all
 * of the pipeline runs.
 */
import { timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DialectId, Header } from '../../../../shared/exchange.ts'
import type { ConfiguredInstance, Recorded } from '../../../config/configuration.ts'
import { dialectOf } from '../../../core/dialects/registry.ts'
import { LazuliError } from '../../../core/error.ts'
import type { Log } from '../../../core/log.ts'
import { createServer } from '../../node-http.ts'
import { readOperation } from '../simulator/simulator-paths.ts'
import { composeAnswer, errorAnswer, type ComposeTools } from './compose-answer.ts'
import { RecordingFinder } from './find-recording.ts'
import { notRecorded } from './not-recorded.ts'
import { play, type PlayTools } from './play.ts'
import { recordingsOf } from './recordings-of.ts'

export interface RecordingsOptions extends ComposeTools, PlayTools {
  /** The instance of this name in the configuration, of whatever type. */
  instance: (name: string) => ConfiguredInstance | undefined
  /** A fresh secret; it becomes the server's key. */
  newKey: () => string
  log: Log
}

/** Where an instance is reached. */
export interface RecordingPlace {
  origin: string
  /** In front of Azure's own paths. */
  prefix: string
  key: string
}

const MAX_BODY = 64 * 1024 * 1024
/** Says which recorded exchange it is. */
const HEADER = 'x-lazuli-recording'

export class Recordings {
  readonly #options: RecordingsOptions
  readonly #key: string
  /** By what was read from the file, so that a file that is read anew begins anew. */
  readonly #finders = new WeakMap<Recorded, RecordingFinder>()
  #server: Server | undefined
  #origin: string | undefined
  #starting: Promise<void> | undefined

  constructor(options: RecordingsOptions) {
    this.#options = options
    this.#key = options.newKey()
  }

  /** Starts the server, if it does not run yet. */
  async ready(): Promise<void> {
    this.#starting ??= this.#start()
    await this.#starting
  }

  /** Starts it in the background; a call that comes before it runs waits for it. */
  begin(): void {
    this.ready().catch((error: unknown) => {
      this.#options.log.error({ err: String(error) }, 'Recordings cannot be served')
    })
  }

  /** @throws LazuliError 503 while the server is being started */
  place(name: string): RecordingPlace {
    if (this.#origin === undefined) {
      throw new LazuliError({
        code: 'proxy_recording_starting',
        status: 503,
        message: 'The recording is not ready yet.',
        fix: 'Try again in a moment.',
        retryable: true,
      })
    }
    return { origin: this.#origin, prefix: `/${encodeURIComponent(name)}`, key: this.#key }
  }

  async close(): Promise<void> {
    await this.#starting
    const server = this.#server
    if (server === undefined) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  async #start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // The client left, or the server is being closed.
        if (!response.destroyed) response.destroy()
        if (!request.destroyed && !isAbort(error)) {
          this.#options.log.error({ err: String(error) }, 'A recording could not be played')
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
    this.#origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const since = this.#options.monotonic()
    const bytes = await readBody(request)
    const [, name = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? []
    const operation = readOperation(request.method ?? 'GET', path)
    const dialect = dialectOfPath(operation?.kind)
    try {
      if (!carriesKey(request, this.#key))
        throw new LazuliError({ code: 'unauthorized', status: 401, message: 'This is not the recording’s key.' })
      const instance = this.#options.instance(decodeURIComponent(name))
      const finder = this.#finderOf(instance)
      if (instance === undefined || finder === undefined) throw noSuchThing()
      if (operation?.kind === 'models') return json(response, 200, { object: 'list', data: modelsIn(finder) })
      if (dialect === undefined) throw noSuchThing()
      await this.#answer(response, { bytes, dialect, deployment: deploymentIn(operation) }, { instance, finder, since })
    } catch (error) {
      if (!(error instanceof LazuliError)) throw error
      const message = error.fix === undefined ? error.message : `${error.message} ${error.fix}`
      const hub = { status: error.status, type: 'invalid_request_error', code: error.code, message }
      const { status, headers, frames } = errorAnswer(dialectOf(dialect ?? 'chat'), hub, 0)
      response.writeHead(status, [...headers, [HEADER, 'none']].flat()).end(frames.map(({ text }) => text).join(''))
    }
  }

  async #answer(
    response: ServerResponse,
    asked: { bytes: Buffer; dialect: DialectId; deployment: string | undefined },
    { instance, finder, since }: { instance: ConfiguredInstance; finder: RecordingFinder; since: number },
  ): Promise<void> {
    const { dialect, deployment } = asked
    const { request } = dialectOf(dialect).decodeRequest(bodyOf(asked.bytes))
    if (deployment !== undefined) request.model = deployment
    const found = finder.find(request, instance.match ?? 'conversation')
    if (!('recording' in found)) throw notRecorded(request.model, found.nearest, finder.recordings)
    const answer = composeAnswer(found.recording, { dialect, request }, this.#options)
    const own: Header[] = [[HEADER, found.recording.exchange.detail.summary.id]]
    await play(response, answer, own, { speed: instance.speed ?? 1, since }, this.#options)
  }

  #finderOf(instance: ConfiguredInstance | undefined): RecordingFinder | undefined {
    const recorded = instance?.recorded
    if (recorded === undefined) return undefined
    if ('problem' in recorded) throw recorded.problem
    let finder = this.#finders.get(recorded)
    if (finder === undefined) {
      finder = new RecordingFinder(recordingsOf(recorded.exchanges))
      this.#finders.set(recorded, finder)
    }
    return finder
  }
}

function dialectOfPath(kind: NonNullable<ReturnType<typeof readOperation>>['kind'] | undefined): DialectId | undefined {
  return kind === 'chat' || kind === 'responses' || kind === 'messages' ? kind : undefined
}

function deploymentIn(operation: ReturnType<typeof readOperation>): string | undefined {
  return operation?.kind === 'chat' ? operation.deployment : undefined
}

function modelsIn({ recordings }: RecordingFinder): unknown[] {
  const names = new Set(
    recordings.map(({ exchange, attempt }) => exchange.detail.summary.askedModel ?? attempt.deployment),
  )
  return [...names].map((id) => ({ id, object: 'model', status: 'succeeded' }))
}

function bodyOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new LazuliError({ code: 'invalid_json', status: 400, message: 'The body is not valid JSON.' })
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.byteLength
    // More than the proxy itself takes: nothing of ours sends it.
    if (size > MAX_BODY) throw new Error('the body is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function carriesKey(request: IncomingMessage, key: string): boolean {
  const expected = Buffer.from(key)
  return [request.headers['api-key'], request.headers['x-api-key']].some((given) => {
    if (typeof given !== 'string') return false
    const bytes = Buffer.from(given)
    return bytes.byteLength === expected.byteLength && timingSafeEqual(bytes, expected)
  })
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', [HEADER]: 'list' }).end(JSON.stringify(body))
}

function noSuchThing(): LazuliError {
  return new LazuliError({
    code: 'not_recorded',
    status: 404,
    message: 'A recording plays conversations only: Chat, Responses and Messages.',
  })
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
