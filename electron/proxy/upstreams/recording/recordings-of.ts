import type { BundledExchange } from '../../../../shared/bundle.ts'
import type { Attempt, CapturedBody, DialectId } from '../../../../shared/exchange.ts'
import { dialectOf } from '../../../core/dialects/registry.ts'
import type { HubRequest } from '../../../core/hub.ts'
import { normaliseModelName } from '../../../core/models/profiles.ts'
import { azureSpelling } from '../../../routing/model-aliases.ts'
import { conversationOf, type Conversation } from './conversation.ts'

/** A recorded exchange that can be played again. */
export interface Recording {
  exchange: BundledExchange
  /** The last attempt: the one whose answer was kept. */
  attempt: Attempt
  /** Spoken by the upstream. */
  dialect: DialectId
  /** The names under which it is found, in one spelling. */
  names: ReadonlySet<string>
  /** As the client asked, and as the upstream was asked: a request that is like either is answered. */
  conversations: Conversation[]
  /** What the client asked, where that can be read. */
  asked: HubRequest | undefined
}

/** Of a bundle, the exchanges that can be played again, in the order in which they began. */
export function recordingsOf(exchanges: readonly BundledExchange[]): Recording[] {
  const ordered = exchanges.toSorted((a, b) => a.detail.summary.startedAt - b.detail.summary.startedAt)
  return ordered.flatMap((exchange): Recording[] => {
    const { summary, attempts, requestBody } = exchange.detail
    const attempt = attempts.at(-1)
    const { upstreamDialect: dialect, clientDialect, askedModel } = summary
    if (attempt === undefined || dialect === undefined || exchange.upstream.truncated) return []
    const asked = clientDialect === undefined ? undefined : requestOf(clientDialect, requestBody)
    const sent = requestOf(dialect, attempt.requestBody)
    const conversations = [asked, sent].flatMap((request) => (request === undefined ? [] : [conversationOf(request)]))
    if (conversations.length === 0) return []
    const names = new Set(
      [askedModel, attempt.deployment].flatMap((name) => (name === undefined ? [] : [oneName(name)])),
    )
    return [{ exchange, attempt, dialect, names, conversations, asked }]
  })
}

/** One spelling for all ways to write a name. */
export function oneName(name: string): string {
  return azureSpelling(normaliseModelName(name.trim()).toLowerCase())
}

function requestOf(dialect: DialectId, body: CapturedBody | undefined): HubRequest | undefined {
  if (body === undefined || body.truncated) return undefined
  try {
    return dialectOf(dialect).decodeRequest(JSON.parse(body.text)).request
  } catch {
    return undefined
  }
}
