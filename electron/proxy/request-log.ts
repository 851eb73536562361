/** What the log says of a model request: one line at its end. Never a prompt, never a key. */
import type { Loss } from '../../shared/exchange.ts'
import type { Log } from '../core/log.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import { lossHeaders } from './headers.ts'

/** Names are chosen by callers. */
const MAX_NAME = 256
const MAX_PATHS = 100

/** @param ms how long it took */
export function logRequest(log: Log, exchange: Exchange, end: ExchangeEnd, ms: number): void {
  const { tap, answer, model, route, losses, refused } = exchange
  log.info(
    {
      exchange: tap.id,
      client: exchange.dialect,
      ...(route === undefined ? {} : { upstream: route.api, deployment: plain(route.deployment) }),
      ...(model === undefined ? {} : { model: plain(model) }),
      ...(answer.status === undefined ? {} : { status: answer.status }),
      ms: Math.round(ms),
      state: end.state,
      dropped: pathsOf(losses, 'dropped'),
      degraded: pathsOf(losses, 'degraded'),
      ...(refused === undefined ? {} : { refused: plain(refused) }),
      ...(end.failure === undefined ? {} : { failure: plain(end.failure.code) }),
    },
    'model request',
  )
}

/**
 * Records what is lost, and tells the client: in the head where it is still to be sent, else as a comment of the stream
 * where the client's API has comments (dialects.md §7).
 */
export function lose(exchange: Exchange, lost: readonly Loss[]): void {
  if (lost.length === 0) return
  const { answer, tap, losses } = exchange
  tap.lost(lost)
  losses.push(...lost)
  if (!answer.headSent) {
    answer.announce(lossHeaders(losses))
    return
  }
  if (!answer.isStream || exchange.dialect === 'messages') return
  for (const { kind, path } of lost) {
    if (kind !== 'carried') answer.write(Buffer.from(`: ${kind} ${plain(path)}\n\n`))
  }
}

function pathsOf(losses: readonly Loss[], kind: Loss['kind']): string[] {
  const paths = new Set(losses.filter((loss) => loss.kind === kind).map(({ path }) => plain(path)))
  return [...paths].slice(0, MAX_PATHS)
}

/** Without characters that could forge a line of a log or move a terminal's cursor, and not longer than a name is. */
function plain(text: string): string {
  const short = text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text
  // oxlint-disable-next-line no-control-regex -- these are the characters to replace
  return short.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
