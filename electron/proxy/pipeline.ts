/**
 * One model request, from its head to its last byte:
 * read → what is asked → decode → resolve → encode → send → decode events → encode events → client.
 */
import type { Decision, DialectId, Header, Loss } from '../../shared/exchange.ts'
import { dialectOf } from '../core/dialects/registry.ts'
import { LazuliError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { ItemMemory } from '../core/item-memory.ts'
import type { ReasoningMemory } from '../core/reasoning-memory.ts'
import { estimateTokens } from '../routing/estimate-tokens.ts'
import { holderOf } from '../routing/holder.ts'
import type { Holder } from '../routing/holder.ts'
import type { Estimate } from '../routing/limits.ts'
import { otherSpelling } from '../routing/model-aliases.ts'
import type { Ownership } from '../routing/ownership.ts'
import { planFor } from '../routing/plan.ts'
import type { Plan } from '../routing/plan.ts'
import { previewPlan } from '../routing/preview.ts'
import type { Route } from '../routing/route.ts'
import { readAsked } from './asked.ts'
import type { Asked } from './asked.ts'
import { serveWithRetries } from './attempts.ts'
import type { Traffic } from './attempts.ts'
import { limitsFor } from './call-limits.ts'
import { ownKey } from './caller-keys.ts'
import type { Decide } from './decide.ts'
import { deliver } from './deliver.ts'
import type { Ends } from './deliver.ts'
import { answerDryRun, isDryRun } from './dry-run.ts'
import { keepWaiting } from './early-head.ts'
import type { ResolveHost } from './client-endpoint.ts'
import type { EnvironmentProxy } from './connection/environment-proxy.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import type { Faults } from './faults/faults.ts'
import { strike } from './faults/strike.ts'
import { formDialect, isForm } from './gateway/form-dialect.ts'
import { asGatewayBody, forGateway } from './gateway/request.ts'
import { tidied } from './gateway/tidied.ts'
import { mergeHeaders, requestHeaders } from './headers.ts'
import type { TokenSource } from './identity/token-source.ts'
import { checkModel } from './named-keys.ts'
import { readUnknown } from './other-spelling.ts'
import type { Spellings } from './other-spelling.ts'
import { withModel } from './operations/edit-body.ts'
import { GivenIds, namedIds, watched } from './operations/named-ids.ts'
import type { Pins } from './pinned-target.ts'
import { passOn, refuseLosses, translate } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'
import { readBody } from './read-body.ts'
import { memoryScope } from './reasoning-scope.ts'
import { recogniseBody } from './recognise-body.ts'
import { lose } from './request-log.ts'
import type { Sender, UpstreamAnswer } from './send.ts'
import { timeoutError } from './upstream-errors.ts'
import type { Addressing } from './upstreams/address.ts'

export interface PipelineTools {
  sender: Sender
  addressing: Addressing
  decide: Decide
  memory: ReasoningMemory
  items: ItemMemory
  traffic: Traffic
  ownership: Ownership
  tokens: TokenSource
  spellings: Spellings
  pins: Pins
  faults: Faults
  resolveHost: ResolveHost
  proxyFor: EnvironmentProxy
  log: Log
  /** Milliseconds since the epoch. */
  now: () => number
  newId: (prefix: string) => string
}

/** Serves one model request. Never rejects for what it could tell the client: see `serve-model.ts`. */
export async function runPipeline(exchange: Exchange, tools: PipelineTools): Promise<ExchangeEnd> {
  const stopClock = startTotalClock(exchange)
  let stopWaiting = (): void => {}
  try {
    const body = await receive(exchange)
    const asked = readAsked(exchange.deployment === undefined ? body : withModel(body, exchange.deployment))
    const plan = await choose(exchange, asked, tools)
    const client = exchange.speaks ?? (isForm(exchange, asked) ? formDialect() : dialectOf(exchange.dialect))
    const endsAt = (route: Route): Ends => ({ route, client, upstream: dialectOf(route.api) })
    if (isDryRun(exchange)) {
      const { route } = plan.candidates.find((one) => isTarget(one.route, plan.decision)) ?? plan.candidates[0]!
      const { losses } = prepare(exchange, asked, endsAt(goTo(exchange, route)), tools)
      return answerDryRun(exchange, { decision: plan.decision, stream: asked.stream, losses })
    }
    await strike(exchange, asked.model, tools.faults)
    const once = asked.value('store') === true || asked.value('background') === true
    const estimate = (): Estimate => estimateTokens(asked.body, allowedOutput(asked))
    return await serveWithRetries(exchange, { plan, once, estimate, call: attempt }, tools.traffic)

    async function attempt(route: Route, seen: (upstream: UpstreamAnswer) => UpstreamAnswer): Promise<ExchangeEnd> {
      const ends = endsAt(goTo(exchange, route))
      const outgoing = prepare(exchange, asked, ends, tools)
      stopWaiting()
      if (outgoing.wantsStream && !outgoing.stream) stopWaiting = keepWaiting(exchange.answer, client)
      const asks = await callKnownSpelling(exchange, asked, { ends, outgoing }, tools)
      const upstream = remembering(seen(asks.upstream), asks.ends.route, tools)
      return deliver(exchange, asks.ends, asks.outgoing, upstream, tools)
    }
  } finally {
    stopWaiting()
    stopClock()
  }
}

/** `timeouts.total` covers everything, the stream included. */
export function startTotalClock(exchange: Exchange): () => void {
  const { total } = exchange.configuration.config.timeouts
  const timer = setTimeout(() => exchange.answer.giveUp(timeoutError('total', total, '')), total * 1000)
  return () => clearTimeout(timer)
}

async function receive(exchange: Exchange): Promise<Buffer> {
  if (exchange.received !== undefined) return exchange.received
  const limit = exchange.configuration.config.server.max_body
  const body = await readBody(exchange.request, limit, exchange.answer.signal, () => {
    if (exchange.expectsContinue) exchange.answer.askForBody()
  })
  exchange.tap.requestBody([body])
  return body
}

/** What was asked for, and where it may go. */
async function choose(exchange: Exchange, asked: Asked, tools: PipelineTools): Promise<Plan> {
  const { tap, configuration } = exchange
  const shape = recogniseBody(asked, exchange.dialect)
  // Who writes a dialect reads it, too: answers and errors are given in that of the body.
  exchange.dialect = shape.dialect
  exchange.model = asked.model
  const { dialect } = exchange
  tap.describe({ clientDialect: dialect, askedModel: asked.model, stream: asked.stream })
  checkModel(exchange.key, asked.model)
  const resolution = tools.decide(asked.model, dialect, configuration, held(exchange, asked, tools))
  const { strategy } = configuration.config.routing
  const { candidates, decision } = isDryRun(exchange)
    ? await previewPlan(resolution, strategy, tools.traffic)
    : planFor(resolution, strategy, tools.traffic)
  const plan = {
    candidates,
    decision: shape.step === undefined ? decision : { ...decision, steps: [shape.step, ...decision.steps] },
  }
  tap.decided(plan.decision)
  if (resolution.route !== undefined) return plan
  const { error } = resolution
  throw error ?? new LazuliError({ code: 'proxy_no_route', status: 500, message: 'The model leads nowhere.' })
}

function isTarget({ instance, deployment }: Route, { target }: Decision): boolean {
  return target?.instance === instance.name && target.deployment === deployment
}

/** Tells everyone who wants to know where the next call goes. */
function goTo(exchange: Exchange, route: Route): Route {
  exchange.route = route
  exchange.tap.describe({ upstreamDialect: route.api, instance: route.instance.name, deployment: route.deployment })
  exchange.answer.announce([
    ['x-lazuli-instance', headerText(route.instance.name)],
    ['x-lazuli-deployment', headerText(route.deployment)],
  ])
  return route
}

function allowedOutput(asked: Asked): unknown {
  return asked.value('max_completion_tokens') ?? asked.value('max_output_tokens') ?? asked.value('max_tokens')
}

/** Who holds what the request refers to; of no interest where there is only one to ask. */
function held(exchange: Exchange, { body }: Asked, { ownership }: PipelineTools): Holder | undefined {
  const several = exchange.configuration.instances.filter(({ enabled }) => enabled).length > 1
  return several ? holderOf(namedIds(body), ownership) : undefined
}

/** Responses leave things behind, and encrypt what only their own resource can read. */
function remembering(upstream: UpstreamAnswer, { api, instance }: Route, { ownership }: PipelineTools): UpstreamAnswer {
  if (api !== 'responses' || upstream.status >= 300) return upstream
  const ids = new GivenIds((found) => ownership.remember(found, instance.name))
  return watched(upstream, (chunk) => ids.push(chunk))
}

function behindGateway({ instance }: Route): boolean {
  return instance.provider_type === 'azure-gateway'
}

function prepare(exchange: Exchange, asked: Asked, { client, upstream, route }: Ends, tools: PipelineTools): Outgoing {
  const gateway = behindGateway(route)
  const fitted =
    client === upstream
      ? passOn(asked, route, client)
      : translate(asked, route, {
          client,
          upstream,
          policy: exchange.configuration.config.translation,
          fill: (request) => {
            const filled = remembered(client.id, tools).fill(memoryScope(exchange), request)
            return gateway ? forGateway(filled) : filled
          },
        })
  const outgoing = gateway ? asGatewayBody(fitted, route) : fitted
  if (client.id === 'chat' && upstream.id === 'messages') {
    const fields = { exchange: exchange.tap.id, deployment: route.deployment }
    tools.log.debug(fields, `Model ${asked.model} is a Claude model - converting to Anthropic Messages API format`)
    tools.log.debug(fields, 'Converted to Anthropic Messages API request')
  }
  const { strict } = exchange.configuration.config.translation
  if (strict || exchange.request.headers['x-lazuli-strict'] === '1') refuseLosses(outgoing.losses)
  // An earlier call of the same request may have lost the same.
  lose(
    exchange,
    outgoing.losses.filter((loss) => !exchange.losses.some((before) => isSame(before, loss))),
  )
  return outgoing
}

function isSame(a: Loss, b: Loss): boolean {
  return a.path === b.path && a.kind === b.kind && a.reason === b.reason
}

/** What a client of this dialect leaves to us to remember. */
function remembered(client: DialectId, { memory, items }: PipelineTools): Pick<ReasoningMemory, 'fill'> {
  switch (client) {
    case 'chat':
      return memory
    case 'responses':
      return items
    case 'messages':
      return { fill: (_, request) => request }
  }
}

interface Asks {
  ends: Ends
  outgoing: Outgoing
}

/**
 * The call, under the spelling of the deployment's name that the resource knows: where it says that there is none of the
 * first, the other one is tried once, and remembered when it is right (contract 12). A 404 had no effect, so this is no retry.
 */
async function callKnownSpelling(
  exchange: Exchange,
  asked: Asked,
  asks: Asks,
  tools: PipelineTools,
): Promise<Asks & { upstream: UpstreamAnswer }> {
  const { route } = asks.ends
  const other =
    route.spelledByName === true && route.instance.provider_type === 'azure'
      ? otherSpelling(route.deployment)
      : undefined
  const respelled = (deployment: string): Asks => {
    const ends = { ...asks.ends, route: { ...route, deployment } }
    exchange.tap.describe({ deployment })
    exchange.answer.announce([['x-lazuli-deployment', headerText(deployment)]])
    return { ends, outgoing: prepare(exchange, asked, ends, tools) }
  }
  if (other !== undefined && tools.spellings.isOther(route)) {
    const now = respelled(other)
    return { ...now, upstream: await call(exchange, now.ends.route, now.outgoing, tools) }
  }
  const upstream = await call(exchange, route, asks.outgoing, tools)
  if (other === undefined || upstream.status !== 404) return { ...asks, upstream }
  const read = await readUnknown(upstream)
  if (!read.isUnknown) return { ...asks, upstream: read.answer }
  const then = respelled(other)
  const second = await call(exchange, then.ends.route, then.outgoing, tools)
  if (second.status !== 404) {
    tools.spellings.remember(route)
    return { ...then, upstream: second }
  }
  // Neither: the name that was asked for is the one to tell of.
  second.release()
  exchange.tap.describe({ deployment: route.deployment })
  exchange.answer.announce([['x-lazuli-deployment', headerText(route.deployment)]])
  return { ...asks, upstream: read.answer }
}

async function call(
  exchange: Exchange,
  route: Route,
  outgoing: Outgoing,
  tools: PipelineTools,
): Promise<UpstreamAnswer> {
  const { instance, deployment, api } = route
  const { headers } = exchange.request
  const {
    url,
    headers: own,
    credential,
  } = await tools.addressing.address({ instance, deployment, api }, ownKey(headers, exchange.configuration))
  exchange.credential = credential
  // Claude Code asks for beta features in the query, too.
  if (api === 'messages' && exchange.dialect === 'messages' && /(^|&)beta=true(&|$)/.test(exchange.query)) {
    url.searchParams.set('beta', 'true')
  }
  const sent: Header[] = mergeHeaders(own, [
    ...requestHeaders(headers, instance.provider_type, api),
    ['content-type', 'application/json'],
    ['accept', outgoing.stream ? 'text/event-stream' : 'application/json'],
    // The relay looks for the ends of events; it could not in compressed bytes.
    ['accept-encoding', 'identity'],
  ])
  exchange.attempts++
  exchange.answer.announce([['x-lazuli-attempts', String(exchange.attempts)]])
  const attempt = exchange.tap.attempt({
    instance: instance.name,
    deployment,
    method: 'POST',
    url: url.href,
    headers: sent,
    body: outgoing.pieces,
  })
  const upstream = await tools.sender.send(
    { method: 'POST', url, headers: sent, body: outgoing.pieces, reach: instance.reach },
    limitsFor(exchange.configuration, instance, outgoing.stream),
    exchange.answer.signal,
    attempt,
  )
  if (upstream.status === 401 && credential?.isToken === true) tools.tokens.refused(credential.key)
  return behindGateway(route) ? tidied(upstream, tools) : upstream
}

/** A configured name as a header value, which takes visible ASCII only. */
function headerText(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?')
}
