/** The calls of one operation: admission, retries and failover as a conversation has them, without a dialect between. */
import { dialectOf } from '../../core/dialects/registry.ts'
import { estimateTokens } from '../../routing/estimate-tokens.ts'
import type { Plan } from '../../routing/plan.ts'
import type { Route } from '../../routing/route.ts'
import { serveWithRetries } from '../attempts.ts'
import { deliverError, readFailed } from '../deliver-error.ts'
import type { FailedAnswer } from '../deliver-error.ts'
import type { Ends } from '../deliver.ts'
import type { Exchange, ExchangeEnd } from '../exchange.ts'
import { withTokens } from '../gateway/form-embeddings.ts'
import { OpeningError } from '../relay.ts'
import type { UpstreamAnswer } from '../send.ts'
import { UpstreamFailure } from '../upstream-failure.ts'
import { callOperation } from './call-operation.ts'
import type { OperationTools } from './call-operation.ts'
import type { Content, SentBody } from './content.ts'
import { deliverOperation } from './deliver-operation.ts'
import type { Operation } from './operation.ts'

export interface OperationWork {
  operation: Operation
  content: Content
  plan: Plan
  /** The body for one place; by default the content as it is. */
  bodyFor?: (route: Route) => SentBody
  /** The client reads embeddings in a gateway's form. */
  asForm?: boolean
}

/** Serves one operation. @throws as `serveWithRetries` does */
export function serveOperation(exchange: Exchange, work: OperationWork, tools: OperationTools): Promise<ExchangeEnd> {
  const { operation, content, plan, asForm = false } = work
  const bodyFor = work.bodyFor ?? ((route: Route) => content.bodyFor(route.deployment))
  const isMetered = plan.candidates.some(({ route }) => route.deployment !== '')
  return serveWithRetries(
    exchange,
    {
      plan,
      // Files and the like take nothing of a deployment's quota.
      ...(isMetered ? { estimate: () => estimateTokens(content.json ?? Buffer.alloc(0), undefined) } : {}),
      once: operation.effect === 'create' || operation.effect === 'change',
      repeatable: () => content.isRepeatable(),
      call: async (route, seen) => {
        const { instance, deployment, baseModel } = route
        exchange.tap.describe({
          instance: instance.name,
          ...(deployment === '' ? {} : { deployment, baseModel, providerType: instance.provider_type }),
        })
        const upstream = await callOperation(exchange, { operation, instance, deployment, sent: bodyFor(route) }, tools)
        const answer = seen(upstream)
        return deliverAnswer(
          exchange,
          operation,
          route,
          asForm && upstream.status < 300 ? withTokens(answer) : answer,
          tools,
        )
      },
    },
    tools.traffic,
  )
}

/**
 * Brings an answer to the client.
 * @throws UpstreamFailure for an error of the upstream's that the client was not told yet; LazuliError for one of ours
 */
export async function deliverAnswer(
  exchange: Exchange,
  operation: Operation,
  route: Route,
  upstream: UpstreamAnswer,
  tools: OperationTools,
): Promise<ExchangeEnd> {
  // Both ends speak the same: errors go on as they are.
  const dialect = dialectOf(operation.anthropic ? 'messages' : 'chat')
  const ends: Ends = { client: dialect, upstream: dialect, route }
  try {
    if (upstream.status >= 400) throw failedWith(exchange, ends, await readFailed(upstream))
    return await deliverOperation(exchange, operation, route.instance, upstream, tools)
  } catch (error) {
    upstream.release()
    if (!(error instanceof OpeningError)) throw error
    throw failedWith(exchange, ends, { ...error.asAnswer, headers: upstream.headers })
  }
}

function failedWith(exchange: Exchange, ends: Ends, failed: FailedAnswer): UpstreamFailure {
  return new UpstreamFailure(failed, (headers) => deliverError(exchange, ends, { ...failed, headers }))
}
