import { host } from './state.ts'
import { partOf } from './unimplemented.ts'

type ProtocolHandler = (request: Request) => Response | Promise<Response>

const handlers = new Map<string, ProtocolHandler>()
const standard = new Set<string>()
/** Chromium knows no schemes of ours: a page of `app://bundle/` lives at an https origin under this name. */
const DOMAIN = 'electron-host.invalid'

export const protocol = partOf('protocol', {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string }[]) {
    if (host.ready) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    for (const { scheme } of schemes) standard.add(scheme)
  },
  handle(scheme: string, handler: ProtocolHandler) {
    if (handlers.has(scheme)) throw new Error(`The scheme ${scheme} has already a handler`)
    handlers.set(scheme, handler)
  },
  unhandle(scheme: string) {
    handlers.delete(scheme)
  },
  isProtocolHandled: (scheme: string) => handlers.has(scheme),
})

/** For the host itself: who answers this address of the app? */
export function handlerFor(url: string): ProtocolHandler | undefined {
  return handlers.get(schemeOf(url))
}

/** `app://bundle/x` → the address that Chromium gets. */
export function toChromium(url: string): string {
  const scheme = schemeOf(url)
  if (!handlers.has(scheme) && !standard.has(scheme)) return new URL(url).href
  const { host: name, pathname, search, hash } = new URL(url)
  return `https://${scheme}.${name}.${DOMAIN}${pathname || '/'}${search}${hash}`
}

/** The address that Chromium tells → `app://bundle/x`. */
export function fromChromium(url: string): string {
  const [whole, scheme, name] = /^https:\/\/([a-z][a-z0-9-]*)\.(.*)\.electron-host\.invalid(?=[/?#]|$)/.exec(url) ?? []
  return whole === undefined ? url : `${scheme}://${name}${url.slice(whole.length) || '/'}`
}

/** Patterns of all such addresses, for CDP's Fetch domain. */
export const HANDLED_PATTERN = `*://*.${DOMAIN}/*`

/** An origin as Electron serialises it. */
export function originOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? 'null'
}

function schemeOf(url: string): string {
  return url.slice(0, Math.max(0, url.indexOf(':')))
}
