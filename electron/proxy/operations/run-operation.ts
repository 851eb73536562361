/**
 * One operation, from its head to its last byte: read as far as needed → where to → send → relay. The same line as a
 * conversation's pipeline, without a dialect to translate.
 */
import { dialectOf } from '../../core/dialects/registry.ts'
import { LazuliError } from '../../core/error.ts'
import { profileOf } from '../../core/models/profiles.ts'
import type { ConfiguredInstance } from '../../config/configuration.ts'
import { holderOf } from '../../routing/holder.ts'
import type { Route } from '../../routing/route.ts'
import { deliverError } from '../deliver-error.ts'
import type { Ends } from '../deliver.ts'
import { answerDryRun, isDryRun } from '../dry-run.ts'
import type { Exchange, ExchangeEnd } from '../exchange.ts'
import { fitEmbedding, isFormEmbedding, withTokens } from '../gateway/form-embeddings.ts'
import { startTotalClock } from '../pipeline.ts'
import { lose } from '../request-log.ts'
import type { UpstreamAnswer } from '../send.ts'
import { tellRefusal } from '../tell-refusal.ts'
import { operationUrl, passedQuery } from '../upstreams/operation-url.ts'
import { callOperation } from './call-operation.ts'
import type { OperationTools } from './call-operation.ts'
import { completeFromChat, needsChat } from './completions.ts'
import { readContent } from './content.ts'
import type { Content, SentBody } from './content.ts'
import { deliverOperation } from './deliver-operation.ts'
import { asFineTuningJob } from './edit-body.ts'
import { listEverywhere } from './list-everywhere.ts'
import { namedIds } from './named-ids.ts'
import type { Operation } from './operation.ts'
import { listPlaces, placesFor, unknownId } from './places.ts'

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
      return await runForModel(exchange, operation, content, content.model, tools)
    }
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
  return { ...content, json: job.body, bodyFor: () => sent }
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
  if (isDryRun(exchange) && needsChat(operation, route)) {
    return answerDryRun(exchange, { decision, stream: content.stream, losses: [], operation: operation.name })
  }
  if (needsChat(operation, route)) {
    return completeFromChat(exchange, content.json ?? Buffer.alloc(0), model, tools)
  }
  refuseWhereNotOffered(operation, route)
  const { instance } = route
  const url = operationUrl(
    operation,
    instance,
    tools.addressing.locate(instance),
    route.deployment,
    passedQuery(exchange.query),
  )
  // Which of the three dialects the model speaks is of no interest here.
  const steps = decision.steps.filter(({ text }) => !text.startsWith('Upstream API'))
  tap.decided({
    askedModel: decision.askedModel,
    steps: [...steps, { verdict: 'ok', text: `Passed on to ${url.origin}${url.pathname}` }],
    ...(decision.rule === undefined ? {} : { rule: decision.rule }),
  })
  const { deployment, baseModel } = route
  tap.describe({ instance: instance.name, deployment, baseModel, providerType: instance.provider_type })
  if (isDryRun(exchange)) {
    const { target } = decision
    const told = target === undefined ? decision : { ...decision, steps, target: { ...target, url: url.href } }
    return answerDryRun(exchange, {
      decision: told,
      stream: content.stream,
      losses: exchange.losses,
      operation: operation.name,
    })
  }
  const sent = content.bodyFor(route.deployment)
  const form = isFormEmbedding(operation, exchange.deployment, content.json)
  const fitted = form && content.json !== undefined ? asFormEmbedding(exchange, sent, route) : sent
  const upstream = await callOperation(
    exchange,
    { operation, instance, deployment: route.deployment, sent: fitted },
    tools,
  )
  return deliver(exchange, operation, route, form && upstream.status < 300 ? withTokens(upstream) : upstream, tools)
}

function asFormEmbedding(exchange: Exchange, sent: SentBody, route: Route): SentBody {
  const { body, losses } = fitEmbedding(sent.shown, route)
  lose(exchange, losses)
  return { ...sent, body: [body], shown: [body] }
}

function refuseWhereNotOffered(operation: Operation, { instance }: Route): void {
  const { provider_type: provider } = instance
  const azure = provider === 'azure' || provider === 'simulator'
  const gateway = provider === 'azure-gateway'
  const offered = gateway ? operation.path === '/embeddings' : provider !== 'anthropic'
  if (offered && !(azure && operation.notOnAzure)) return
  throw new LazuliError({
    code: 'proxy_not_offered',
    status: 404,
    message: `${azure ? 'Azure' : gateway ? 'A gateway in Azure’s style' : 'Anthropic'} does not offer ${operation.name}, and the model leads to ${instance.name}.`,
    fix: 'Send this model’s requests to an instance that does: add a row for it to the mapping.',
    param: 'model',
  })
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
  const model = content.model ?? ''
  tap.decided({ askedModel: model, steps })
  if (isDryRun(exchange)) {
    const decision = { askedModel: model, steps }
    return answerDryRun(exchange, { decision, stream: false, losses: exchange.losses, operation: operation.name })
  }
  if (operation.effect === 'list' && instances.length > 1) return listEverywhere(exchange, operation, instances, tools)
  const asksAround = operation.ids.length > 0 && instances.length > 1
  const found = asksAround ? await ask(exchange, operation, content, instances, tools) : undefined
  const instance = found?.instance ?? instances[0]!
  tap.describe({ instance: instance.name })
  const upstream =
    found?.upstream ??
    (await callOperation(exchange, { operation, instance, deployment: '', sent: content.bodyFor('') }, tools))
  return deliver(exchange, operation, routeTo(instance), upstream, tools)
}

/**
 * Finds the instance that has a thing whose owner is not known. What only reads is asked for directly; before anything
 * is changed, the thing itself is asked for, so that nothing is done on the wrong instance.
 */
async function ask(
  exchange: Exchange,
  operation: Operation,
  content: Content,
  instances: readonly ConfiguredInstance[],
  tools: OperationTools,
): Promise<{ instance: ConfiguredInstance; upstream: UpstreamAnswer | undefined }> {
  const reads = operation.effect === 'read'
  const question: Operation = reads
    ? operation
    : { ...operation, method: 'GET', path: operation.root ?? operation.path, effect: 'read' }
  const sent = { body: [], shown: [], contentType: undefined, length: undefined }
  let failure: unknown
  for (const instance of instances) {
    let upstream: UpstreamAnswer
    try {
      upstream = await callOperation(
        exchange,
        { operation: question, instance, deployment: '', sent: reads ? content.bodyFor('') : sent },
        tools,
      )
    } catch (error) {
      if (exchange.answer.signal.aborted) throw error
      failure ??= error
      continue
    }
    if (upstream.status < 300) {
      tools.ownership.remember(operation.ids.slice(0, 1), instance.name)
      if (reads) return { instance, upstream }
      upstream.release()
      return { instance, upstream: undefined }
    }
    upstream.release()
    if (upstream.status !== 404 && upstream.status !== 400) failure ??= refusedBy(instance, upstream.status)
  }
  // An instance that could not be asked may have it: that is no "not found".
  throw failure ?? unknownId(operation, instances)
}

function refusedBy(instance: ConfiguredInstance, status: number): LazuliError {
  return new LazuliError({
    code: 'proxy_owner_unavailable',
    status: 502,
    message: `The owner is not known, and ${instance.name} could not be asked: it answered ${status}.`,
    fix: `Test the instance ${instance.name} on the Models page.`,
  })
}

async function deliver(
  exchange: Exchange,
  operation: Operation,
  route: Route,
  upstream: UpstreamAnswer,
  tools: OperationTools,
): Promise<ExchangeEnd> {
  try {
    if (upstream.status >= 400) {
      tellRefusal(tools.traffic.trouble, route, upstream.status)
      return await deliverError(exchange, endsOf(operation, route), upstream)
    }
    return await deliverOperation(exchange, operation, route.instance, upstream, tools)
  } catch (error) {
    upstream.release()
    throw error
  }
}

/** Both ends speak the same: errors go on as they are. */
function endsOf(operation: Operation, route: Route): Ends {
  const dialect = dialectOf(operation.anthropic ? 'messages' : 'chat')
  return { client: dialect, upstream: dialect, route }
}

function routeTo(instance: ConfiguredInstance): Route {
  return { instance, deployment: '', baseModel: '', profile: profileOf(''), api: 'chat' }
}
