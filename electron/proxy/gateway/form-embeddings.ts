/** Embeddings as the Dify provider asks for them (azure.md §7.4): `input_type` in the request, `tokens` in the usage. */
import type { Loss } from '../../../shared/exchange.ts'
import type { Route } from '../../routing/route.ts'
import { scanMembers } from '../json-scan.ts'
import type { Operation } from '../operations/operation.ts'
import type { BodyReader, UpstreamAnswer } from '../send.ts'
import { splice } from '../splice.ts'

/** OpenAI's models, which refuse a field that they do not know; others may want it. */
const OPENAI_MODEL = /^text-embedding-/i

/** @param deployment the one that the path names */
export function isFormEmbedding(
  operation: Operation,
  deployment: string | undefined,
  body: Buffer | undefined,
): boolean {
  return (
    operation.path === '/embeddings' && deployment !== undefined && body !== undefined && body.includes('"input_type"')
  )
}

/** The body for a model; `input_type` is left out where it would be refused. */
export function fitEmbedding(
  pieces: readonly Buffer[],
  { instance, baseModel }: Route,
): { body: Buffer; losses: Loss[] } {
  const body = Buffer.concat(pieces)
  const members = scanMembers(body)
  const found = members.filter(({ key }) => key === 'input_type')
  if (found.length === 0 || instance.provider_type === 'azure-gateway' || !OPENAI_MODEL.test(baseModel)) {
    return { body, losses: [] }
  }
  return {
    body: Buffer.concat(
      splice(
        body,
        members,
        found.map((member) => ({ type: 'remove', member })),
      ),
    ),
    losses: [{ path: 'input_type', kind: 'dropped', reason: 'OpenAI’s models embed questions and documents alike.' }],
  }
}

/** The same answer, its usage also under `tokens`. Vectors stay the upstream's own bytes. */
export function withTokens(upstream: UpstreamAnswer): UpstreamAnswer {
  const { 'content-length': _, ...headers } = upstream.headers
  return {
    status: upstream.status,
    headers,
    read: (reader) => upstream.read(new UsageCopier(reader)),
    pause: () => upstream.pause(),
    resume: () => upstream.resume(),
    abort: (reason) => upstream.abort(reason),
    release: () => upstream.release(),
    settle: (withinMs) => upstream.settle(withinMs),
  }
}

class UsageCopier implements BodyReader {
  readonly #reader: BodyReader
  readonly #pieces: Buffer[] = []

  constructor(reader: BodyReader) {
    this.#reader = reader
  }

  data(chunk: Buffer): void {
    this.#pieces.push(chunk)
  }

  end(framed: boolean): void {
    this.#reader.data(copied(Buffer.concat(this.#pieces)))
    this.#reader.end(framed)
  }

  fail(error: Parameters<BodyReader['fail']>[0]): void {
    this.#reader.fail(error)
  }
}

function copied(body: Buffer): Buffer {
  try {
    const members = scanMembers(body)
    const member = members.findLast(({ key }) => key === 'usage')
    if (member === undefined) return body
    const usage = JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd)) as Record<string, unknown>
    const tokens = usage['tokens'] ?? usage['prompt_tokens'] ?? usage['input_tokens'] ?? usage['total_tokens']
    if (typeof tokens !== 'number') return body
    const json = JSON.stringify({ prompt_tokens: tokens, total_tokens: tokens, ...usage, tokens })
    return Buffer.concat(splice(body, members, [{ type: 'value', member, json }]))
  } catch {
    // What is not JSON is not an answer to embeddings; it goes on as it is.
    return body
  }
}
