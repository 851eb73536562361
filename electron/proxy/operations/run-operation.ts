/**
 * One operation, from its head to its last byte: read as far as needed → where to → send → relay. The same line as a
 * conversation's pipeline, without a dialect to translate.
 */
import type { Decision, Step } from '../../../shared/exchange.ts'
import { LazuliError } from '../../core/error.ts'
import { holderOf } from '../../routing/holder.ts'
import { planFor } from '../../routing/plan.ts'
import type { Plan } from '../../routing/plan.ts'
import { previewPlan } from '../../routing/preview.ts'
import type { Candidate, Resolution } from '../../routing/resolve.ts'
import type { Route } from '../../routing/route.ts'
import { answerDryRun, isDryRun } from '../dry-run.ts'
import type { Exchange, ExchangeEnd } from '../exchange.ts'
import { strike } from '../faults/strike.ts'
import { fitEmbedding, isFormEmbedding } from '../gateway/form-embeddings.ts'
import { checkModel, checkOperation } from '../named-keys.ts'
import { startTotalClock } from '../pipeline.ts'
import { lose } from '../request-log.ts'
import { UpstreamFailure } from '../upstream-failure.ts'
import { operationUrl, passedQuery } from '../upstreams/operation-url.ts'
import { askAround } from './ask-around.ts'
import type { OperationTools } from './call-operation.ts'
import { completeFromChat, needsChat } from './completions.ts'
import { readContent } from './content.ts'
import type { Content, SentBody } from './content.ts'
import { asFineTuningJob } from './edit-body.ts'
import { listEverywhere } from './list-everywhere.ts'
import { namedIds } from './named-ids.ts'
import { offeredOf } from './offered.ts'
import type { Operation } from './operation.ts'
import { listPlaces, placesFor, planForPlaces, routeTo } from './places.ts'
import { deliverAnswer, serveOperation } from './serve-operation.ts'

export interface OperationRequest {
  operation: Operation
  /** The deployment that the path names. */
  deployment: string | undefined
}

/** Serves one operation. Rejects with a LazuliError while the client can still be told so. */
export async function runOperation(
  exchange: Exchange,
  { operation, deployment }: OperationRequest,
  tools: OperationTools,
): Promise<ExchangeEnd> {
  const stopClock = startTotalClock(exchange)
  try {
    const content = translated(exchange, operation, await readContent(exchange, operation, deployment))
    exchange.tap.describe({
      stream: content.stream,
      ...(content.model === undefined ? {} : { askedModel: content.model }),
    })
    if (content.model !== undefined) exchange.model = content.model
    if (content.model !== undefined && (operation.model !== 'none' || deployment !== undefined)) {
      checkModel(exchange.key, content.model)
      return await runForModel(exchange, operation, content, content.model, tools)
    }
    checkOperation(exchange.key, operation)
    return await runForOwner(exchange, operation, content, tools)
  } finally {
    stopClock()
  }
}

/** The legacy form of fine-tuning as what it is now. */
function translated(exchange: Exchange, operation: Operation, content: Content): Content {
  const { json } = content
  if (operation.name !== 'POST /fine_tunes' || json === undefined) return content
  const job = asFineTuningJob(json)
  lose(exchange, job.losses)
  const sent = { body: [job.body], shown: [job.body], contentType: 'application/json', length: undefined }
  return { ...content, json: job.body, bodyFor: () => sent, isRepeatable: () => true }
}

async function runForModel(
  exchange: Exchange,
  operation: Operation,
  content: Content,
  model: string,
  tools: OperationTools,
): Promise<ExchangeEnd> {
  const { configuration, tap } = exchange
  const several = configuration.instances.filter(({ enabled }) => enabled).length > 1
  const holder = several && content.json !== undefined ? holderOf(namedIds(content.json), tools.ownership) : undefined
  const resolution = tools.decide(model, operation.anthropic ? 'messages' : 'chat', configuration, holder)
  const { route, decision, error } = resolution
  if (route === undefined) {
    tap.decided(decision)
    throw error ?? new LazuliError({ code: 'proxy_no_route', status: 500, message: 'The model leads nowhere.' })
  }
  const told = { stream: content.stream, losses: exchange.losses, operation: operation.name }
  if (needsChat(operation, route)) {
    if (isDryRun(exchange)) return answerDryRun(exchange, { ...told, decision })
    return completeFromChat(exchange, content.json ?? Buffer.alloc(0), model, tools)
  }
  const plan = await planOf(exchange, operation, resolution, tools)
  if (isDryRun(exchange)) return answerDryRun(exchange, { ...told, decision: plan.decision })
  tap.decided(plan.decision)
  await strike(exchange, model, tools.faults)
  const asForm = isFormEmbedding(operation, exchange.deployment, content.json)
  const formFor = (place: Route): SentBody => asFormEmbedding(exchange, content.bodyFor(place.deployment), place)
  return serveOperation(
    exchange,
    { operation, content, plan, asForm, ...(asForm && content.json !== undefined ? { bodyFor: formFor } : {}) },
    tools,
  )
}

/** The places that offer the operation, in the order of the strategy. */
async function planOf(
  exchange: Exchange,
  operation: Operation,
  resolution: Resolution,
  tools: OperationTools,
): Promise<Plan> {
  const { configuration } = exchange
  const query = passedQuery(exchange.query)
  const candidateFor = (candidate: Candidate): Candidate => {
    const { instance, deployment } = candidate.route
    const url = operationUrl(operation, instance, tools.addressing.locate(instance), deployment, query)
    const passed: Step = { verdict: 'ok', text: `Passed on to ${url.origin}${url.pathname}` }
    // Which of the three dialects the model speaks is of no interest here.
    const steps = candidate.steps.filter(({ text }) => !text.startsWith('Upstream API'))
    return { ...candidate, url: url.href, steps: [...steps, passed] }
  }
  const offered = offeredOf(operation, resolution, candidateFor)
  const { strategy } = configuration.config.routing
  return isDryRun(exchange) ? previewPlan(offered, strategy, tools.traffic) : planFor(offered, strategy, tools.traffic)
}

function asFormEmbedding(exchange: Exchange, sent: SentBody, route: Route): SentBody {
  const { body, losses } = fitEmbedding(sent.shown, route)
  lose(exchange, losses)
  return { ...sent, body: [body], shown: [body] }
}

async function runForOwner(
  exchange: Exchange,
  operation: Operation,
  content: Content,
  tools: OperationTools,
): Promise<ExchangeEnd> {
  const { configuration, tap, query } = exchange
  const parameters = new URLSearchParams(query)
  const inQuery = ['after', 'before'].flatMap((name) => parameters.get(name) ?? [])
  const inBody = content.json === undefined ? [] : namedIds(content.json).toReversed()
  const named = [...operation.ids, ...inBody]
  const { instances, steps } =
    operation.effect === 'list'
      ? listPlaces(operation, inQuery, configuration, tools.ownership)
      : placesFor(operation, named, configuration, tools.ownership)
  const decision: Decision = { askedModel: content.model ?? '', steps }
  tap.decided(decision)
  if (isDryRun(exchange)) {
    return answerDryRun(exchange, { decision, stream: false, losses: exchange.losses, operation: operation.name })
  }
  if (operation.effect === 'list' && instances.length > 1) return listEverywhere(exchange, operation, instances, tools)
  const asksAround = operation.ids.length > 0 && instances.length > 1
  const found = asksAround ? await askAround(exchange, operation, content, instances, tools) : undefined
  if (found?.upstream !== undefined) {
    tap.describe({ instance: found.instance.name })
    return told(deliverAnswer(exchange, operation, routeTo(found.instance), found.upstream, tools))
  }
  const places = found === undefined ? instances : [found.instance]
  const plan = planForPlaces(places, decision, tools.traffic)
  tap.decided(plan.decision)
  return serveOperation(exchange, { operation, content, plan }, tools)
}

/** What failed before the client heard of it, where nothing else is tried. */
async function told(delivered: Promise<ExchangeEnd>): Promise<ExchangeEnd> {
  try {
    return await delivered
  } catch (error) {
    if (error instanceof UpstreamFailure) return error.tell(error.answer.headers)
    throw error
  }
}
