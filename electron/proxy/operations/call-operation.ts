import type { Header } from '../../../shared/exchange.ts'
import type { ConfiguredInstance } from '../../config/configuration.ts'
import { limitsFor } from '../call-limits.ts'
import { ownKey } from '../caller-keys.ts'
import type { Exchange } from '../exchange.ts'
import { mergeHeaders, requestHeaders } from '../headers.ts'
import type { PipelineTools } from '../pipeline.ts'
import type { UpstreamAnswer } from '../send.ts'
import { operationUrl, passedQuery } from '../upstreams/operation-url.ts'
import type { SentBody } from './content.ts'
import type { Operation } from './operation.ts'

export type OperationTools = PipelineTools

export interface OperationCall {
  operation: Operation
  instance: ConfiguredInstance
  /** Empty without a model. */
  deployment: string
  sent: SentBody
  /** In place of the client's own query. */
  query?: string
}

/**
 * One call upstream, as an attempt of the exchange.
 * @throws LazuliError as `Sender.send` and `Addressing.address` do
 */
export async function callOperation(
  exchange: Exchange,
  { operation, instance, deployment, sent, query = exchange.query }: OperationCall,
  tools: OperationTools,
): Promise<UpstreamAnswer> {
  const { headers } = exchange.request
  const api = operation.anthropic ? 'messages' : 'chat'
  const url = operationUrl(operation, instance, tools.addressing.locate(instance), deployment, passedQuery(query))
  // The address is the operation's own; what identifies us is the same for all of an API.
  const { headers: own, credential } = await tools.addressing.address(
    { instance, deployment: 'operation', api },
    ownKey(headers, exchange.configuration),
  )
  exchange.credential = credential
  const described: Header[] = mergeHeaders(own, [
    ...requestHeaders(headers, instance.provider_type, api),
    ...(sent.contentType === undefined ? [] : [['content-type', sent.contentType] as Header]),
    ['accept', headers.accept ?? '*/*'],
    ['accept-encoding', 'identity'],
    ...(sent.length === undefined ? [] : [['content-length', String(sent.length)] as Header]),
  ])
  exchange.attempts++
  exchange.answer.announce([
    ['x-lazuli-attempts', String(exchange.attempts)],
    ['x-lazuli-instance', plain(instance.name)],
    ...(deployment === '' ? [] : [['x-lazuli-deployment', plain(deployment)] as Header]),
  ])
  const { method } = operation
  const attempt = exchange.tap.attempt({
    instance: instance.name,
    deployment,
    method,
    url: url.href,
    headers: described,
    body: sent.shown,
  })
  const upstream = await tools.sender.send(
    { method, url, headers: described, body: sent.body, reach: instance.reach },
    limitsFor(exchange.configuration, instance, false),
    exchange.answer.signal,
    attempt,
  )
  if (upstream.status === 401 && credential?.isToken === true) tools.tokens.refused(credential.key)
  return upstream
}

/** A configured name as a header value, which takes visible ASCII only. */
function plain(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?')
}
