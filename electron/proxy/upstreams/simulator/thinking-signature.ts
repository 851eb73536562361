import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Signs thinking, so that it can be told whether a block came back whole. The key is no secret: a conversation must
 * outlive a restart, and nobody gains by forging a simulator's thoughts.
 */
const KEY = 'lazuli-simulator-thinking'

/** A signature for the text; it also vouches for a block whose text was left out. */
export function signThinking(text: string): string {
  const digest = createHash('sha256').update(text).digest()
  return Buffer.concat([digest, seal(digest)]).toString('base64')
}

/** Is the signature ours, and the text (if there is any) the one that was signed? */
export function verifyThinking(text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64')
  if (bytes.byteLength !== 64 || bytes.toString('base64') !== signature) return false
  const digest = bytes.subarray(0, 32)
  if (!timingSafeEqual(seal(digest), bytes.subarray(32))) return false
  return text === '' || createHash('sha256').update(text).digest().equals(digest)
}

function seal(digest: Uint8Array): Buffer {
  return createHmac('sha256', KEY).update(digest).digest()
}
