import { createHash } from 'node:crypto'
import { callerKeys } from './caller-keys.ts'
import type { Exchange } from './exchange.ts'

/**
 * Whose conversations these are: callers with different keys never see each other's reasoning. A digest, so that no key
 * lives on in the memory.
 */
export function memoryScope(exchange: Exchange): string {
  const keys = callerKeys(exchange.request.headers).map(({ value }) => value)
  return createHash('sha256').update(JSON.stringify(keys)).digest('base64url')
}
