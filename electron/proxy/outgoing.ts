import type { Config } from '../../shared/config.ts'
import type { Loss } from '../../shared/exchange.ts'
import { clientPath } from '../core/client-paths.ts'
import type { AnswerUndo, Dialect } from '../core/dialects/dialect.ts'
import { LazuliError } from '../core/error.ts'
import { withoutHostedTools } from '../core/hosted-tools.ts'
import type { HubRequest } from '../core/hub.ts'
import type { Route } from '../routing/route.ts'
import type { Asked } from './asked.ts'
import { fitInPlace } from './fit-in-place.ts'

/** The request as it goes upstream. */
export interface Outgoing {
  pieces: Buffer[]
  losses: Loss[]
  /** Is the upstream asked to stream? */
  stream: boolean
  /** Does the client want a stream? */
  wantsStream: boolean
  /** The chunk that tells the usage was asked for by us alone. */
  usageAsked: boolean
  /** What a translation of the answer needs to know; decoded at the first use where the bytes are only relayed. */
  translation(): { request: HubRequest; undo: AnswerUndo }
}

const NOTHING_TO_UNDO: AnswerUndo = {
  toolNames: new Map(),
  wrappedCustomTools: new Set(),
  namespaces: new Map(),
}

/** Same dialect: the client's own bytes, with the fewest edits. */
export function passOn(asked: Asked, route: Route, dialect: Dialect): Outgoing {
  const fitted = fitInPlace(asked, {
    deployment: route.deployment,
    dialect: dialect.id,
    profile: route.profile,
    mayAskUsage: takesStreamOptions(route),
  })
  return {
    pieces: fitted.pieces,
    losses: fitted.losses,
    stream: asked.stream && route.profile.streams,
    wantsStream: asked.stream,
    usageAsked: fitted.usageAsked,
    translation: () => ({ request: dialect.decodeRequest(parse(asked)).request, undo: NOTHING_TO_UNDO }),
  }
}

export interface Translation {
  client: Dialect
  upstream: Dialect
  policy: Config['translation']
  /** Adds what the client could not send back, before the request is encoded. */
  fill: (request: HubRequest) => HubRequest
}

/** Another dialect: client → hub → upstream. */
export function translate(asked: Asked, route: Route, { client, upstream, policy, fill }: Translation): Outgoing {
  const decoded = client.decodeRequest(parse(asked))
  if (policy.stop === 'refuse' && upstream.id === 'responses') refuseStop(decoded.request)
  const usable = withoutHostedTools(decoded.request, upstream.id, policy.hosted_tools)
  const request = fill(usable.request)
  const stream = request.stream && route.profile.streams
  const encoded = upstream.encodeRequest(request, { deployment: route.deployment, profile: route.profile, stream })
  return {
    pieces: [Buffer.from(JSON.stringify(encoded.body))],
    losses: [...decoded.losses, ...usable.losses, ...encoded.losses],
    stream,
    wantsStream: request.stream,
    usageAsked: false,
    translation: () => ({ request, undo: encoded.undo }),
  }
}

/** Responses has no stop sequences; who relies on them may want an error instead of a longer answer. */
function refuseStop(request: HubRequest): void {
  if (request.stop === undefined || request.stop.length === 0) return
  const param = clientPath(request.dialect, 'stop')
  throw new LazuliError({
    code: 'unsupported_by_upstream',
    status: 400,
    message: `${param}: The model is reached through the Responses API, which has no stop sequences.`,
    fix: 'Leave them out, or set translation.stop to drop.',
    param,
  })
}

/**
 * Strict mode: what could not be carried over unchanged is refused instead.
 * @throws LazuliError 400 `unsupported_by_upstream`
 */
export function refuseLosses(losses: readonly Loss[]): void {
  const lost = losses.filter((loss) => loss.kind !== 'carried')
  const first = lost[0]
  if (first === undefined) return
  throw new LazuliError({
    code: 'unsupported_by_upstream',
    status: 400,
    message: `Strict mode: ${lost.map((loss) => `${loss.path} would be ${loss.kind} (${loss.reason})`).join('; ')}`,
    fix: 'Leave these fields out, or send the request without x-lazuli-strict (translation.strict in the configuration).',
    param: first.path,
  })
}

function parse(asked: Asked): unknown {
  try {
    return JSON.parse(asked.body.toString('utf8'))
  } catch (cause) {
    // The scan checks the structure; what it leaves to the parser is inside of strings.
    throw new LazuliError({
      code: 'proxy_invalid_json',
      status: 400,
      message: `The request body is not valid JSON: ${cause instanceof Error ? cause.message.replace(/,? ?"[^]*$/, '') : 'a string is malformed'}.`,
      fix: 'Send one JSON object, encoded as UTF-8.',
      cause,
    })
  }
}

/** Azure takes `stream_options` since 2024-09-01; of a generic server nothing is known. */
function takesStreamOptions(route: Route): boolean {
  const { provider_type: provider, api_version: version } = route.instance
  if (provider === 'generic' || provider === 'anthropic') return false
  return !/^\d{4}-/.test(version) || version >= '2024-09-01'
}
