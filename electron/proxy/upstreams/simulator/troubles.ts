import { SimulatedFailure } from './failure.ts'
import type { Order } from './order.ts'

const TEXTS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['401', 'Access denied: wrong key or wrong endpoint.'],
  403: ['PermissionDenied', 'The principal lacks the role that this action needs.'],
  404: ['DeploymentNotFound', 'The deployment for this resource does not exist.'],
  408: ['Timeout', 'The operation was timed out.'],
  429: ['429', 'Requests have exceeded the token rate limit of this deployment. Please retry after 2 seconds.'],
  500: ['InternalServerError', 'The server had an error while processing the request.'],
  503: ['ServiceUnavailable', 'The service is temporarily unable to process the request.'],
  529: ['overloaded', 'Overloaded.'],
}

/** The failure that the caller asked for, if it is one that comes instead of an answer. */
export function troubleOf(order: Order | undefined): SimulatedFailure | undefined {
  if (order?.kind !== 'error') return undefined
  const [code, message] = TEXTS[order.status] ?? [String(order.status), `Status ${order.status}, as you asked for.`]
  const headers = order.status === 429 ? { 'retry-after': '2', 'retry-after-ms': '2000' } : {}
  return new SimulatedFailure(order.status, code, `${message} (simulated)`, { headers })
}
