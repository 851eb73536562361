/** The body of an operation: read as far as routing needs, and made fit for the deployment that it goes to. */
import { LazuliError } from '../../core/error.ts'
import { readAsked } from '../asked.ts'
import type { Exchange } from '../exchange.ts'
import { readBody } from '../read-body.ts'
import type { UpstreamRequest } from '../send.ts'
import { formField, replaceRange, withModel } from './edit-body.ts'
import { boundaryOf, FormModelFinder } from './form-model.ts'
import type { FormModel } from './form-model.ts'
import type { BodyKind, Operation } from './operation.ts'
import { beginUpload } from './upload.ts'
import type { Upload } from './upload.ts'

export interface Content {
  /** As the request names it: in its path, its body or its form. */
  model: string | undefined
  /** Does the client want events? */
  stream: boolean
  /** All of it where it is JSON; used to find the ids that it names. */
  json: Buffer | undefined
  /** As it goes to a deployment. */
  bodyFor(deployment: string): SentBody
  /** Can it be sent again? Not what is not held, once a call has read of it. */
  isRepeatable(): boolean
}

export interface SentBody {
  body: UpstreamRequest['body']
  /** For the record: the beginning of what is not held. */
  shown: readonly Buffer[]
  contentType: string | undefined
  /** Bytes, where the client declared them and the body is not held. */
  length: number | undefined
}

/** So much of an upload is recorded. */
const SHOWN = 64 * 1024

/**
 * @param named the deployment that the path names
 * @throws LazuliError 400, 408, 413 for bodies that cannot be read or that name no model
 */
export async function readContent(
  exchange: Exchange,
  operation: Operation,
  named: string | undefined,
): Promise<Content> {
  const { request } = exchange
  const type = request.headers['content-type']
  const form = /^multipart\/form-data\b/i.test(type ?? '')
  const kind: BodyKind = operation.body === 'any' ? (form ? 'form' : isJson(type) ? 'json' : 'any') : operation.body
  if (request.method === 'GET' || !hasBody(exchange)) {
    if (needsModel(operation) && named === undefined) throw noModel(kind)
    return { model: named, stream: false, json: undefined, bodyFor: () => NO_BODY, isRepeatable: () => true }
  }
  if (kind === 'json' || (kind === 'none' && isJson(type))) return readJson(exchange, operation, named)
  return readUpload(exchange, operation, named, type, kind === 'form' && form)
}

const NO_BODY: SentBody = { body: [], shown: [], contentType: undefined, length: undefined }

function hasBody({ request }: Exchange): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}

function isJson(type: string | undefined): boolean {
  return /^application\/json\b/i.test(type ?? '')
}

function needsModel({ model }: Operation): boolean {
  return model === 'json' || model === 'form'
}

async function readJson(exchange: Exchange, operation: Operation, named: string | undefined): Promise<Content> {
  const received = await readBody(
    exchange.request,
    exchange.configuration.config.server.max_body,
    exchange.answer.signal,
    () => askForBody(exchange),
  )
  exchange.tap.requestBody([received])
  const places = operation.model === 'none' ? undefined : modelIn(received, operation, named)
  const model = named ?? places?.model
  return {
    model,
    stream: places?.stream ?? false,
    json: received,
    bodyFor(deployment) {
      const edit = deployment !== '' && (named !== undefined || (places?.top === true && deployment !== places.model))
      const body = edit ? withModel(received, deployment) : received
      return { body: [body], shown: [body], contentType: 'application/json', length: undefined }
    },
    isRepeatable: () => true,
  }
}

/** `top`: it is the body's own field, and is replaced by the deployment's name. */
interface NamedModel {
  model: string | undefined
  top: boolean
  stream: boolean
}

function modelIn(body: Buffer, operation: Operation, named: string | undefined): NamedModel {
  if (operation.model === 'json') {
    const asked = readAsked(named === undefined ? body : withModel(body, named))
    return { model: asked.model, top: true, stream: asked.stream }
  }
  const parsed = objectOf(body)
  const top = parsed['model']
  if (typeof top === 'string') return { model: top, top: true, stream: false }
  const session = parsed['session'] as { model?: unknown } | undefined
  const inner = operation.model === 'session' && typeof session === 'object' ? session?.model : undefined
  return { model: typeof inner === 'string' ? inner : undefined, top: false, stream: false }
}

function objectOf(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch (cause) {
    throw new LazuliError({
      code: 'proxy_invalid_json',
      status: 400,
      message: 'The request body is not valid JSON.',
      fix: 'Send one JSON object, encoded as UTF-8.',
      cause,
    })
  }
}

async function readUpload(
  exchange: Exchange,
  operation: Operation,
  named: string | undefined,
  type: string | undefined,
  form: boolean,
): Promise<Content> {
  const { request, answer, tap, configuration } = exchange
  const wanted = form && operation.model !== 'none'
  const boundary = wanted ? boundaryOf(type) : ''
  const finder = new FormModelFinder(boundary)
  let field: FormModel | undefined
  askForBody(exchange)
  const upload = await beginUpload(request, answer.signal, configuration.config.server.max_body, (chunk) => {
    if (!wanted) return true
    field ??= finder.push(chunk)
    return field !== undefined || finder.done
  })
  const model = named ?? (field?.name === '' ? undefined : field?.name)
  if (model === undefined && needsModel(operation)) throw noModel('form')
  tap.requestBody([Buffer.concat(upload.beginning).subarray(0, SHOWN)])
  return {
    model,
    stream: false,
    json: undefined,
    bodyFor(deployment) {
      const beginning =
        wanted && deployment !== '' ? edited(upload, finder, field, boundary, deployment) : upload.beginning
      return sentUpload(exchange, upload, beginning, type)
    },
    isRepeatable: () => upload.rest?.isTaken !== true,
  }
}

/** The beginning of a form with the deployment's name as its model. */
function edited(
  upload: Upload,
  finder: FormModelFinder,
  field: FormModel | undefined,
  boundary: string,
  deployment: string,
): Buffer[] {
  if (field !== undefined) {
    if (field.name === deployment) return upload.beginning
    return replaceRange(upload.beginning, field.start, field.end, Buffer.from(deployment))
  }
  const at = finder.firstPart ?? 0
  return replaceRange(upload.beginning, at, at, formField(boundary, 'model', deployment))
}

function sentUpload(
  exchange: Exchange,
  upload: Upload,
  beginning: Buffer[],
  contentType: string | undefined,
): SentBody {
  const size = sizeOf(beginning)
  const shown = [beginning[0]?.subarray(0, SHOWN) ?? Buffer.alloc(0)]
  if (upload.rest === undefined) return { body: beginning, shown, contentType, length: undefined }
  const declared = exchange.request.headers['content-length']
  const length = declared === undefined ? undefined : Number(declared) + size - sizeOf(upload.beginning)
  return { body: upload.rest.after(beginning), shown, contentType, length }
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}

function askForBody(exchange: Exchange): void {
  if (exchange.expectsContinue) exchange.answer.askForBody()
}

function noModel(kind: BodyKind): LazuliError {
  return new LazuliError({
    code: 'missing_required_parameter',
    status: 400,
    message: `The field "model" of the ${kind === 'form' ? 'form' : 'body'} is missing.`,
    fix: 'Name one of the models that GET /v1/models lists.',
    param: 'model',
  })
}
