/**
 * Who may in. The order is part of the contract: Host, Origin, key, content type. What passes is a request for one of
 * our names, from a program on this machine or a listed web origin, with the local key where one is wanted.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Header } from '../../shared/exchange.ts'
import type { Configuration, NamedKey } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'
import { checkAdmin } from './admin.ts'
import { callerKeys } from './caller-keys.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'
import { bodyKindOf, isAdminPath, isTrafficPath } from './endpoints/table.ts'
import type { BodyKind } from './operations/operation.ts'
import { isToken } from './sign-in.ts'
import type { SignIn } from './sign-in.ts'
import { namedKey } from './named-keys.ts'
import { readTarget } from './target.ts'
import type { RequestTarget } from './target.ts'

export type Verdict =
  /** `key`: the named local key that it came with. */
  | { type: 'pass'; target: RequestTarget; headers: Header[]; key?: NamedKey }
  /** A listed origin asks whether it may call. */
  | { type: 'preflight'; headers: Header[] }
  /** A browser that opened the one-time link. */
  | { type: 'signed-in'; cookie: string }
  /** `target` is absent when not even that could be read; `headers` let a listed origin read the refusal. */
  | { type: 'refuse'; error: LazuliError; target?: RequestTarget; headers: Header[] }

export interface GuardOptions {
  signIn: SignIn
  /** Is this a path of the window? Those open with a browser's cookie too, and from our own origin. */
  isWindowPath: (path: string) => boolean
  /** Opens the recorded traffic, besides the admin token. */
  folderKey: string | undefined
  /** Milliseconds since the epoch. */
  now: () => number
}

const WILDCARDS = new Set(['0.0.0.0', '::', '[::]'])

/** Judges one request by its head. Never throws. */
export function guard(request: IncomingMessage, configuration: Configuration, options: GuardOptions): Verdict {
  const { server } = configuration.config
  const headers: Header[] = []
  let target: RequestTarget | undefined
  try {
    const bound = WILDCARDS.has(server.host) ? [] : [server.host.includes(':') ? `[${server.host}]` : server.host]
    target = readTarget(request, [...server.hosts, ...bound])
    const listed = checkOrigin(request, server.cors_origins, options.isWindowPath(target.path))
    if (listed !== undefined) {
      if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
        return { type: 'preflight', headers: preflightHeaders(listed, request.headers) }
      }
      headers.push(...corsHeaders(listed))
    }
    if (target.path.startsWith('/login/')) {
      const cookie = request.method === 'GET' ? options.signIn.redeem(target.path) : undefined
      if (cookie === undefined) throw linkUsed()
      return { type: 'signed-in', cookie }
    }
    const key = checkKey(request, target, configuration, options)
    checkContentType(request, target.path)
    return { type: 'pass', target, headers, ...(key === undefined ? {} : { key }) }
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    return { type: 'refuse', error, headers, ...(target === undefined ? {} : { target }) }
  }
}

/**
 * @returns the origin, if it is listed and wants CORS headers
 */
function checkOrigin(request: IncomingMessage, listed: readonly string[], isWindowPath: boolean): string | undefined {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin !== undefined) {
    if (listed.includes(origin)) return origin
    if (isWindowPath && origin === `http://${host}` && site !== 'cross-site') return undefined
    throw originRefused(origin)
  }
  if (site === 'cross-site') throw originRefused(undefined)
  return undefined
}

/** @returns the named key that the request came with, where it came with one */
function checkKey(
  request: IncomingMessage,
  target: RequestTarget,
  configuration: Configuration,
  options: GuardOptions,
): NamedKey | undefined {
  const { token } = configuration
  const { admin_token: adminToken } = configuration.config.server
  for (const secret of [token, adminToken]) {
    if (secret !== undefined && carriesToken(request.url ?? '', secret)) throw keyRefused()
  }
  if (isAdminPath(target.path)) {
    const isFolderKey = ({ value }: { value: string }): boolean => isToken(value, options.folderKey ?? '')
    const opensTraffic = options.folderKey !== undefined && isTrafficPath(target.path)
    if (!opensTraffic || !callerKeys(request.headers).some(isFolderKey)) checkAdmin(request, configuration)
    return undefined
  }
  if (adminToken !== undefined) dropKey(request.headers, adminToken)
  if (token !== undefined && callerKeys(request.headers).some((key) => isToken(key.value, token))) return undefined
  const key = namedKey(request.headers, configuration, options.now())
  if (options.isWindowPath(target.path)) {
    if (options.signIn.hasSession(request.headers)) return undefined
    if (key !== undefined) throw windowRefused(key)
  }
  if (key !== undefined || configuration.auth === 'open' || /^\/healthz?$/.test(target.path)) return key
  throw keyRefused()
}

/** The admin token is for us alone: it must not go on to an upstream as a caller's own key. */
function dropKey(headers: IncomingHttpHeaders, secret: string): void {
  for (const { header, value } of callerKeys(headers)) if (isToken(value, secret)) delete headers[header]
}

/** A key in a URL ends up in logs and histories, so it counts as no key at all. */
function carriesToken(url: string, token: string): boolean {
  if (url.includes(token)) return true
  try {
    return decodeURIComponent(url.replaceAll('+', ' ')).includes(token)
  } catch {
    return false
  }
}

/** Besides JSON, by what a route takes. */
const TYPES: Readonly<Record<BodyKind, readonly string[]>> = {
  json: [],
  none: [],
  form: ['multipart/form-data'],
  any: ['multipart/form-data', 'application/octet-stream', 'application/sdp'],
}

/**
 * Bodies must be declared as what the route takes, mostly JSON: a page of any origin may send `text/plain` or a form
 * without asking, JSON it may not. Where forms are taken, the Origin that goes with each of them was checked before.
 */
function checkContentType(request: IncomingMessage, path: string): void {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'DELETE') return
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    throw new LazuliError({
      code: 'proxy_content_encoding',
      status: 415,
      message: 'Compressed request bodies are not taken.',
      fix: 'Send the body without Content-Encoding.',
    })
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return
  const others = TYPES[bodyKindOf(method ?? 'POST', path)]
  if (type !== undefined && others.includes(type)) return
  // What has no body needs no type; a page of another origin was refused by its Origin before.
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return
  throw new LazuliError({
    code: 'proxy_content_type',
    status: 415,
    message: type === undefined ? 'The request has no Content-Type.' : 'This Content-Type is not taken here.',
    fix: `Send Content-Type: ${['application/json', ...others].join(' or ')}.`,
  })
}

function originRefused(origin: string | undefined): LazuliError {
  const who = origin === undefined ? 'another site' : `the web origin "${origin.slice(0, 200)}"`
  return new LazuliError({
    code: 'proxy_origin_refused',
    status: 403,
    message: `Calls from ${who} are not allowed.`,
    fix: 'If that page is yours, add its origin to server.cors_origins.',
  })
}

/** One answer for every wrong key: it says nothing about how wrong it was. */
function keyRefused(): LazuliError {
  return new LazuliError({
    code: 'invalid_api_key',
    status: 401,
    message: 'Lazuli wants its local key, and this request does not carry it.',
    fix: 'Send it as Authorization: Bearer, api-key or x-api-key, never in the URL. It is shown under Settings.',
  })
}

function windowRefused({ name }: NamedKey): LazuliError {
  return new LazuliError({
    code: 'proxy_admin_required',
    status: 403,
    message: `The local key ${name} opens the models, not the window.`,
    fix: 'Open the window without it: with the one-time link that is printed at the start, or the local key of Settings.',
  })
}

function linkUsed(): LazuliError {
  return new LazuliError({
    code: 'proxy_link_used',
    status: 401,
    message: 'This sign-in link was used already or is too old.',
    fix: 'Start Lazuli again, or open the window with the local key, to get a fresh one.',
  })
}
