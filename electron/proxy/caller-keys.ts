import type { IncomingHttpHeaders } from 'node:http'
import type { Configuration } from '../config/configuration.ts'
import { keyOf, NAMED_KEY_PREFIX } from '../config/named-keys.ts'
import { isToken } from './sign-in.ts'

/** A key that the caller sent, and how. */
export interface CallerKey {
  header: 'authorization' | 'api-key' | 'x-api-key'
  value: string
}

/** OpenAI's clients in a browser have no other place for the key of a WebSocket. */
const KEY_PROTOCOL = 'openai-insecure-api-key.'

export function isKeyProtocol(protocol: string): boolean {
  return protocol.startsWith(KEY_PROTOCOL)
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
  for (const protocol of (headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim())) {
    if (isKeyProtocol(protocol)) keys.push({ header: 'api-key', value: protocol.slice(KEY_PROTOCOL.length) })
  }
  return keys
}

/** The caller's own key for the upstream: the first that is none of Lazuli's local ones. */
export function ownKey(headers: IncomingHttpHeaders, configuration: LocalKeys): CallerKey | undefined {
  return callerKeys(headers).find(({ value }) => !isLocalKey(value, configuration))
}

type LocalKeys = Pick<Configuration, 'token' | 'keys'>

/** Is this a key of ours, which must not go on to an upstream? One that was revoked tells by how it begins. */
export function isLocalKey(value: string, { token, keys }: LocalKeys): boolean {
  return (
    value.startsWith(NAMED_KEY_PREFIX) ||
    (token !== undefined && isToken(value, token)) ||
    keyOf(value, keys) !== undefined
  )
}
