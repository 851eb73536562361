/**
 * Opaque reasoning values travel through clients of another dialect inside an envelope, so that they come back whole
 * and are recognised as ours: `lz1.<a|o>.<base64url(JSON{id,v,k})>`. A value without this prefix belongs to whoever the
 * client last talked to and must not be sent to anybody else.
 */
import type { Opaque } from './hub.ts'

const pattern = /^lz1\.([ao])\.([A-Za-z0-9_-]+)$/

/** Packs an opaque value for a carrier field of another dialect. */
export function sealOpaque(opaque: Opaque): string {
  const content = JSON.stringify({ id: opaque.itemId, v: opaque.value, k: opaque.kind })
  return `lz1.${opaque.maker === 'anthropic' ? 'a' : 'o'}.${toBase64Url(content)}`
}

/** The value inside an envelope, byte for byte; undefined for anything that is not an envelope. Never throws. */
export function openOpaque(text: string): Opaque | undefined {
  const match = pattern.exec(text)
  if (!match?.[1] || !match[2]) return undefined
  let content: unknown
  try {
    content = JSON.parse(fromBase64Url(match[2]))
  } catch {
    return undefined
  }
  if (typeof content !== 'object' || content === null) return undefined
  const { id, v, k } = content as { id?: unknown; v?: unknown; k?: unknown }
  if (typeof v !== 'string') return undefined
  if (k !== 'signature' && k !== 'redacted' && k !== 'encrypted') return undefined
  if (id !== undefined && typeof id !== 'string') return undefined
  const maker = match[1] === 'a' ? 'anthropic' : 'openai'
  return { maker, kind: k, value: v, ...(id === undefined ? {} : { itemId: id }) }
}

/** `btoa` takes one byte per character, so everything beyond ASCII becomes a JSON escape first. */
function toBase64Url(json: string): string {
  const ascii = json.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function fromBase64Url(text: string): string {
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
}
