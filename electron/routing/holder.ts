import type { Ownership } from './ownership.ts'

/** Who holds something that a request refers to. */
export interface Holder {
  id: string
  instance: string
  /** Without it the request fails; encrypted reasoning can at worst be left unread. */
  needed: boolean
}

/** @param ids what a request refers to, the latest last: that is the one which decides */
export function holderOf(ids: readonly string[], ownership: Ownership): Holder | undefined {
  for (const id of ids.toReversed()) {
    const instance = ownership.ownerOf(id)
    if (instance !== undefined) return { id, instance, needed: !id.startsWith('enc:') }
  }
  return undefined
}
