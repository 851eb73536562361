/** Values to text and back, with the reach of the structured clone that Electron's IPC uses. */
export interface CloneCodec {
  /** @throws Error `An object could not be cloned.` */
  stringify(value: unknown): string
  parse(text: string): unknown
}

/** Self-contained: its source text also runs in the page. */
export function makeCloneCodec(): CloneCodec {
  type Tagged = { $?: string; v?: unknown; t?: string }
  const ARRAYS = {
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  }
  const ERRORS = { TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError }

  const toBase64 = (bytes: Uint8Array): string => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }
  const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(atob(text), (char) => char.charCodeAt(0))

  const encode = (value: unknown, above: Set<object>): unknown => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (value === undefined) return { $: 'undefined' }
    if (typeof value === 'bigint') return { $: 'bigint', v: String(value) }
    if (typeof value === 'number') {
      if (Number.isFinite(value) && !Object.is(value, -0)) return value
      return { $: 'number', v: Object.is(value, -0) ? '-0' : String(value) }
    }
    if (typeof value !== 'object' || value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet)
      throw new Error('An object could not be cloned.')
    if (above.has(value)) throw new Error('test host: cyclic values are not supported over IPC')
    above.add(value)
    try {
      return encodeObject(value, above)
    } finally {
      above.delete(value)
    }
  }
  const encodeObject = (value: object, above: Set<object>): unknown => {
    if (Array.isArray(value)) return value.map((item) => encode(item, above))
    if (value instanceof Date) return { $: 'date', v: value.getTime() }
    if (value instanceof RegExp) return { $: 'regexp', v: [value.source, value.flags] }
    if (value instanceof Error) return { $: 'error', v: [value.name, value.message, value.stack ?? ''] }
    if (value instanceof Map)
      return { $: 'map', v: [...value].map(([key, item]) => [encode(key, above), encode(item, above)]) }
    if (value instanceof Set) return { $: 'set', v: [...value].map((item) => encode(item, above)) }
    if (value instanceof ArrayBuffer) return { $: 'buffer', v: toBase64(new Uint8Array(value)) }
    if (ArrayBuffer.isView(value)) {
      const kind = Object.entries(ARRAYS).find(([, type]) => value instanceof type)?.[0]
      return { $: 'view', t: kind, v: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
    }
    const entries = Object.entries(value).map(([key, item]) => [key, encode(item, above)] as const)
    const object: unknown = Object.fromEntries(entries)
    return '$' in value ? { $: 'object', v: object } : object
  }

  const decodeAll = (value: object): object =>
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]))
  const decode = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(decode)
    const { $: tag, v, t } = value as Tagged
    switch (tag) {
      case undefined:
        return decodeAll(value)
      case 'undefined':
        return undefined
      case 'number':
        return Number(v)
      case 'bigint':
        return BigInt(v as string)
      case 'date':
        return new Date(v as number)
      case 'regexp':
        return new RegExp(...(v as [string, string]))
      case 'error': {
        const [name, message, stack] = v as [keyof typeof ERRORS, string, string]
        const error = new (ERRORS[name] ?? Error)(message)
        error.stack = stack
        return error
      }
      case 'map':
        return new Map((v as [unknown, unknown][]).map(([key, item]) => [decode(key), decode(item)]))
      case 'set':
        return new Set((v as unknown[]).map(decode))
      case 'buffer':
        return fromBase64(v as string).buffer
      case 'view': {
        const bytes = fromBase64(v as string)
        const View = ARRAYS[t as keyof typeof ARRAYS] as new (buffer: ArrayBuffer) => ArrayBufferView
        return new View(bytes.buffer)
      }
      case 'object':
        return decodeAll(v as object)
      default:
        throw new Error(`test host: unknown kind of value: ${tag}`)
    }
  }
  return {
    stringify: (value) => JSON.stringify(encode(value, new Set())),
    parse: (text) => decode(JSON.parse(text)),
  }
}

export const codec = makeCloneCodec()
