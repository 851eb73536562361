import { createHash, timingSafeEqual } from 'node:crypto'
import type { LocalKey, Source } from '../../shared/config.ts'
import type { NamedKey } from './configuration.ts'

/** How the keys begin that are made here. */
export const NAMED_KEY_PREFIX = 'lz-key-'

/** The configured local keys, each as its digest. */
export function namedKeysOf(configured: readonly LocalKey[], sources: ReadonlyMap<string, Source>): NamedKey[] {
  return configured.map((key) => namedKeyOf(key, sources.get(`server.keys.${key.name.toLowerCase()}`) ?? 'default'))
}

function namedKeyOf({ name, key, hash, models, expires }: LocalKey, source: Source): NamedKey {
  return {
    name,
    digest: key === undefined ? Buffer.from(hash ?? '', 'hex') : digestOf(key),
    source,
    ...(models === undefined ? {} : { models }),
    ...(expires === undefined ? {} : { expiresAt: endOf(expires) }),
  }
}

/** SHA-256 of a key. A key is long and random, so its digest tells nothing of it. */
export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** The key among these that a text is; every one is compared, so the time tells nothing. */
export function keyOf(candidate: string, keys: readonly NamedKey[]): NamedKey | undefined {
  if (keys.length === 0) return undefined
  const digest = digestOf(candidate)
  let found: NamedKey | undefined
  for (const key of keys) if (timingSafeEqual(digest, key.digest)) found = key
  return found
}

/** A day is over at midnight, here. */
function endOf(expires: string): number {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(expires)
  if (day === null) return Date.parse(expires)
  return new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]) + 1).getTime()
}
