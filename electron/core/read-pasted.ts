/**
 * Reads whatever somebody pastes to tell of a resource: an address, the portal's target URI, a `curl` command, JSON, lines
 * of an `.env` file, a snippet of an SDK. Names of keys: what the portal's samples, Azure's SDKs and the predecessors use.
 */
import type { PastedPart, PastedReading } from '../../shared/mapping.ts'
import { understandAddress, type UnderstoodAddress } from './azure-address.ts'
import { LazuliError } from './error.ts'

export const MASKED_KEY = '••••••••'

type Kind = PastedPart['kind']

/** Kinds of values by the names that they have; the first that fits decides. */
const NAMES: readonly (readonly [Kind, RegExp])[] = [
  ['identity', /(?:tenant|client|subscription|principal)[_-]?(?:id|secret)$|client_?secret/i],
  ['api-version', /version$/i],
  ['key', /(?:^|[_-]|api|access|subscription)key(?:[_ -]?\d)?$|^key ?\d?$|token$|credential$|^authorization$|secret$/i],
  ['deployment', /deployment(?:[_-]?(?:name|id))?$/i],
  ['model', /^model(?:[_-]?(?:name|id))?$|_model$|modelname$/i],
  [
    'address',
    /endpoint$|(?:^|_|-|base|target|api|resource)_?(?:url|uri|base)$|baseurl$|^host$|^resource(?:[_-]?name)?$|_resource$/i,
  ],
]

/** What stands in samples in place of a value. */
const PLACEHOLDER =
  /^$|[<>{}$%]|^\W*(?:your|my|xxx|paste|insert|enter|replace|os\.|process\.|env\b)|\*{3}|•|\.{3}|^(?:none|null|true|false|undefined|string)$/i
/** Keys of Azure's as the portal shows them: 32 hexadecimal digits, or 84 letters and digits since 2024. */
const BARE_KEY = /^(?:[0-9a-f]{32}|[A-Za-z0-9]{84}|sk-[A-Za-z0-9_-]{20,})$/
const URL_IN_TEXT = /https?:\/\/[^\s"'`<>\\)\],]+/gi
const PAIR =
  /(?:^|[\s{,(;$&-])["']?([A-Za-z_][A-Za-z0-9_-]*(?: ?\d)?)["']?\s*(?:=>|:=|[:=])\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;{}()[\]]+))/g
const BEARER = /^Bearer\s+/i

/** Longest text that is looked at piece by piece, in characters. */
const MAX_TEXT = 100_000
const MAX_PARTS = 40

/** Understands a pasted text. Never throws: what cannot be understood is a part that says so. */
export function readPasted(text: string): PastedReading {
  const found = new Findings()
  const trimmed = text.slice(0, MAX_TEXT).trim()
  if (trimmed === '') return found.reading('')
  const urls = new Set<string>()
  for (const [name, value] of pairsOf(trimmed)) {
    const kind = NAMES.find(([, pattern]) => pattern.test(name))?.[0]
    if (kind === undefined) continue
    if (kind === 'address') urls.add(value)
    found.named(kind, name, value)
  }
  for (const [url] of trimmed.matchAll(URL_IN_TEXT)) {
    if (![...urls].some((known) => known.includes(url) || url.includes(known))) found.address(url)
  }
  for (const line of trimmed.split('\n')) {
    const word = line.trim().replace(/^["']|["',;]+$/g, '')
    if (BARE_KEY.test(word)) found.key(word, 'A line that is a key')
  }
  // A resource's name, or a host without its scheme, stands alone.
  if (found.isEmpty) found.address(trimmed, true)
  return found.reading(trimmed)
}

/** `name = value` in every notation that samples use, once each. */
function pairsOf(text: string): [string, string][] {
  return [...text.matchAll(PAIR)].flatMap(([whole, name = '', double, single, bare]): [string, string][] => {
    const value = (double ?? single ?? bare ?? '').trim()
    // `https` of an address is not a name.
    if (/^https?$/i.test(name) && /:\s*\/\//.test(whole)) return []
    const quoted = double !== undefined || single !== undefined
    // A header of curl is one text: -H "api-key: …" and "Authorization: Bearer …".
    if (!quoted && BEARER.test(`${value} `)) {
      const rest = text.slice(text.indexOf(whole) + whole.length)
      const token = /^\s+([^\s"']+)/.exec(rest)?.[1]
      return token === undefined ? [] : [[name, token]]
    }
    return [[name, value.replace(BEARER, '')]]
  })
}

class Findings {
  readonly #parts: PastedPart[] = []
  readonly #secrets: string[] = []
  #address: UnderstoodAddress | undefined
  #fields: Pick<PastedReading, 'apiVersion' | 'deployment' | 'model' | 'auth' | 'key'> = {}

  get isEmpty(): boolean {
    return this.#parts.length === 0
  }

  named(kind: Kind, name: string, value: string): void {
    if (kind !== 'identity' && PLACEHOLDER.test(value)) {
      if (kind !== 'model') this.#tell('ignored', name, 'A placeholder, not a value')
      return
    }
    switch (kind) {
      case 'address':
        this.address(value)
        break
      case 'key':
        this.key(value, name)
        break
      case 'api-version':
        this.#take('apiVersion', kind, name, value.toLowerCase(), 'API version')
        break
      case 'deployment':
        this.#take('deployment', kind, name, value, 'Deployment')
        break
      case 'model':
        this.#take('model', kind, name, value, 'Model')
        break
      case 'identity':
        if (/secret/i.test(name)) {
          if (!PLACEHOLDER.test(value)) this.#secrets.push(value)
          this.#tell('ignored', name, 'A secret of an identity is read from YAML or the environment only')
        } else this.#tell('identity', name, 'An identity: sign in with Entra')
        this.#fields.auth ??= 'entra'
        break
      case 'ignored':
        break
    }
  }

  key(value: string, name: string): void {
    if (value.length < 8 || /\s/.test(value)) return
    const isFirst = this.#fields.key === undefined
    if (this.#secrets.includes(value)) return
    this.#secrets.push(value)
    if (isFirst) {
      this.#fields.key = value
      this.#fields.auth = 'key'
    }
    this.#tell(isFirst ? 'key' : 'ignored', name, isFirst ? 'The key, for the keychain' : 'A second key is not needed')
  }

  /** @param alone nothing else was found in the text */
  address(text: string, alone = false): void {
    let understood: UnderstoodAddress
    try {
      understood = understandAddress(text)
    } catch (error) {
      if (!(error instanceof LazuliError)) throw error
      this.#tell('ignored', cut(text), alone ? `Not understood: ${error.message}` : error.message)
      return
    }
    const before = this.#address
    if (before !== undefined && !isSameResource(before, understood)) {
      this.#tell('ignored', cut(text), 'Another resource: add it as an instance of its own')
      return
    }
    this.#address ??= understood
    this.#tell('address', cut(text), understood.sentence)
    this.#fields = {
      ...(understood.apiVersion === undefined ? {} : { apiVersion: understood.apiVersion }),
      ...(understood.deployment === undefined ? {} : { deployment: understood.deployment }),
      ...(understood.model === undefined ? {} : { model: understood.model }),
      ...this.#fields,
    }
  }

  reading(text: string): PastedReading {
    const address = this.#address
    return {
      shown: this.#masked(text),
      parts: this.#parts.map((part) => ({ ...part, text: this.#masked(part.text) })),
      ...(address === undefined
        ? {}
        : { providerType: address.provider, apiBase: address.apiBase, nameHint: address.nameHint }),
      ...this.#fields,
    }
  }

  #take(field: 'apiVersion' | 'deployment' | 'model', kind: Kind, name: string, value: string, word: string): void {
    if (this.#fields[field] === value) return
    const taken = this.#fields[field] === undefined
    if (taken) this.#fields[field] = value
    this.#tell(taken ? kind : 'ignored', name, taken ? `${word} ${value}` : `${word} ${value}, but another came first`)
  }

  #tell(kind: Kind, text: string, meaning: string): void {
    const known = this.#parts.some((part) => part.text === text && part.meaning === meaning)
    if (!known && this.#parts.length < MAX_PARTS) this.#parts.push({ kind, text, meaning })
  }

  #masked(text: string): string {
    // Longest first: a key may stand within another.
    const secrets = this.#secrets.toSorted((a, b) => b.length - a.length)
    return secrets.reduce((shown, secret) => shown.replaceAll(secret, MASKED_KEY), text)
  }
}

function isSameResource(a: UnderstoodAddress, b: UnderstoodAddress): boolean {
  return a.origin === b.origin || (a.provider === 'azure' && b.provider === 'azure' && a.nameHint === b.nameHint)
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
