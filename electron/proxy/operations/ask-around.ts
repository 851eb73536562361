import type { ConfiguredInstance } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import type { Exchange } from '../exchange.ts'
import type { UpstreamAnswer } from '../send.ts'
import { tellRefusal } from '../tell-refusal.ts'
import { callOperation } from './call-operation.ts'
import type { OperationTools } from './call-operation.ts'
import type { Content } from './content.ts'
import type { Operation } from './operation.ts'
import { unknownId } from './places.ts'

/**
 * Finds the instance that has a thing whose owner is not known. What only reads is asked for directly; before anything
 * is changed, the thing itself is asked for, so that nothing is done on the wrong instance.
 * @throws LazuliError 404 when all were asked and none has it; else why one could not be asked
 */
export async function askAround(
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
    tellRefusal(tools.traffic.trouble, { instance, deployment: '' }, upstream.status)
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
