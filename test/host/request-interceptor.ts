import type { CdpSession } from './cdp.ts'
import { preventable } from './preventable.ts'
import { fromChromium, HANDLED_PATTERN, handlerFor } from './protocol.ts'
import type { Session } from './session.ts'

interface PausedRequest {
  requestId: string
  frameId: string
  resourceType: string
  /** Present when this request follows a redirect. */
  redirectedRequestId?: string
  request: { url: string; method: string; headers: Record<string, string>; hasPostData?: boolean; postData?: string }
}

export interface NavigationTarget {
  emit(event: string, ...args: unknown[]): boolean
}

/**
 * Stands between a window and the network: asks the app before a page navigates by itself, and lets
 * `protocol.handle` answer its own schemes.
 */
export class RequestInterceptor {
  readonly #cdp: CdpSession
  readonly #mainFrame: string
  readonly #contents: NavigationTarget
  readonly #session: Session
  /** Where the app itself sent the window: that is not asked about. */
  #expected: string | undefined

  constructor(cdp: CdpSession, mainFrame: string, contents: NavigationTarget, session: Session) {
    this.#cdp = cdp
    this.#mainFrame = mainFrame
    this.#contents = contents
    this.#session = session
  }

  async start(): Promise<void> {
    this.#cdp.on('Fetch.requestPaused', (paused: PausedRequest) => {
      this.#decide(paused).catch((error: unknown) => console.error('test host: request', paused.request.url, error))
    })
    await this.#cdp.send('Fetch.enable', {
      patterns: [{ urlPattern: HANDLED_PATTERN }, { urlPattern: '*', resourceType: 'Document' }],
    })
  }

  expect(chromiumUrl: string): void {
    this.#expected = chromiumUrl
  }

  async #decide(paused: PausedRequest): Promise<void> {
    const { requestId } = paused
    if (paused.resourceType === 'Document' && !this.#mayNavigate(paused)) {
      await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
      return
    }
    const handler = handlerFor(fromChromium(paused.request.url))
    if (handler === undefined) await this.#cdp.send('Fetch.continueRequest', { requestId })
    else await this.#answer(paused, handler)
  }

  #mayNavigate(paused: PausedRequest): boolean {
    const url = fromChromium(paused.request.url)
    const isMainFrame = paused.frameId === this.#mainFrame
    if (isMainFrame && this.#expected === withoutHash(paused.request.url)) {
      this.#expected = undefined
      return true
    }
    const names = paused.redirectedRequestId
      ? ['will-redirect']
      : ['will-frame-navigate', ...(isMainFrame ? ['will-navigate'] : [])]
    return names.every((name) => {
      const event = preventable({ url, isMainFrame, isSameDocument: false })
      this.#contents.emit(name, event, url)
      return !event.defaultPrevented
    })
  }

  async #answer(paused: PausedRequest, handler: NonNullable<ReturnType<typeof handlerFor>>): Promise<void> {
    const { requestId, request, resourceType } = paused
    const url = fromChromium(request.url)
    let response: Response
    try {
      const body = await this.#bodyOf(paused)
      response = await handler(new Request(url, { method: request.method, headers: request.headers, body }))
    } catch (error) {
      console.error(`test host: the handler of ${url} failed`, error)
      await this.#cdp.send('Fetch.failRequest', { requestId, errorReason: 'Failed' })
      return
    }
    const details = {
      url,
      method: request.method,
      statusCode: response.status,
      resourceType: resourceType === 'Document' ? 'mainFrame' : resourceType.toLowerCase(),
    }
    await this.#cdp.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status || 200,
      responseHeaders: await this.#session.rewriteHeaders(details, response.headers),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    })
  }

  async #bodyOf({ requestId, request }: PausedRequest): Promise<string | null> {
    if (!request.hasPostData) return null
    if (request.postData !== undefined) return request.postData
    return (await this.#cdp.send<{ postData: string }>('Fetch.getRequestPostData', { requestId })).postData
  }
}

function withoutHash(url: string): string {
  return url.replace(/#.*$/s, '')
}
