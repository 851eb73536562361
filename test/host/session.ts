import { EventEmitter } from 'node:events'
import { protocol } from './protocol.ts'
import { partOf } from './unimplemented.ts'

type Headers = Record<string, string[]>
type HeadersListener = (
  details: { url: string; method: string; statusCode: number; resourceType: string; responseHeaders: Headers },
  decide: (answer: { responseHeaders?: Record<string, string | string[]>; cancel?: boolean }) => void,
) => void
type RequestHandler = (
  contents: unknown,
  permission: string,
  decide: (granted: boolean) => void,
  details: { requestingUrl: string; isMainFrame: boolean },
) => void
type CheckHandler = (contents: unknown, permission: string, origin: string, details: object) => boolean

/** Electron's permission → the name in CDP's `Browser.setPermission`. */
export const PERMISSIONS: Readonly<Record<string, string>> = {
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  notifications: 'notifications',
  geolocation: 'geolocation',
  media: 'microphone',
  midi: 'midi',
}

export class Session extends EventEmitter {
  readonly protocol = protocol
  #headersListener: HeadersListener | undefined
  #onRequest: RequestHandler | undefined
  #onCheck: CheckHandler | undefined

  readonly webRequest = partOf('session.webRequest', {
    onHeadersReceived: (...args: [HeadersListener] | [object, HeadersListener]) => {
      this.#headersListener = args.at(-1) as HeadersListener
    },
  })

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#onRequest = handler
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#onCheck = handler
  }

  /** For the host itself: as Electron does, all is granted where the app does not decide. */
  async grants(contents: unknown, permission: string, url: string, origin: string): Promise<boolean> {
    if (this.#onCheck !== undefined && !this.#onCheck(contents, permission, origin, {})) return false
    const ask = this.#onRequest
    if (ask === undefined) return true
    return new Promise((resolve) => {
      ask(contents, permission, resolve, { requestingUrl: url, isMainFrame: true })
    })
  }

  /** For the host itself. */
  async rewriteHeaders(
    details: Omit<Parameters<HeadersListener>[0], 'responseHeaders'>,
    response: globalThis.Headers,
  ): Promise<{ name: string; value: string }[]> {
    const listener = this.#headersListener
    const given = [...response].map(([name, value]) => ({ name, value }))
    if (listener === undefined) return given
    const responseHeaders: Headers = {}
    for (const { name, value } of given) (responseHeaders[name] ??= []).push(value)
    const answer = await new Promise<Parameters<Parameters<HeadersListener>[1]>[0]>((resolve) => {
      listener({ ...details, responseHeaders }, resolve)
    })
    return Object.entries(answer.responseHeaders ?? responseHeaders).flatMap(([name, values]) =>
      [values].flat().map((value) => ({ name, value })),
    )
  }
}

const defaultSession = new Session()
export const session = partOf('session', { defaultSession })
