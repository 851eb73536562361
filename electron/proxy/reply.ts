import type { ServerResponse } from 'node:http'
import type { DialectId, Header } from '../../shared/exchange.ts'
import type { LazuliError } from '../core/error.ts'
import { encodeFailure } from './failures.ts'

/** A short answer outside of any exchange. The body is left out for HEAD by node:http itself. */
export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: readonly Header[] = [],
): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, [
    'content-type',
    'application/json',
    'content-length',
    String(bytes.length),
    'x-content-type-options',
    'nosniff',
    ...headers.flat(),
  ])
  response.end(bytes)
}

export function replyEmpty(response: ServerResponse, status: number, headers: readonly Header[] = []): void {
  response.writeHead(status, ['x-content-type-options', 'nosniff', ...headers.flat()])
  response.end()
}

/** A short text outside of any exchange. */
export function replyText(response: ServerResponse, type: string, text: string, headers: readonly Header[] = []): void {
  const bytes = Buffer.from(text)
  const own = ['content-type', type, 'content-length', String(bytes.length), 'x-content-type-options', 'nosniff']
  response.writeHead(200, [...own, ...headers.flat()])
  response.end(bytes)
}

/** An error in a dialect's shape. */
export function replyError(
  response: ServerResponse,
  error: LazuliError,
  dialect: DialectId,
  headers: readonly Header[] = [],
): void {
  const encoded = encodeFailure(error, dialect)
  replyJson(response, encoded.status, encoded.body, [...headers, ...Object.entries(encoded.headers)])
}
