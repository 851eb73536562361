/**
 * Takes secrets out of what is stored and shown. Two nets: names (headers and query parameters that carry credentials)
 * and values (every known secret, wherever it turns up and in whatever common spelling).
 */
import type { Header } from '../../shared/exchange.ts'
import { Needles } from './needles.ts'

const placeholder = '[redacted]'

const secretHeaders: ReadonlySet<string> = new Set([
  'aeg-sas-key',
  'api-key',
  'authorization',
  'cookie',
  'ocp-apim-subscription-key',
  'proxy-authorization',
  'set-cookie',
  'x-admin-api-key',
  'x-amz-security-token',
  'x-api-key',
  'x-auth-token',
  'x-azure-api-key',
  'x-functions-key',
  'x-goog-api-key',
  'x-ms-authorization-auxiliary',
])
/** Names that no list foresaw: `x-acme-token`, `portkey-apikey`, `x-client-secret`. */
const secretHeaderName =
  /(?:^|[-_])(?:api-?key|auth|authorization|credentials?|key|passwd|password|secret|signature|token)$/

const secretParameters: ReadonlySet<string> = new Set([
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'client_secret',
  'code',
  'id_token',
  'key',
  'password',
  'refresh_token',
  'secret',
  'sig',
  'signature',
  'subscription-key',
  'token',
  'x-amz-signature',
])

/** Schemes that may stay as a hint; any other first word could itself be the secret. */
const scheme =
  /^(?:AWS4-HMAC-SHA256|Basic|Bearer|Digest|Negotiate|SharedAccessSignature|SharedKey|SharedKeyLite|Token) +/i

/** A shorter value is not looked for: it would match by chance. */
const shortestKnown = 6
/** A credential that a caller made up (`not-needed`) must not blank ordinary words of the conversation. */
const shortestSeen = 16

const isSecretHeader = (name: string): boolean => {
  const lower = name.toLowerCase()
  return secretHeaders.has(lower) || secretHeaderName.test(lower)
}

/** Header values that carry credentials become `[redacted]`, with the scheme as a hint. */
export function redactHeaders(headers: readonly Header[]): Header[] {
  return headers.map(([name, value]) => {
    if (isSecretHeader(name)) return [name, `${scheme.exec(value)?.[0] ?? ''}${placeholder}`]
    return [name, value.includes('://') || value.startsWith('/') ? redactUrl(value) : value]
  })
}

function isSecretParameter(name: string): boolean {
  if (secretParameters.has(name.toLowerCase())) return true
  if (!name.includes('%')) return false
  try {
    return secretParameters.has(decodeURIComponent(name).toLowerCase())
  } catch {
    return false
  }
}

/** Secret query parameters and a password before the host become `[redacted]`; all else stays to the letter. */
export function redactUrl(url: string): string {
  const withoutUser = url.includes('@') ? url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${placeholder}@`) : url
  const question = withoutUser.indexOf('?')
  if (question === -1) return withoutUser
  const query = withoutUser.slice(question + 1).replaceAll(/[^&;#]+/g, (pair) => {
    const equals = pair.indexOf('=')
    return equals > 0 && isSecretParameter(pair.slice(0, equals)) ? `${pair.slice(0, equals)}=${placeholder}` : pair
  })
  return withoutUser.slice(0, question + 1) + query
}

/** Credentials that this exchange itself carried (a caller's own key), so that an echo of them is found too. */
export function credentialsIn(headers: readonly Header[], url: string): string[] {
  const found: string[] = []
  for (const [name, value] of headers) {
    if (!isSecretHeader(name)) continue
    if (/cookie$/i.test(name)) found.push(...value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim()))
    else found.push(value.replace(scheme, '').trim())
  }
  for (const pair of url.split('?').slice(1).join('?').split(/[&;#]/)) {
    const equals = pair.indexOf('=')
    if (equals > 0 && isSecretParameter(pair.slice(0, equals))) found.push(pair.slice(equals + 1))
  }
  return found.filter((value) => value.length >= shortestSeen)
}

/**
 * The part of base 64 that a text has at each of its three alignments, whatever stands before and after it: the digits
 * at the seams, which depend on the neighbours, are left off.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const from = shift === 0 ? 0 : shift + 1
    const to = (shift + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1
    const form = encoded.slice(from, to)
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret)
  const form = [
    secret,
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase()),
    // Form encoding also escapes these.
    encoded.replaceAll(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('/', '\\/'),
  ]
  return [...form, ...base64Forms(secret).filter((text) => text.length >= shortestKnown)]
}

const asterisk = 42
/** Finds a fixed set of secrets in texts and bytes. Building one costs some microseconds per secret. */
export class Redactor {
  /** Longest first, so that a form which contains another is taken whole. */
  readonly #forms: readonly string[]
  readonly #needles: readonly Buffer[]
  /** Made when bytes are first looked through: most redactors of running exchanges see texts alone. */
  #finder: Needles | undefined
  /** Length of the longest form, in bytes. */
  readonly longest: number

  constructor(secrets: readonly string[]) {
    const forms = new Set(secrets.filter((secret) => secret.length >= shortestKnown).flatMap(formsOf))
    this.#forms = [...forms].toSorted((a, b) => b.length - a.length)
    this.#needles = this.#forms.map((form) => Buffer.from(form))
    this.longest = Math.max(0, ...this.#needles.map((needle) => needle.length))
  }

  /** Every known secret becomes `[redacted]`. The text may be JSON: it stays valid. */
  text(text: string): string {
    let result = text
    for (const form of this.#forms) if (result.includes(form)) result = result.replaceAll(form, placeholder)
    return result
  }

  /** All texts of a value of plain data, keys included. */
  deep<T>(value: T): T {
    if (this.#forms.length === 0) return value
    const json = JSON.stringify(value)
    const clean = this.text(json)
    return clean === json ? value : (JSON.parse(clean) as T)
  }

  /** The bytes with asterisks over every known secret, so that offsets stay; the very same buffer where there is none. */
  masked(bytes: Buffer): Buffer {
    if (!this.found(bytes)) return bytes
    const copy = Buffer.from(bytes)
    this.mask(copy)
    return copy
  }

  /** Does a known secret stand anywhere in the bytes? */
  found(bytes: Buffer): boolean {
    this.#finder ??= new Needles(this.#needles)
    return this.#finder.isIn(bytes)
  }

  /** Overwrites every known secret with asterisks, in place: offsets stay. */
  mask(bytes: Buffer): void {
    for (const needle of this.#needles) {
      for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
        bytes.fill(asterisk, at, at + needle.length)
      }
    }
  }

  /** How many bytes at the end could be the beginning of a secret that goes on in bytes yet to come. */
  unsettled(bytes: Buffer): number {
    let held = 0
    for (const needle of this.#needles) {
      const first = needle[0]!
      let at = bytes.indexOf(first, Math.max(0, bytes.length - needle.length + 1))
      for (; at !== -1 && bytes.length - at > held; at = bytes.indexOf(first, at + 1)) {
        if (bytes.compare(needle, 0, bytes.length - at, at) === 0) held = bytes.length - at
      }
    }
    return held
  }
}
