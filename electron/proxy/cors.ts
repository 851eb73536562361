import type { IncomingHttpHeaders } from 'node:http'
import type { Header } from '../../shared/exchange.ts'

const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const EXPOSED =
  'x-lazuli-exchange, x-lazuli-instance, x-lazuli-deployment, x-lazuli-attempts, x-lazuli-dropped, x-lazuli-degraded, ' +
  'x-request-id, request-id, retry-after, retry-after-ms'

/** Headers for an answer to a listed origin: its exact echo, never a wildcard (contract 16). */
export function corsHeaders(origin: string): Header[] {
  return [
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', EXPOSED],
    ['vary', 'Origin'],
  ]
}

/** Answer to a preflight of a listed origin. */
export function preflightHeaders(origin: string, headers: IncomingHttpHeaders): Header[] {
  const asked = headers['access-control-request-headers']
  const answer: Header[] = [
    ['access-control-allow-origin', origin],
    ['access-control-allow-methods', ALLOWED_METHODS],
    ['access-control-max-age', '600'],
    ['vary', 'Origin, Access-Control-Request-Headers'],
  ]
  if (asked !== undefined && /^[\w\-, ]+$/.test(asked)) answer.push(['access-control-allow-headers', asked])
  if (headers['access-control-request-private-network'] === 'true') {
    answer.push(['access-control-allow-private-network', 'true'])
  }
  return answer
}
