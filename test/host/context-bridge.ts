/**
 * Code whose source text is injected into every document: `contextBridge` between the page's world and the preload's.
 * The worlds talk over synchronous DOM events, whose `detail` Chromium clones from one to the other: nothing but data
 * crosses, as in Electron.
 */

type Wire =
  | { kind: 'value'; value: unknown }
  | { kind: 'function'; id: number }
  | { kind: 'promise'; id: number }
  | { kind: 'array'; items: Wire[] }
  | { kind: 'object'; entries: [string, Wire][] }

type BridgeMessage =
  | { type: 'expose'; key: string; value: Wire }
  | { type: 'call'; id: number; args: Wire[]; answer: number }
  | { type: 'answer'; answer: number; ok: boolean; value: Wire }
  | { type: 'settle'; id: number; ok: boolean; value: Wire }
  | { type: 'open-window'; url: string }

export interface BridgeEnd {
  expose(key: string, value: unknown): void
  onExpose(listener: (key: string, value: unknown) => void): void
  openWindow(url: string): void
  onOpenWindow(listener: (url: string) => void): void
}

/** One end of the bridge. `outgoing` and `incoming` are the names of its DOM events. Self-contained. */
export function makeBridgeEnd(outgoing: string, incoming: string): BridgeEnd {
  type Callable = (...args: unknown[]) => unknown
  const functions = new Map<number, Callable>()
  const promises = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  const answers = new Map<number, { ok: boolean; value: Wire }>()
  let count = 0
  let exposed: (key: string, value: unknown) => void = () => undefined
  let windowOpened: (url: string) => void = () => undefined

  const post = (message: BridgeMessage): void => {
    window.dispatchEvent(new CustomEvent(outgoing, { detail: message }))
  }
  const encode = (value: unknown, depth = 0): Wire => {
    if (depth > 100) throw new Error('contextBridge: the value is nested too deeply')
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.')
    if (typeof value === 'function') {
      functions.set(++count, value as Callable)
      return { kind: 'function', id: count }
    }
    if (typeof value !== 'object' || value === null) return { kind: 'value', value }
    if (value instanceof Promise) {
      const id = ++count
      value.then(
        (result: unknown) => post({ type: 'settle', id, ok: true, value: encode(result) }),
        (error: unknown) => post({ type: 'settle', id, ok: false, value: encode(error) }),
      )
      return { kind: 'promise', id }
    }
    if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => encode(item, depth + 1)) }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return { kind: 'value', value: structuredClone(value) }
    return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, encode(item, depth + 1)]) }
  }
  const decode = (wire: Wire): unknown => {
    switch (wire.kind) {
      case 'value':
        return wire.value
      case 'function':
        return (...args: unknown[]) => call(wire.id, args)
      case 'promise':
        return new Promise((resolve, reject) => promises.set(wire.id, { resolve, reject }))
      case 'array':
        return wire.items.map(decode)
      case 'object':
        return Object.fromEntries(wire.entries.map(([key, item]) => [key, decode(item)]))
    }
  }
  const call = (id: number, args: unknown[]): unknown => {
    const answer = ++count
    post({ type: 'call', id, args: args.map((item) => encode(item)), answer })
    const result = answers.get(answer)
    answers.delete(answer)
    if (result === undefined) throw new Error('contextBridge: the other world did not answer')
    if (!result.ok) throw decode(result.value)
    return decode(result.value)
  }
  const run = (id: number, args: Wire[]): { ok: boolean; value: Wire } => {
    try {
      return { ok: true, value: encode(functions.get(id)?.(...args.map(decode))) }
    } catch (error) {
      return { ok: false, value: encode(error) }
    }
  }
  window.addEventListener(
    incoming,
    (event) => {
      event.stopImmediatePropagation()
      const message = (event as CustomEvent<BridgeMessage>).detail
      switch (message.type) {
        case 'expose':
          exposed(message.key, decode(message.value))
          break
        case 'call':
          post({ type: 'answer', answer: message.answer, ...run(message.id, message.args) })
          break
        case 'answer':
          answers.set(message.answer, message)
          break
        case 'settle': {
          const promise = promises.get(message.id)
          promises.delete(message.id)
          if (message.ok) promise?.resolve(decode(message.value))
          else promise?.reject(decode(message.value))
          break
        }
        case 'open-window':
          windowOpened(message.url)
      }
    },
    true,
  )
  return {
    expose: (key, value) => post({ type: 'expose', key, value: encode(value) }),
    onExpose: (listener) => {
      exposed = listener
    },
    openWindow: (url) => post({ type: 'open-window', url }),
    onOpenWindow: (listener) => {
      windowOpened = listener
    },
  }
}

/**
 * Runs in the page's world before its scripts: defines what the preload exposes, frozen, and has new windows decided by
 * the main process. Chromium itself would open them, and Playwright would see them, before anybody could refuse.
 * Self-contained.
 */
export function preparePage(bridge: BridgeEnd): void {
  const freeze = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    for (const item of Object.values(value)) freeze(item)
    return Object.freeze(value)
  }
  bridge.onExpose((key, value) => {
    if (Object.hasOwn(window, key)) throw new Error(`Cannot bind an API on top of an existing property: ${key}`)
    Object.defineProperty(window, key, { value: freeze(value), enumerable: true, configurable: false, writable: false })
  })
  window.open = (url) => {
    bridge.openWindow(new URL(url ?? 'about:blank', document.baseURI).href)
    return null
  }
  const onLink = (event: MouseEvent): void => {
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement)
    if (link === undefined || link.href === '' || event.defaultPrevented) return
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button === 1
    if (!elsewhere && ['', '_self', '_top', '_parent'].includes(link.target)) return
    event.preventDefault()
    bridge.openWindow(link.href)
  }
  window.addEventListener('click', onLink)
  window.addEventListener('auxclick', onLink)
}
