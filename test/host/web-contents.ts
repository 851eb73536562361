import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CdpSession } from './cdp.ts'
import { PRELOAD_WORLD, pageWorldSource, preloadWorldSource } from './injected-source.ts'
import { IpcMain, ipcMain } from './ipc.ts'
import type { MessagePortMain } from './ipc.ts'
import { createFromBuffer } from './native-image.ts'
import { nativeTheme } from './native-theme.ts'
import { PagePipe, PIPE_NAMES } from './page-pipe.ts'
import { fromChromium, originOf, toChromium } from './protocol.ts'
import { RequestInterceptor } from './request-interceptor.ts'
import { PERMISSIONS, session } from './session.ts'
import { host } from './state.ts'
import { partOf } from './unimplemented.ts'

export interface WebPreferences {
  preload?: string
  contextIsolation?: boolean
  nodeIntegration?: boolean
  nodeIntegrationInWorker?: boolean
  nodeIntegrationInSubFrames?: boolean
  sandbox?: boolean
  webSecurity?: boolean
  webviewTag?: boolean
  allowRunningInsecureContent?: boolean
}

/** What a window gives its contents. */
export interface ContentsOwner {
  close(): void
  /** Chromium closed the page. */
  gone(): void
  emit(event: string, ...args: unknown[]): boolean
}

/** Settings that would open the window to the page. The host knows no such window, and says so. */
const REFUSED: readonly [keyof WebPreferences, boolean][] = [
  ['contextIsolation', false],
  ['sandbox', false],
  ['webSecurity', false],
  ['nodeIntegration', true],
  ['nodeIntegrationInWorker', true],
  ['nodeIntegrationInSubFrames', true],
  ['webviewTag', true],
  ['allowRunningInsecureContent', true],
]

type WindowOpenHandler = (details: object) => { action: 'allow' | 'deny' }
const all = new Set<WebContents>()
let count = 0

export class WebContents extends EventEmitter {
  readonly id = ++count
  readonly session = session.defaultSession
  readonly ipc = new IpcMain()
  /** Settles when the page can be driven; for the host itself. */
  readonly opened: Promise<void>
  readonly #owner: ContentsOwner
  readonly #preload: string
  readonly #pipe = new PagePipe((batch) => this.#callPage(batch), {
    sent: (channel, args, ports) => this.#emitIpc(channel, args, ports),
    invoked: (channel, args) => this.#invoke(channel, args),
    input: (type) => this.emit('input-event', {}, { type }),
    windowOpened: (url) => this.#decideOnWindow(fromChromium(url)),
    preloadFailed: (message) => this.emit('preload-error', {}, '', new Error(message)),
  })
  #cdp!: CdpSession
  #interceptor!: RequestInterceptor
  #targetId = ''
  #preloadContext: number | undefined
  #url = ''
  #destroyed = false
  #loading = false
  #openHandler: WindowOpenHandler | undefined

  constructor(owner: ContentsOwner, preferences: WebPreferences, size: { width: number; height: number }) {
    super()
    for (const [name, value] of REFUSED) {
      if (preferences[name] === value) throw new Error(`test host: webPreferences.${name}: ${value} is refused`)
    }
    this.#owner = owner
    this.#preload = preferences.preload === undefined ? '' : readFileSync(preferences.preload, 'utf8')
    all.add(this)
    this.opened = this.#open(size)
    this.opened.catch((error: unknown) => {
      if (!this.#destroyed) console.error('test host: a window could not be opened', error)
    })
  }

  static all(): WebContents[] {
    return [...all]
  }

  get targetId(): string {
    return this.#targetId
  }

  /** For the host itself. */
  get owner(): ContentsOwner {
    return this.#owner
  }

  get mainFrame(): object {
    return {
      url: this.#url,
      origin: originOf(this.#url),
      parent: null,
      top: null,
      name: '',
      routingId: 1,
      processId: 1,
    }
  }

  getURL(): string {
    return this.#url
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  isLoading(): boolean {
    return this.#loading
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler
  }

  send(channel: string, ...args: unknown[]): void {
    this.#pipe.post({ type: 'message', channel, args })
  }

  postMessage(channel: string, data: unknown, transfer: readonly MessagePortMain[] = []): void {
    this.#pipe.postWithPorts(channel, data, transfer)
  }

  async loadURL(url: string): Promise<void> {
    this.#loading = true
    await this.opened
    const address = toChromium(url)
    this.#interceptor.expect(address.replace(/#.*$/s, ''))
    const loaded = once(this, 'did-finish-load')
    const { errorText, loaderId } = await this.#cdp.send<{ errorText?: string; loaderId?: string }>('Page.navigate', {
      url: address,
    })
    if (errorText !== undefined) {
      this.emit('did-fail-load', {}, -2, errorText, url, true)
      throw new Error(`${errorText} loading '${url}'`)
    }
    if (loaderId !== undefined) await loaded
  }

  loadFile(file: string): Promise<void> {
    return this.loadURL(`file://${resolve(host.appPath, file)}`)
  }

  reload(): void {
    this.#interceptor.expect(toChromium(this.#url).replace(/#.*$/s, ''))
    void this.#cdp.send('Page.reload')
  }

  async executeJavaScript(code: string): Promise<unknown> {
    await this.opened
    const { result, exceptionDetails } = await this.#cdp.send<{
      result: { value?: unknown }
      exceptionDetails?: { exception?: { description?: string } }
    }>('Runtime.evaluate', { expression: code, awaitPromise: true, returnByValue: true, userGesture: true })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'Script failed to execute')
    return result.value
  }

  async capturePage(): Promise<object> {
    const { data } = await this.#cdp.send<{ data: string }>('Page.captureScreenshot')
    return createFromBuffer(Buffer.from(data, 'base64'))
  }

  close(): void {
    this.#owner.close()
  }

  /** For the host itself. */
  async resize({ width, height }: { width: number; height: number }): Promise<void> {
    await this.#cdp.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
  }

  /** For the host itself. */
  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    all.delete(this)
    this.#pipe.closePorts()
    this.emit('destroyed')
    const close = async (): Promise<void> => {
      await this.opened
      await (await host.chromium()).cdp.browser.send('Target.closeTarget', { targetId: this.#targetId })
    }
    // The page, or all of Chromium, may be gone before.
    close().catch(() => undefined)
  }

  async #open(size: { width: number; height: number }): Promise<void> {
    const { cdp } = await host.chromium()
    const target = { url: 'about:blank', ...size, newWindow: true }
    this.#targetId = (await cdp.browser.send<{ targetId: string }>('Target.createTarget', target)).targetId
    this.#cdp = await cdp.attach(this.#targetId)
    this.#interceptor = new RequestInterceptor(this.#cdp, this.#targetId, this, this.session)
    this.#listen()
    cdp.browser.on('Target.targetDestroyed', ({ targetId }: { targetId: string }) => {
      if (targetId === this.#targetId) this.#owner.gone()
    })
    await Promise.all([
      cdp.browser.send('Target.setDiscoverTargets', { discover: true }),
      this.#cdp.send('Page.enable'),
      this.#cdp.send('Runtime.enable'),
      this.#cdp.send('Inspector.enable'),
      this.#cdp.send('Runtime.addBinding', { name: PIPE_NAMES.binding, executionContextName: PRELOAD_WORLD }),
      this.#interceptor.start(),
    ])
    const inject = 'Page.addScriptToEvaluateOnNewDocument'
    await this.#cdp.send(inject, { source: pageWorldSource(PIPE_NAMES) })
    await this.#cdp.send(inject, {
      worldName: PRELOAD_WORLD,
      source: preloadWorldSource(PIPE_NAMES, this.#preload),
    })
    await this.resize(size)
    await this.#applyTheme()
    const follow = (): void => void this.#applyTheme().catch(() => undefined)
    nativeTheme.on('updated', follow)
    this.once('destroyed', () => nativeTheme.off('updated', follow))
  }

  #listen(): void {
    const cdp = this.#cdp
    cdp.on('Runtime.bindingCalled', (call: { name: string; payload: string; executionContextId: number }) => {
      if (call.name !== PIPE_NAMES.binding) return
      this.#preloadContext = call.executionContextId
      this.#pipe.receive(call.payload)
    })
    cdp.on('Runtime.executionContextCreated', ({ context }: { context: ExecutionContext }) => {
      if (context.name === PRELOAD_WORLD && context.auxData.frameId === this.#targetId)
        this.#preloadContext = context.id
    })
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }: { executionContextId: number }) => {
      if (executionContextId === this.#preloadContext) this.#documentGone()
    })
    cdp.on('Runtime.executionContextsCleared', () => this.#documentGone())
    cdp.on('Page.domContentEventFired', () => this.emit('dom-ready', {}))
    cdp.on('Page.loadEventFired', () => {
      // The blank page that a window begins with is not what was asked for.
      if (!['', 'about:blank'].includes(this.#url)) this.#loading = false
      this.emit('did-finish-load', {})
      this.#owner.emit('ready-to-show', {})
    })
    cdp.on('Page.frameNavigated', ({ frame }: { frame: { url: string; urlFragment?: string; parentId?: string } }) => {
      if (frame.parentId !== undefined) return
      this.#url = fromChromium(frame.url + (frame.urlFragment ?? ''))
      this.emit('did-navigate', {}, this.#url)
      void this.#applyPermissions().catch(() => undefined)
    })
    cdp.on('Page.navigatedWithinDocument', ({ url, frameId }: { url: string; frameId: string }) => {
      if (frameId !== this.#targetId) return
      this.#url = fromChromium(url)
      this.emit('did-navigate-in-page', {}, this.#url, true)
    })
    cdp.on('Inspector.targetCrashed', () => {
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
    })
  }

  #decideOnWindow(url: string): void {
    const details = { url, frameName: '', features: '', disposition: 'foreground-tab' }
    if (this.#openHandler?.(details).action !== 'deny')
      throw new Error('test host: windows that a page opens are not implemented; deny them')
  }

  #documentGone(): void {
    this.#preloadContext = undefined
    this.#pipe.closePorts()
  }

  #callPage(batch: string): void {
    if (this.#preloadContext === undefined || this.#destroyed) return
    const call = {
      executionContextId: this.#preloadContext,
      functionDeclaration: `function (batch) { globalThis.${PIPE_NAMES.receive}(batch) }`,
      arguments: [{ value: batch }],
      silent: true,
    }
    // A document that goes away meanwhile loses its messages, as in Electron.
    this.#cdp.send('Runtime.callFunctionOn', call).catch(() => undefined)
  }

  #emitIpc(channel: string, args: unknown[], ports: MessagePortMain[]): void {
    const event = this.#ipcEvent(ports)
    this.ipc.emit(channel, event, ...args)
    ipcMain.emit(channel, event, ...args)
  }

  async #invoke(channel: string, args: unknown[]): Promise<unknown> {
    const handler = this.ipc.handlerOf(channel) ?? ipcMain.handlerOf(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return handler(this.#ipcEvent([]), ...args)
  }

  #ipcEvent(ports: MessagePortMain[]): object {
    const reply = (channel: string, ...args: unknown[]): void => this.send(channel, ...args)
    return { sender: this, senderFrame: this.mainFrame, processId: 1, frameId: 1, ports, reply }
  }

  async #applyTheme(): Promise<void> {
    const value = nativeTheme.shouldUseDarkColors ? 'dark' : 'light'
    await this.#cdp.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
  }

  /** Chromium is told beforehand what the app would answer, since it asks nobody when headless. */
  async #applyPermissions(): Promise<void> {
    const { cdp } = await host.chromium()
    const origin = originOf(this.#url)
    if (origin === 'null') return
    for (const [permission, name] of Object.entries(PERMISSIONS)) {
      const granted = await this.session.grants(this, permission, this.#url, origin)
      await cdp.browser.send('Browser.setPermission', {
        permission: { name },
        setting: granted ? 'granted' : 'denied',
        origin: new URL(toChromium(this.#url)).origin,
      })
    }
  }
}

interface ExecutionContext {
  id: number
  name: string
  auxData: { frameId: string }
}

export const webContents = partOf('webContents', {
  getAllWebContents: () => WebContents.all(),
  fromId: (id: number) => WebContents.all().find((one) => one.id === id),
  fromDevToolsTargetId: (targetId: string) => WebContents.all().find((one) => one.targetId === targetId),
  getFocusedWebContents: () => WebContents.all().at(-1) ?? null,
})
