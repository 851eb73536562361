/** Who may see the configuration and change the program: not whoever may call a model (contract 4, R6). */
import type { IncomingMessage } from 'node:http'
import type { Configuration } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'
import { keyOf } from '../config/named-keys.ts'
import { callerKeys } from './caller-keys.ts'
import { isToken } from './sign-in.ts'

/**
 * With `server.admin_token`: that one alone opens, from anywhere. Without: in open mode any program on this machine,
 * never a web page; in token mode nobody.
 *
 * @throws LazuliError 401 without a right key, 403 for the key that callers of models use and for whom it is not meant
 */
export function checkAdmin(request: IncomingMessage, configuration: Configuration): void {
  const { config, auth } = configuration
  const { admin_token: adminToken } = config.server
  const keys = keysOf(request)
  if (adminToken !== undefined && keys.some((key) => isToken(key, adminToken))) return
  if (adminToken !== undefined || auth === 'token') {
    const isClient = keys.some((key) => isClientKey(key, configuration))
    throw isClient ? adminWanted(adminToken !== undefined) : adminKeyRefused()
  }
  // Whoever was given a key of a few models was not given the program.
  if (keys.some((key) => keyOf(key, configuration.keys) !== undefined)) throw adminWanted(false)
  if (!isLocal(request)) throw localOnly('A program on another machine')
  const site = request.headers['sec-fetch-site']
  if (request.headers.origin !== undefined || (site !== undefined && site !== 'none' && site !== 'same-origin')) {
    throw localOnly('A web page')
  }
}

function keysOf(request: IncomingMessage): string[] {
  const own = request.headers['x-admin-api-key']
  const sent = callerKeys(request.headers).map((key) => key.value)
  return typeof own === 'string' && own.trim() !== '' ? [own.trim(), ...sent] : sent
}

function isClientKey(key: string, { token, keys }: Configuration): boolean {
  return keyOf(key, keys) !== undefined || (token !== undefined && isToken(key, token))
}

function isLocal(request: IncomingMessage): boolean {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return address === '::1' || address.startsWith('127.')
}

function adminWanted(isSet: boolean): LazuliError {
  return new LazuliError({
    code: 'proxy_admin_required',
    status: 403,
    message: 'A local key opens the models, not the configuration.',
    fix: isSet
      ? 'Send server.admin_token as Authorization: Bearer or X-Admin-API-Key.'
      : 'Set server.admin_token (LAZULI_SERVER_ADMIN_TOKEN) and send that one.',
  })
}

function adminKeyRefused(): LazuliError {
  return new LazuliError({
    code: 'invalid_api_key',
    status: 401,
    message: 'The configuration wants the admin token, and this request does not carry it.',
    fix: 'Send server.admin_token as Authorization: Bearer or X-Admin-API-Key.',
  })
}

function localOnly(who: string): LazuliError {
  return new LazuliError({
    code: 'proxy_admin_required',
    status: 403,
    message: `${who} may not see or change the configuration while no admin token is set.`,
    fix: 'Set server.admin_token (LAZULI_SERVER_ADMIN_TOKEN) and send it as Authorization: Bearer or X-Admin-API-Key.',
  })
}
