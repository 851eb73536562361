import type { IncomingHttpHeaders } from 'node:http'
import { isToken } from './sign-in.ts'

/** A key that the caller sent, and how. */
export interface CallerKey {
  header: 'authorization' | 'api-key' | 'x-api-key'
  value: string
}

/** Every key that the request carries, in the order in which a passthrough prefers them. */
export function callerKeys(headers: IncomingHttpHeaders): CallerKey[] {
  const keys: CallerKey[] = []
  for (const header of ['api-key', 'x-api-key'] as const) {
    const value = headers[header]
    if (typeof value === 'string' && value.trim() !== '') keys.push({ header, value: value.trim() })
  }
  const bearer = /^bearer +(\S.*)$/i.exec(headers.authorization?.trim() ?? '')?.[1]
  if (bearer !== undefined) keys.push({ header: 'authorization', value: bearer })
  return keys
}

/** The caller's own key for the upstream: the first that is not Lazuli's local one. */
export function ownKey(headers: IncomingHttpHeaders, token: string | undefined): CallerKey | undefined {
  return callerKeys(headers).find((key) => token === undefined || !isToken(key.value, token))
}
