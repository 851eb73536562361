/** One post of one alert to one webhook, in the form that its owner reads. */
import type { Dispatcher } from 'undici'
import type { AlertTarget } from '../config/alert-targets.ts'
import type { Alert } from './wording.ts'

/** Posts an alert. Rejects with why it was not taken, without the address. */
export type PostAlert = (target: AlertTarget, alert: Alert) => Promise<void>

/** More of an answer is not read. */
const LONGEST_ANSWER = 16_384

/**
 * @param timeoutMs for everything: connection, request, answer
 * @param proxyFor the HTTP proxy for an address, if any
 */
export function createPostAlert(timeoutMs: number, proxyFor: (url: URL) => string | undefined): PostAlert {
  return async (target, alert) => {
    const url = new URL(target.url)
    const proxy = proxyFor(url)
    // Most users never get an alert.
    const { Pool, ProxyAgent } = await import('undici')
    const dispatcher: Dispatcher =
      proxy === undefined
        ? new Pool(url.origin, { connections: 1, allowH2: false, connect: { timeout: timeoutMs } })
        : new ProxyAgent({ uri: proxy, allowH2: false, connectTimeout: timeoutMs })
    try {
      const answer = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'lazuli' },
        body: JSON.stringify(bodyOf(target.kind, alert)),
        signal: AbortSignal.timeout(timeoutMs),
      })
      // A redirect is not followed: the address was given for this host.
      if (answer.statusCode >= 300) throw new Error(`it answered ${answer.statusCode}`)
      const text = await beginningOf(answer.body)
      const refusal = target.kind === 'feishu' ? feishuRefusal(text) : undefined
      if (refusal !== undefined) throw new Error(refusal)
    } finally {
      // Alerts are rare: nothing is kept open for the next one.
      void dispatcher.destroy().catch(() => {})
    }
  }
}

/** What each kind of webhook reads. Teams: an Adaptive Card, which workflows and the older connectors both take. */
export function bodyOf(kind: AlertTarget['kind'], alert: Alert): unknown {
  const text = `Lazuli: ${alert.message}`
  switch (kind) {
    case 'feishu':
      return { msg_type: 'text', content: { text } }
    case 'slack':
      return { text: text.replaceAll('&', '&amp;') }
    case 'teams':
      return {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
              type: 'AdaptiveCard',
              version: '1.4',
              body: [{ type: 'TextBlock', text, wrap: true }],
            },
          },
        ],
      }
    case 'webhook':
      return { source: 'lazuli', ...alert }
  }
}

async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body) {
    pieces.push(piece)
    length += piece.length
    if (length >= LONGEST_ANSWER) break
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** Feishu answers 200 to what it refuses, and says so with a code other than 0. */
function feishuRefusal(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { code?: unknown } | null
    const code = answer?.code
    return typeof code === 'number' && code !== 0 ? `it answered with the code ${code}` : undefined
  } catch {
    return undefined
  }
}
