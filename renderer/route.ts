/** Where the window is: the part of the address behind `#`. */
import { useSyncExternalStore } from 'react'

export type PageName = 'welcome' | 'traffic' | 'playground' | 'models' | 'tools' | 'settings'

export interface Route {
  /** Absent: no page was asked for. */
  page?: PageName
  /** What of the page, e.g. the exchange that Traffic shows. */
  item?: string
}

const PAGES: readonly string[] = [
  'welcome',
  'traffic',
  'playground',
  'models',
  'tools',
  'settings',
] satisfies PageName[]

/** Reads `#/traffic/<id>`; anything unknown counts as "no page was asked for". */
export function parseRoute(hash: string): Route {
  const [page = '', item] = hash.replace(/^#\/?/, '').split('/')
  if (!PAGES.includes(page)) return {}
  const known: Route = { page: page as PageName }
  return item ? { ...known, item: decodeURIComponent(item) } : known
}

export function hrefOf(page: PageName, item?: string): string {
  return item === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(item)}`
}

/** Goes to a page. `replace` leaves no step behind for the Back button, for moves such as the next row of a list. */
export function go(page: PageName, item?: string, replace = false): void {
  const href = hrefOf(page, item)
  if (!replace) {
    location.hash = href
    return
  }
  history.replaceState(null, '', href)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

function onHashChange(changed: () => void): () => void {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(onHashChange, () => location.hash))
}
