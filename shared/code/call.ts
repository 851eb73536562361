/** A request to one of the three APIs, as code is made of it. No key is part of it: code reads `LAZULI_KEY`. */
import type { DialectId } from '../exchange.ts'

export interface CodeCall {
  /** Address for local tools without a slash at the end, e.g. `http://127.0.0.1:11437`. */
  baseUrl: string
  dialect: DialectId
  /** Parsed JSON of the body. */
  body: Readonly<Record<string, unknown>>
  /** open: no key is needed; SDKs get a stand-in. */
  auth: 'token' | 'open'
}

/** Paths that clients of the three APIs ask for. */
export const PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}

/** The environment variable that holds the local key. */
export const KEY_VARIABLE = 'LAZULI_KEY'
