import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { preventable } from './preventable.ts'
import { WebContents } from './web-contents.ts'
import type { WebPreferences } from './web-contents.ts'

interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

interface WindowOptions extends Partial<Bounds> {
  show?: boolean
  title?: string
  backgroundColor?: string
  webPreferences?: WebPreferences
}

const open = new Set<BrowserWindow>()
let count = 0

export class BrowserWindow extends EventEmitter {
  readonly id = ++count
  readonly webContents: WebContents
  #bounds: Bounds
  #title: string
  #backgroundColor: string
  #visible: boolean
  #focused = false
  #maximized = false
  #minimized = false
  #destroyed = false

  constructor(options: WindowOptions = {}) {
    super()
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.#bounds = { x, y, width, height }
    this.#title = options.title ?? app.name
    this.#backgroundColor = options.backgroundColor ?? '#FFFFFF'
    this.#visible = options.show !== false
    const owner = {
      close: () => this.close(),
      gone: () => this.destroy(),
      emit: (event: string, ...args: unknown[]) => this.emit(event, ...args),
    }
    this.webContents = new WebContents(owner, options.webPreferences ?? {}, this.#bounds)
    windowOf.set(this.webContents, this)
    open.add(this)
    app.emit('browser-window-created', {}, this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...open]
  }

  static fromWebContents(contents: WebContents | undefined): BrowserWindow | null {
    return (contents && windowOf.get(contents)) ?? null
  }

  static fromId(id: number): BrowserWindow | null {
    return [...open].find((window) => window.id === id) ?? null
  }

  static getFocusedWindow(): BrowserWindow | null {
    return [...open].find((window) => window.isFocused()) ?? null
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url)
  }

  loadFile(file: string): Promise<void> {
    return this.webContents.loadFile(file)
  }

  show(): void {
    this.showInactive()
    this.focus()
  }

  showInactive(): void {
    if (this.#visible) return
    this.#visible = true
    this.emit('show')
  }

  hide(): void {
    if (!this.#visible) return
    this.blur()
    this.#visible = false
    this.emit('hide')
  }

  focus(): void {
    if (!this.#visible || this.#focused) return
    for (const other of open) other.blur()
    this.#focused = true
    this.emit('focus')
  }

  blur(): void {
    if (!this.#focused) return
    this.#focused = false
    this.emit('blur')
  }

  isVisible(): boolean {
    return this.#visible
  }

  isFocused(): boolean {
    return this.#focused
  }

  getTitle(): string {
    return this.#title
  }

  setTitle(title: string): void {
    this.#title = title
  }

  getBackgroundColor(): string {
    return this.#backgroundColor
  }

  setBackgroundColor(color: string): void {
    this.#backgroundColor = color
  }

  getBounds(): Bounds {
    return { ...this.#bounds }
  }

  getNormalBounds(): Bounds {
    return this.getBounds()
  }

  setBounds(bounds: Partial<Bounds>): void {
    Object.assign(this.#bounds, bounds)
    void this.webContents.opened.then(() => this.webContents.resize(this.#bounds)).catch(() => undefined)
    this.emit('resize')
  }

  maximize(): void {
    this.#maximized = true
    this.emit('maximize')
  }

  unmaximize(): void {
    this.#maximized = false
    this.emit('unmaximize')
  }

  isMaximized(): boolean {
    return this.#maximized
  }

  minimize(): void {
    this.blur()
    this.#minimized = true
    this.emit('minimize')
  }

  restore(): void {
    this.#minimized = false
    this.emit('restore')
  }

  isMinimized(): boolean {
    return this.#minimized
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  close(): void {
    if (this.#destroyed) return
    const event = preventable({})
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    open.delete(this)
    this.webContents.destroy()
    this.emit('closed')
    if (open.size === 0) app.allWindowsClosed()
  }
}

const windowOf = new WeakMap<WebContents, BrowserWindow>()
