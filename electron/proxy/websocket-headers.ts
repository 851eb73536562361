/** Headers of a WebSocket's upgrade, on their way in both directions and into the record. */
import type { IncomingMessage } from 'node:http'
import type { Header } from '../../shared/exchange.ts'
import { isKeyProtocol } from './caller-keys.ts'
import { responseHeaders } from './headers.ts'

/** What the client offers for the WebSocket itself; a key among its protocols stays here. */
export function offer({ headers }: IncomingMessage): Header[] {
  const protocols = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '' && !isKeyProtocol(protocol))
  return [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-key', headers['sec-websocket-key'] ?? ''],
    ['sec-websocket-version', headers['sec-websocket-version'] ?? '13'],
    ...(protocols.length === 0 ? [] : [['sec-websocket-protocol', protocols.join(', ')] as Header]),
    ...(headers['sec-websocket-extensions'] === undefined
      ? []
      : [['sec-websocket-extensions', headers['sec-websocket-extensions']] as Header]),
  ]
}

/** The head of the answer that opens a client's WebSocket. */
export function headOf(answer: IncomingMessage, own: readonly Header[]): Header[] {
  const kept = ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'].flatMap(
    (name): Header[] => {
      const value = answer.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    },
  )
  return [
    ['upgrade', 'websocket'],
    ['connection', 'Upgrade'],
    ...kept,
    ...responseHeaders(answer.headers, 'chat'),
    ...own,
  ]
}

/** A URL as it may be recorded. */
export function redacted(url: string): string {
  return url.replace(/([?&](?:api-key|api_key|key|token|authorization|subscription-key)=)[^&]*/gi, '$1[key]')
}

/** Headers as they may be recorded: a key among the protocols is none of anybody's business. */
export function pairsOf(raw: readonly string[]): Header[] {
  const pairs: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase()
    const value = raw[index + 1]!
    const isProtocol = name === 'sec-websocket-protocol'
    pairs.push([
      name,
      isProtocol ? value.replace(/openai-insecure-api-key\.[^,\s]+/g, 'openai-insecure-api-key.[key]') : value,
    ])
  }
  return pairs
}
