import type { Decision, Loss } from '../../shared/exchange.ts'
import { discardRest } from './discard-rest.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'

/** Where a request would go, and what it would lose on the way. */
export interface DryRun {
  decision: Decision
  stream: boolean
  losses: readonly Loss[]
  /** What is not a conversation, e.g. `POST /embeddings`. */
  operation?: string
}

/** Does the caller only want to know where the request would go? */
export function isDryRun({ request }: Pick<Exchange, 'request'>): boolean {
  return /^(?:true|1|yes|on)$/i.test(String(request.headers['x-dry-run'] ?? '').trim())
}

/** Answers with the decision in place of the upstream's answer; nothing was sent there. */
export function answerDryRun(exchange: Exchange, { decision, stream, losses, operation }: DryRun): ExchangeEnd {
  const { target } = decision
  const bytes = Buffer.from(
    JSON.stringify({
      object: 'lazuli.dry_run',
      dry_run: true,
      model: decision.askedModel,
      ...(operation === undefined ? { dialect: exchange.dialect, api: target?.api } : { operation }),
      stream,
      instance: target?.instance,
      provider_type: target?.providerType,
      deployment: target?.deployment,
      base_model: target?.baseModel,
      url: target?.url,
      rule: decision.rule === undefined ? null : decision.rule + 1,
      steps: decision.steps,
      losses,
    }),
  )
  exchange.answer.head(200, [
    ['content-type', 'application/json'],
    ['content-length', String(bytes.length)],
  ])
  exchange.answer.write(bytes)
  exchange.answer.end()
  discardRest(exchange.request)
  return { state: 'done' }
}
