/** Sends a recorded request once more through the proxy's own front door, as a client of its own. */
import { request } from 'undici'
import type { ExchangeDetail, Header } from '../../shared/exchange.ts'
import { REPLAY_HEADER, redactedPaths, type ResendRequest, type Resent } from '../../shared/resend.ts'
import { LazuliError } from '../core/error.ts'
import { findEndpoint } from '../proxy/endpoints/table.ts'
import { scanMembers } from '../proxy/json-scan.ts'
import { PIN_HEADER, type Pin } from '../proxy/pinned-target.ts'
import { splice } from '../proxy/splice.ts'
import type { ConsoleContext } from './context.ts'
import { headersOf, loopbackOf } from './loopback.ts'
import { routeTo } from './probe/probe.ts'

/** Tells the exchange of one resend from others that run at the same time. */
const MARK_HEADER = 'x-lazuli-replay-mark'

interface Sending {
  url: URL
  headers: Record<string, string>
  body: Uint8Array
}

/**
 * Answers when the new exchange has begun; it goes on by itself, also when the window is closed, until `replays` stops it.
 *
 * @throws LazuliError 404 for what is not stored or names no deployment, 409 for what cannot be sent again, 400 for a body
 * that is no JSON object, 502 when the front door does not answer
 */
export async function resend(context: ConsoleContext, input: ResendRequest): Promise<Resent> {
  const original = await context.traffic.get(input.id)
  if (original === undefined) throw notStored(input.id)
  const sending = sendingOf(context, original, input)
  const redacted = redactedPaths(JSON.parse(Buffer.from(sending.body).toString()))
  const pin = input.target === undefined ? undefined : pinned(context, input.target)
  return { id: await send(context, sending, pin), redacted }
}

function pinned(context: ConsoleContext, target: NonNullable<ResendRequest['target']>): Pin {
  const { baseModel } = routeTo(context, target)
  return context.pin({ ...target, baseModel })
}

function sendingOf(context: ConsoleContext, original: ExchangeDetail, input: ResendRequest): Sending {
  const { summary, requestBody } = original
  const url = urlOf(context, original)
  const kind = valueOf(original.requestHeaders, 'content-type') ?? 'application/json'
  if (summary.method !== 'POST' || !/json/i.test(kind)) {
    throw cannot('Only requests with a JSON body can be sent again.', 'Send this one with the program that made it.')
  }
  if (input.body === undefined && requestBody.truncated) {
    throw cannot(
      `Of its body, ${Buffer.byteLength(requestBody.text)} of ${requestBody.bytes} bytes are recorded, so it cannot be sent as it was.`,
      'Edit and resend takes a body that you write. Bodies are recorded up to a bound, and only where journal.bodies is on.',
    )
  }
  const whole = Buffer.from(input.body ?? requestBody.text)
  const members = scanMembers(whole)
  if (input.model === undefined) return { url, headers: headersFor(context, original), body: whole }
  const json = JSON.stringify(input.model)
  const named = members.filter(({ key }) => key === 'model')
  const body = Buffer.concat(
    splice(
      whole,
      members,
      named.map((member) => ({ type: 'value', member, json })),
    ),
  )
  const inPath = url.pathname.replace(
    /(\/(?:deployments|engines)\/)[^/]+(?=\/)/,
    `$1${encodeURIComponent(input.model).replaceAll('$', '$$$$')}`,
  )
  if (named.length === 0 && inPath === url.pathname) {
    throw cannot('Neither its body nor its path names a model.', 'Write "model" into the body.')
  }
  url.pathname = inPath
  return { url, headers: headersFor(context, original), body }
}

/** A path may come from a bundle of anybody: only models are asked, and only ours. */
function urlOf(context: ConsoleContext, { summary }: ExchangeDetail): URL {
  const origin = `http://${loopbackOf(context)}`
  const url = new URL(summary.path, origin)
  const found = findEndpoint('POST', url.pathname)
  const asks = found.type === 'found' && (found.endpoint.type === 'model' || found.endpoint.type === 'operation')
  if (url.origin !== origin || !asks) {
    throw cannot('It asks no model in a way that can be repeated.', 'Send it with the program that made it.')
  }
  const hidden = [...url.searchParams].filter(([, value]) => value === '[redacted]')
  for (const [name] of hidden) url.searchParams.delete(name)
  return url
}

/** Of one connection, of the caller's own identity, or orders that need a key that is not recorded. */
const LEFT_OUT =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|expect|content-length|content-encoding|accept-encoding|user-agent|cookie|origin|referer|sec-.*|forwarded|x-forwarded-.*|x-real-ip|x-lazuli-.*|x-azure-.*|x-admin-.*|x-stainless-.*|x-dry-run|originator|x-title|session[-_]id|x-session-id|x-claude-code-session-id)$/

function headersFor(context: ConsoleContext, { summary, requestHeaders }: ExchangeDetail): Record<string, string> {
  const kept = requestHeaders
    .map(([name, value]): Header => [name.toLowerCase(), value])
    .filter(([name, value]) => !LEFT_OUT.test(name) && !value.includes('[redacted]'))
  return { ...Object.fromEntries(kept), ...headersOf(context, 'Lazuli-Replay'), [REPLAY_HEADER]: summary.id }
}

/** Gives the id of the new exchange as soon as the journal or the answer's head tells it. */
async function send(context: ConsoleContext, { url, headers, body }: Sending, pin: Pin | undefined): Promise<string> {
  const mark = context.newId()
  const begun = new AbortController()
  const caller = new AbortController()
  const seen = seenInFeed(context, mark, begun.signal)
  const answered = request(url, {
    method: 'POST',
    headers: { ...headers, [MARK_HEADER]: mark, ...(pin === undefined ? {} : { [PIN_HEADER]: pin.secret }) },
    body,
    headersTimeout: 0,
    bodyTimeout: 0,
    signal: caller.signal,
  }).then(({ headers: head, body: answer, statusCode }) => ({
    id: head['x-lazuli-exchange'],
    statusCode,
    read: readToEnd(answer),
  }))
  const told = answered.then(async ({ id, statusCode, read }) => {
    if (typeof id === 'string') return id
    await read
    throw unanswered(`status ${statusCode}, without an exchange`)
  })
  // Until the head is there the pin may still be looked at.
  void told.catch(() => undefined).then(() => pin?.release())
  try {
    const id = await Promise.race([told, seen])
    context.replays.add(
      id,
      caller,
      answered.then(({ read }) => read),
    )
    return id
  } catch (cause) {
    throw cause instanceof LazuliError ? cause : unanswered(cause instanceof Error ? cause.message : String(cause))
  } finally {
    begun.abort()
  }
}

/** Never settles when the exchange is not told, e.g. while recording is paused. */
async function seenInFeed(context: ConsoleContext, mark: string, signal: AbortSignal): Promise<string> {
  const looked = new Set<string>()
  for await (const batch of context.traffic.feed(signal)) {
    if (batch.type !== 'rows') continue
    for (const { id, client } of batch.rows) {
      if (client !== 'Replay' || looked.has(id)) continue
      looked.add(id)
      const detail = await context.traffic.get(id)
      if (valueOf(detail?.requestHeaders ?? [], MARK_HEADER) === mark) return id
    }
  }
  return new Promise(() => {})
}

async function readToEnd(body: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const piece of body) void piece
  } catch {
    // The exchange tells how it ended.
  }
}

function valueOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

function cannot(message: string, fix: string): LazuliError {
  return new LazuliError({ code: 'replay_impossible', status: 409, message, fix })
}

function notStored(id: string): LazuliError {
  return new LazuliError({
    code: 'exchange_not_found',
    status: 404,
    message: `The exchange ${id} is not stored (any more).`,
    fix: 'It was cleared, or fell out of the limits of the store (journal.keep_days, journal.max_bytes).',
  })
}

function unanswered(reason: string): LazuliError {
  return new LazuliError({
    code: 'replay_unanswered',
    status: 502,
    message: `The request could not be sent again: ${reason}.`,
    fix: 'See whether Lazuli still serves its port, then send it again.',
  })
}
