/**
 * Lists of things that each instance has for itself, as one: the instances are read one behind the other, so that a
 * client that turns the pages sees every entry once. The `after` of the next page leads back to the instance that its
 * entry belongs to.
 */
import type { ConfiguredInstance } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import type { Exchange, ExchangeEnd } from '../exchange.ts'
import { readAll } from '../transcode.ts'
import { callOperation } from './call-operation.ts'
import type { OperationTools } from './call-operation.ts'
import type { Operation } from './operation.ts'

const MAX_LIST = 32 * 1024 * 1024

interface Page {
  data: { id?: unknown }[]
  more: boolean
  whole: Record<string, unknown>
}

/**
 * @param instances those that have not been read yet, in order
 * @throws LazuliError when none of them could be read
 */
export async function listEverywhere(
  exchange: Exchange,
  operation: Operation,
  instances: readonly ConfiguredInstance[],
  tools: OperationTools,
): Promise<ExchangeEnd> {
  const { answer } = exchange
  const pages: Page[] = []
  const missing: string[] = []
  let failure: unknown
  for (const [index, instance] of instances.entries()) {
    try {
      // The mark of the page belongs to the first one; the others begin at their beginning.
      const query = index === 0 ? exchange.query : withoutMark(exchange.query)
      const page = await readPage(exchange, operation, instance, query, tools)
      pages.push(page)
      const ids = page.data.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
      tools.ownership.remember(ids, instance.name)
      if (page.more) break
    } catch (error) {
      if (answer.signal.aborted) throw error
      failure ??= error
      missing.push(instance.name)
    }
  }
  if (pages.length === 0) throw failure
  const data = pages.flatMap((page) => page.data)
  const body = Buffer.from(
    JSON.stringify({
      ...pages[0]!.whole,
      data,
      has_more: pages.at(-1)!.more,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    }),
  )
  answer.head(200, [
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
    ['x-lazuli-instance', pages.length + missing.length > 1 ? 'several' : instances[0]!.name],
    // A list that looks whole and is not would mislead.
    ...(missing.length === 0 ? [] : [['x-lazuli-degraded', `without ${missing.join(', ')}`] as [string, string]]),
  ])
  answer.write(body)
  answer.end()
  return { state: 'done' }
}

async function readPage(
  exchange: Exchange,
  operation: Operation,
  instance: ConfiguredInstance,
  query: string,
  tools: OperationTools,
): Promise<Page> {
  const sent = { body: [], shown: [], contentType: undefined, length: undefined }
  const upstream = await callOperation(exchange, { operation, instance, deployment: '', sent, query }, tools)
  const text = (await readAll(upstream, MAX_LIST)).toString('utf8')
  const parsed = objectOf(text)
  if (upstream.status >= 300 || !Array.isArray(parsed?.['data'])) {
    throw new LazuliError({
      code: 'proxy_list_failed',
      status: upstream.status >= 400 ? upstream.status : 502,
      message: `${instance.name} answered ${upstream.status} to ${operation.name}.`,
      fix: 'Test the instance on the Models page.',
    })
  }
  return { data: parsed['data'] as Page['data'], more: parsed['has_more'] === true, whole: parsed }
}

function withoutMark(query: string): string {
  const parameters = new URLSearchParams(query)
  parameters.delete('after')
  parameters.delete('before')
  return parameters.toString()
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
