import type { NativeLink, NativePage } from '../../shared/native.ts'

export const LINK_SCHEME = 'lazuli'

const PAGES: readonly string[] = ['traffic', 'playground', 'models', 'tools', 'settings'] satisfies NativePage[]
/** As ids of exchanges, tools and sections are written. */
const ITEM = /^[\w.-]{1,128}$/
const LONGEST = 2048

/**
 * What a `lazuli://` address asks for: `lazuli://traffic`, `lazuli://traffic/ID`, `lazuli://add-instance?address=…`.
 * Anybody can write such a link into a page: it opens and fills in, and does nothing else. Undefined for all other texts.
 */
export function parseDeepLink(text: string): NativeLink | undefined {
  if (text.length > LONGEST || !text.toLowerCase().startsWith(`${LINK_SCHEME}://`) || !URL.canParse(text))
    return undefined
  const { hostname, pathname, searchParams } = new URL(text)
  const name = hostname.toLowerCase()
  const path = pathname.replace(/\/$/, '').slice(1)
  if (name === 'add-instance' && path === '') {
    const address = searchParams.get('address')
    if (address === null || address === '') return { open: 'add-instance' }
    return isWebAddress(address) ? { open: 'add-instance', address } : undefined
  }
  if (!PAGES.includes(name)) return undefined
  const page = name as NativePage
  if (path === '') return { open: 'page', page }
  return ITEM.test(path) ? { open: 'page', page, item: path } : undefined
}

/** The first link among the arguments of a start. */
export function linkIn(argv: readonly string[]): NativeLink | undefined {
  return argv.map(parseDeepLink).find((link) => link !== undefined)
}

/** No password in it: what is shown in a form may be looked at by others. */
function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return ['http:', 'https:'].includes(protocol) && username === '' && password === ''
}
