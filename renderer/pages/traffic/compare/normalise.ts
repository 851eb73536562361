/** Takes out of a body what differs in any two calls: ids, times and seals. */

const ID = /^(?:id|.*_id|request-id)$/
/** Times, and how long a seal is. */
const NEW_EACH_TIME = /^(?:sealed|created|created_at|completed_at|expires_at|started_at|timestamp|system_fingerprint)$/
/** Opaque to everybody but their maker, and new each time. */
const SEAL = /^(?:signature|encrypted_content|obfuscation)$/

/**
 * Ids become numbers in the order of their first appearance, so that a result still names its call; times are gone; of
 * seals it is told that they are there.
 */
export function normalised(value: unknown): unknown {
  const ids = new Map<string, string>()
  const number = (id: string): string => {
    const known = ids.get(id) ?? `#${ids.size + 1}`
    ids.set(id, known)
    return known
  }
  const walk = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(walk)
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(
      Object.entries(item).flatMap(([key, member]): [string, unknown][] => {
        if (NEW_EACH_TIME.test(key)) return []
        if (SEAL.test(key)) return [[key, '(sealed)']]
        return [[key, ID.test(key) && typeof member === 'string' ? number(member) : walk(member)]]
      }),
    )
  }
  return walk(value)
}
