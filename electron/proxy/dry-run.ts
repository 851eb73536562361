import type { Decision } from '../../shared/exchange.ts'
import type { Asked } from './asked.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import type { Outgoing } from './outgoing.ts'

/** Does the caller only want to know where the request would go? */
export function isDryRun({ request }: Exchange): boolean {
  return /^(?:true|1|yes|on)$/i.test(String(request.headers['x-dry-run'] ?? '').trim())
}

/** Answers with the decision in place of the model's answer; nothing was sent upstream. */
export function answerDryRun(exchange: Exchange, asked: Asked, decision: Decision, outgoing: Outgoing): ExchangeEnd {
  const { target } = decision
  const bytes = Buffer.from(
    JSON.stringify({
      object: 'lazuli.dry_run',
      dry_run: true,
      model: asked.model,
      dialect: exchange.dialect,
      stream: asked.stream,
      instance: target?.instance,
      provider_type: target?.providerType,
      deployment: target?.deployment,
      base_model: target?.baseModel,
      api: target?.api,
      url: target?.url,
      rule: decision.rule === undefined ? null : decision.rule + 1,
      steps: decision.steps,
      losses: outgoing.losses,
    }),
  )
  exchange.answer.head(200, [
    ['content-type', 'application/json'],
    ['content-length', String(bytes.length)],
  ])
  exchange.answer.write(bytes)
  exchange.answer.end()
  return { state: 'done' }
}
