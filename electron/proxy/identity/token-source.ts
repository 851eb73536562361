/**
 * Identity tokens for upstreams. A token is kept until shortly before its end and renewed ahead of it, by one request at
 * a time; nothing but memory ever holds one.
 */
import type { Entra } from '../../../shared/config.ts'
import { LazuliError } from '../../core/error.ts'

/** Who signs in, and where. */
export interface Identity extends Omit<Entra, 'credential'> {
  credential: Entra['credential']
  /** Address of the cloud's sign-in; absent: the public cloud's. */
  authority?: string
}

export interface TokenSource {
  /** @throws LazuliError 401 when the identity was refused, 503 when there is none or nobody could be asked */
  token(identity: Identity, scope: string): Promise<string>
  /** An upstream did not accept it: it is not used again. */
  refused(token: string): void
  /** Tokens in memory, to be kept out of all that is stored or shown. */
  known(): string[]
}

/** What a library gives. */
export interface IssuedToken {
  token: string
  /** Milliseconds since the epoch. */
  expiresOnTimestamp: number
}

export interface TokenSourceOptions {
  /** Opens an identity; what it opened is used from then on. */
  open(identity: Identity): Promise<{ getToken(scope: string): Promise<IssuedToken | null> }>
  /** Names what went wrong and the way out. */
  explain(error: unknown, identity: Identity): LazuliError
  /** Milliseconds that only go forward; a clock that is set must not make a token valid again. */
  monotonic(): number
  /** Milliseconds since the epoch. */
  now(): number
}

/** Entra's tokens are valid for an hour or more; the service itself allows some minutes of difference between clocks. */
const RENEW_AHEAD_MS = 5 * 60_000
/** A call may wait for its turn at a proxy; a token that ends within this time is not sent any more. */
const LAST_USE_MS = 30_000
/** A renewal that failed is tried again after this time, while the token at hand still serves. */
const TRY_AGAIN_MS = 30_000
const WITHIN_MS = 60_000
/** Somebody has to find the window and type a password. */
const INTERACTIVE_WITHIN_MS = 300_000

interface Slot {
  current?: { token: string; ends: number; renewAt: number }
  pending?: Promise<string>
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const slots = new Map<string, Slot>()
  const opened = new Map<string, ReturnType<TokenSourceOptions['open']>>()

  const openOnce = (identity: Identity): ReturnType<TokenSourceOptions['open']> => {
    const key = JSON.stringify(identity)
    const known = opened.get(key) ?? options.open(identity)
    opened.set(key, known)
    // What could not be opened may be possible later.
    known.catch(() => opened.delete(key))
    return known
  }

  const fetchInto = async (slot: Slot, identity: Identity, scope: string): Promise<string> => {
    try {
      const issued = await within(
        identity,
        openOnce(identity).then((credential) => credential.getToken(scope)),
      )
      if (issued === null) throw new Error('no token was given')
      const left = issued.expiresOnTimestamp - options.now()
      const at = options.monotonic()
      slot.current = { token: issued.token, ends: at + left, renewAt: at + Math.max(left / 2, left - RENEW_AHEAD_MS) }
      return issued.token
    } catch (error) {
      if (slot.current !== undefined) slot.current.renewAt = options.monotonic() + TRY_AGAIN_MS
      throw error instanceof LazuliError ? error : options.explain(error, identity)
    }
  }

  const renew = (slot: Slot, identity: Identity, scope: string): Promise<string> => {
    slot.pending ??= fetchInto(slot, identity, scope).finally(() => {
      delete slot.pending
    })
    return slot.pending
  }

  return {
    token(identity, scope) {
      const key = JSON.stringify([identity, scope])
      let slot = slots.get(key)
      if (slot === undefined) {
        slot = {}
        slots.set(key, slot)
      }
      const at = options.monotonic()
      const { current } = slot
      if (current === undefined || at >= current.ends - LAST_USE_MS) return renew(slot, identity, scope)
      // Ahead of the end, and beside the calls that go on with the token at hand.
      if (at >= current.renewAt) renew(slot, identity, scope).catch(() => {})
      return Promise.resolve(current.token)
    },
    refused(token) {
      for (const slot of slots.values()) if (slot.current?.token === token) delete slot.current
    },
    known: () => [...slots.values()].flatMap(({ current }) => (current === undefined ? [] : [current.token])),
  }
}

async function within<T>(identity: Identity, work: Promise<T>): Promise<T> {
  const limit = identity.credential === 'interactive' ? INTERACTIVE_WITHIN_MS : WITHIN_MS
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(lateError(identity, limit)), limit)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function lateError({ credential }: Identity, limit: number): LazuliError {
  return new LazuliError({
    code: 'entra_timeout',
    status: 503,
    message: `No identity token was given within ${limit / 1000} s.`,
    fix:
      credential === 'interactive'
        ? 'Send the request again and sign in in the browser that opens.'
        : 'Check the network, or name the credential (entra.credential) so that no other is tried first.',
    retryable: true,
  })
}
