/** The record of an exchange that has ended, as it is handed to the recorder's thread. */
import type { OwnPrices } from '../../shared/config.ts'
import type { AttemptFacts, ExchangeFacts } from './describe.ts'
import { present } from './describe.ts'
import type { HeldBody, LiveAttempt, LiveExchange } from './live-exchange.ts'
import type { BodyParts, BodyPiece, HandedRecord } from './protocol.ts'
import { smallestMoved } from './record-batch.ts'

/**
 * A large piece in memory of its own, so that it can be moved to another thread without taking its neighbours along.
 * @param isOver has everything that was sent arrived? What a broken call leaves behind may still be read by the system
 */
function movable(piece: Uint8Array, isOver: boolean): Uint8Array {
  if (piece.length < smallestMoved || (isOver && piece.length === piece.buffer.byteLength)) return piece
  const copy = Buffer.allocUnsafeSlow(piece.length)
  copy.set(piece)
  return copy
}

/** Where in the client's body a piece of an attempt's lies, if it is the same memory. */
function rangeWithin(piece: Uint8Array, base: HeldBody): BodyPiece | undefined {
  let from = 0
  for (const whole of base.pieces) {
    const offset = piece.byteOffset - whole.byteOffset
    if (piece.buffer === whole.buffer && offset >= 0 && offset + piece.length <= whole.length) {
      return { from: from + offset, length: piece.length }
    }
    from += whole.length
  }
  return undefined
}

/** @param base the client's body, for an attempt's */
function bodyParts(body: HeldBody, { bodies, state }: LiveExchange, base?: HeldBody): BodyParts {
  const isOver = state === 'done'
  const pieces = bodies
    ? body.pieces.map((piece) => (base === undefined ? undefined : rangeWithin(piece, base)) ?? movable(piece, isOver))
    : []
  return { pieces, total: body.total, truncated: body.truncated }
}

/** Refers to nothing of the exchange's bytes, so that they can be let go of. */
function factsOf(exchange: LiveExchange): ExchangeFacts {
  const { id, startedAt, start, state, what, decision, losses, status, responseHeaders } = exchange
  const { ttftMs, durationMs, tokens, failure, requestBytes, responseBytes } = exchange
  return {
    id,
    startedAt,
    start: { method: start.method, path: start.path, headers: start.headers },
    state,
    what,
    decision,
    losses,
    attempts: exchange.attempts.map(attemptFacts),
    status,
    responseHeaders,
    ttftMs,
    durationMs,
    tokens,
    failure,
    requestBytes,
    responseBytes,
  }
}

function attemptFacts({ start, body: _body, ...rest }: LiveAttempt): AttemptFacts {
  const { instance, deployment, method, url, headers } = start
  return { ...rest, start: { instance, deployment, method, url, headers } }
}

function servedBy({ what, decision }: LiveExchange): HandedRecord['served'] {
  const baseModel = what.baseModel ?? decision?.target?.baseModel
  if (baseModel === undefined) return undefined
  return { baseModel, providerType: what.providerType ?? decision?.target?.providerType }
}

/**
 * The record of an ended exchange. Takes the lanes away from it: nothing can be read from them afterwards. An attempt's
 * body names the parts that it shares with the client's instead of repeating them.
 */
export function recordOf(
  exchange: LiveExchange,
  known: readonly string[],
  prices: OwnPrices | undefined,
): HandedRecord {
  const { upstream, client, body, bodies } = exchange
  return {
    facts: factsOf(exchange),
    known,
    ...present({ served: servedBy(exchange), prices }),
    bodies,
    request: bodyParts(body, exchange),
    attemptBodies: exchange.attempts.map((attempt) => bodyParts(attempt.body, exchange, body)),
    client: client.take(upstream),
    upstream: upstream.take(),
  }
}
