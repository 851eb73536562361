/** Exchanges as files: out of the store, and into it. */
import { bundleHeader, bundleLine, bundleMediaType, readBundle, type BundledExchange } from '../../shared/bundle.ts'
import { fileBounds, type ExportedFile, type ExportFormat } from '../../shared/exchange-files.ts'
import type { Lane } from '../../shared/exchange.ts'
import { harOf } from '../../shared/har.ts'
import { isStream, laneText } from '../../shared/lane-text.ts'
import { LazuliError } from '../core/error.ts'
import { wholeExchange } from '../journal/whole-exchange.ts'
import type { ConsoleContext } from './context.ts'

/** @throws LazuliError for what is not stored, still runs, is too large, or has no stream */
export async function exportFile(
  context: ConsoleContext,
  { ids, format, lane = 'upstream' }: { ids: readonly string[]; format: ExportFormat; lane?: Lane | undefined },
): Promise<ExportedFile> {
  const exchanges = await chosenExchanges(context, ids)
  const { filename, mediaType, text } = fileOf(context, exchanges, format, lane)
  // Once more, for what has become a secret since it was stored.
  return { filename, mediaType, text: bounded(context.traffic.redacted(text)) }
}

/** The exchanges with these ids, oldest first. @throws LazuliError */
export async function chosenExchanges(context: ConsoleContext, ids: readonly string[]): Promise<BundledExchange[]> {
  const exchanges: BundledExchange[] = []
  let size = 0
  for (const id of new Set(ids)) {
    const exchange = await wholeExchange(context.traffic, id)
    if (exchange === undefined) throw await notThere(context, id)
    size += sizeOf(exchange)
    if (size > fileBounds.text) throw tooLarge()
    exchanges.push(exchange)
  }
  return exchanges.toSorted((a, b) => a.detail.summary.startedAt - b.detail.summary.startedAt)
}

/** A bundle as text. */
export function bundleOf(context: ConsoleContext, exchanges: readonly BundledExchange[]): string {
  return bounded(context.traffic.redacted(bundleHeader + exchanges.map(bundleLine).join('')))
}

/** @throws LazuliError that names the line in which something is wrong */
export async function importBundle(context: ConsoleContext, text: string): Promise<{ ids: string[]; renamed: number }> {
  const read = readBundle(context.traffic.redacted(text))
  if ('problem' in read) {
    const { line, message } = read.problem
    throw new LazuliError({
      code: 'bundle_invalid',
      status: 400,
      message: `Line ${line}: ${message}`,
      fix: 'Choose a file that Lazuli exported as a bundle, as it was written. Nothing was imported.',
    })
  }
  const { exchanges } = read
  if (exchanges.length > fileBounds.exchanges) {
    throw new LazuliError({
      code: 'bundle_too_large',
      status: 413,
      message: `The bundle has ${exchanges.length} exchanges; at most ${fileBounds.exchanges} are imported at once.`,
      fix: 'Split the file: each part needs the first line.',
    })
  }
  const ids = await context.traffic.import(exchanges)
  const renamed = ids.filter((id, at) => id !== exchanges[at]?.detail.summary.id).length
  return { ids, renamed }
}

function fileOf(
  context: ConsoleContext,
  exchanges: readonly BundledExchange[],
  format: ExportFormat,
  lane: Lane,
): ExportedFile {
  const [first] = exchanges
  const day = new Date(context.now()).toISOString().slice(0, 10)
  const what = exchanges.length === 1 ? (first?.detail.summary.id ?? '') : `${exchanges.length}-exchanges`
  const name = `lazuli-${day}-${what}`
  switch (format) {
    case 'bundle':
      return {
        filename: `${name}.jsonl`,
        mediaType: bundleMediaType,
        text: bundleHeader + exchanges.map(bundleLine).join(''),
      }
    case 'har': {
      const har = harOf(exchanges, context.baseUrl, context.info.version)
      return { filename: `${name}.har`, mediaType: 'application/json', text: `${JSON.stringify(har, undefined, 1)}\n` }
    }
    case 'sse':
      if (first === undefined || exchanges.length > 1) throw notOne()
      return { filename: `${name}-${lane}.sse`, mediaType: 'text/event-stream', text: streamOf(first, lane) }
  }
}

function streamOf({ detail, upstream, client }: BundledExchange, lane: Lane): string {
  const headers = lane === 'client' ? detail.responseHeaders : (detail.attempts.at(-1)?.responseHeaders ?? [])
  const recorded = lane === 'client' ? client : upstream
  if (isStream(headers) && recorded.events.length > 0) return laneText(recorded, headers)
  throw new LazuliError({
    code: 'no_stream',
    status: 400,
    message: `The ${lane === 'client' ? 'client got' : 'upstream sent'} no stream in this exchange, or it is not kept.`,
    fix: 'Export it as HAR or as a bundle.',
  })
}

/** UTF-16 units that it takes at least. */
function sizeOf({ detail, upstream, client }: BundledExchange): number {
  const bodies = [detail.requestBody, ...detail.attempts.map(({ requestBody }) => requestBody)]
  const texts = [...bodies.map((body) => body?.text), ...upstream.events.map(({ raw }) => raw)]
  return [...texts, ...client.events.map(({ raw }) => raw)].reduce((sum, text) => sum + (text?.length ?? 0), 0)
}

function bounded(text: string): string {
  if (text.length > fileBounds.text) throw tooLarge()
  return text
}

async function notThere(context: ConsoleContext, id: string): Promise<LazuliError> {
  if ((await context.traffic.get(id)) === undefined) return gone(id)
  return new LazuliError({
    code: 'exchange_running',
    status: 409,
    message: `The exchange ${id} still runs.`,
    fix: 'Wait until it has ended, or leave it out.',
  })
}

/** For an id that nothing is stored under. */
export function gone(id: string): LazuliError {
  return new LazuliError({
    code: 'exchange_not_found',
    status: 404,
    message: `The exchange ${id} is not stored (any more).`,
    fix: 'It was cleared, or fell out of the limits of the store (journal.keep_days, journal.max_bytes).',
  })
}

function tooLarge(): LazuliError {
  return new LazuliError({
    code: 'export_too_large',
    status: 413,
    message: `The file would be larger than ${fileBounds.text / 1024 / 1024} MB.`,
    fix: 'Choose fewer exchanges.',
  })
}

function notOne(): LazuliError {
  return new LazuliError({
    code: 'one_exchange_only',
    status: 400,
    message: 'A stream is exported of one exchange at a time.',
    fix: 'Choose one, or export them as a bundle.',
  })
}
