/**
 * Which instance holds what: stored responses, files, batches, vector stores and encrypted reasoning exist on the
 * resource that made them and nowhere else (azure.md §2.7, R30). Ids are remembered when an answer names them.
 */

/** One remembered fact. */
export interface Held {
  id: string
  instance: string
}

/** Keeps what must outlive the process. */
export interface OwnershipStore {
  /** What was kept, oldest first. */
  load(): readonly Held[]
  /** Kept when it returns: from here on the client may be told of the ids. */
  append(facts: readonly Held[]): void
  /** The whole of what is still remembered takes the place of everything kept. */
  replace(facts: readonly Held[]): void
}

export interface Ownership {
  /** Name of the instance that holds it; undefined if that is not known. */
  ownerOf(id: string): string | undefined
  remember(ids: readonly string[], instance: string): void
  forget(id: string): void
}

/** Made by every answer, and of use for days; they must not push out the few that are made on purpose. */
const FLEETING = /^(?:resp|rs|msg|fc|fco|ctc|ctco|ws|ig|ci|cfile|enc|chatcmpl)[-_:]/
const MOST_FLEETING = 20_000
const MOST_LASTING = 20_000
/** Appended lines per remembered fact before the store is written anew. */
const GROWTH = 2

/** @param store undefined: remembered until the process ends */
export function createOwnership(store?: OwnershipStore): Ownership {
  const fleeting = new Map<string, string>()
  const lasting = new Map<string, string>()
  let kept = 0
  const mapOf = (id: string): Map<string, string> => (FLEETING.test(id) ? fleeting : lasting)
  const put = (id: string, instance: string): void => {
    const map = mapOf(id)
    map.delete(id)
    map.set(id, instance)
    const limit = map === fleeting ? MOST_FLEETING : MOST_LASTING
    for (const oldest of map.keys()) {
      if (map.size <= limit) break
      map.delete(oldest)
    }
  }
  const keep = (facts: readonly Held[]): void => {
    if (store === undefined || facts.length === 0) return
    kept += facts.length
    if (kept <= (MOST_FLEETING + MOST_LASTING) * GROWTH) {
      store.append(facts)
      return
    }
    const all = [...lasting, ...fleeting].map(([id, instance]) => ({ id, instance }))
    store.replace(all)
    kept = all.length
  }
  for (const { id, instance } of store?.load() ?? []) {
    kept++
    if (instance === '') mapOf(id).delete(id)
    else put(id, instance)
  }
  return {
    ownerOf: (id) => mapOf(id).get(id),
    remember(ids, instance) {
      const fresh = ids.filter((id) => mapOf(id).get(id) !== instance)
      for (const id of fresh) put(id, instance)
      keep(fresh.map((id) => ({ id, instance })))
    },
    forget(id) {
      if (mapOf(id).delete(id)) keep([{ id, instance: '' }])
    },
  }
}
