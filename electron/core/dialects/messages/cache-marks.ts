import type { CacheMark } from '../../hub.ts'
import { type Fields, isFields } from './fields.ts'

/** Anthropic's documented limit of cache breakpoints in one request. */
const mostMarks = 4

/** A cache hint in Anthropic's words; marks of other dialects have no lifetime that it knows. */
export function encodeCacheMark(mark: CacheMark): Fields {
  const ttl = mark['type'] === 'ephemeral' ? mark['ttl'] : undefined
  return { type: 'ephemeral', ...(ttl === '5m' || ttl === '1h' ? { ttl } : {}) }
}

/**
 * Takes cache marks off until four are left. The last ones stay: they cover the longest prefix. A hint, so nothing is
 * declared as lost.
 * @param blocks tools, system blocks and message blocks in the order in which Anthropic reads them
 */
export function limitCacheMarks(blocks: readonly Fields[]): void {
  const marked = blocks.filter((block) => block['cache_control'] !== undefined)
  for (const block of marked.slice(0, Math.max(0, marked.length - mostMarks))) delete block['cache_control']
}

/** Blocks that can carry a mark, those inside tool results included. */
export function blocksOf(messages: readonly { content: Fields[] }[]): Fields[] {
  return messages.flatMap((message) =>
    message.content.flatMap((block) =>
      Array.isArray(block['content']) ? [...block['content'].filter(isFields), block] : [block],
    ),
  )
}
