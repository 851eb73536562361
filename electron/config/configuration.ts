import type { Config, Instance, Source } from '../../shared/config.ts'
import type { LazuliError } from '../core/error.ts'
import type { Recorded } from './recorded.ts'

export type { Recorded }

/** How requests to an instance authenticate, with the secret in memory only. */
export type Credential =
  | { type: 'key'; key: string; from: 'keychain' | 'configured' }
  /** A token that the instance's identity is given; see `entra` and `scope` of the instance. */
  | { type: 'entra' }
  | { type: 'passthrough' }
  /** A key is stored but could not be read now; requests to this instance fail with this error. */
  | { type: 'unreadable'; error: LazuliError }

/** One immutable, valid configuration. A change makes a new one; requests in flight keep theirs. */
export interface Configuration {
  /** Counts good loads, from 1. */
  readonly version: number
  readonly config: Config
  /** Enabled and disabled instances in configured order; the built-in simulator when nothing else is configured. */
  readonly instances: readonly ConfiguredInstance[]
  /** Effective values. */
  readonly auth: 'token' | 'open'
  readonly token: string | undefined
  /** Further keys by name; empty for most. */
  readonly keys: readonly NamedKey[]
  /** Source of a value by its path, e.g. `server.port`. Paths that are absent are defaults. */
  readonly sources: ReadonlyMap<string, Source>
}

/** A local key with rules of its own. */
export interface NamedKey {
  readonly name: string
  /** SHA-256 of the key. */
  readonly digest: Buffer
  /** Names and patterns of the models that may be asked for; absent: any. */
  readonly models?: readonly string[]
  /** From when on it does not open any more, milliseconds since the epoch. */
  readonly expiresAt?: number
  readonly source: Source
}

export interface ConfiguredInstance extends Instance {
  readonly source: Source
  readonly credential: Credential
  /** Of type recording: what it plays. */
  readonly recorded?: Recorded
  /** Absent for nearly all: as every program on this machine reaches it. */
  readonly reach?: Reach
}

/** How an instance is reached, where that is something special. */
export interface Reach {
  /** An HTTP proxy; may carry a name and a password. */
  proxyUrl?: string
  /** Certificates (PEM) of an authority that is trusted beside the known ones. */
  ca?: string
  /** The host's address, as it was vetted: no other is connected to, and no proxy is asked. */
  address?: string
}
